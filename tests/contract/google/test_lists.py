# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of users, groups and members, with their parameters and errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from ansible_collections.dirsync.bitwarden.tests.contract.google.conftest import Client
from ansible_collections.dirsync.bitwarden.tests.emulators.google import GROUP_SCOPE, USER_SCOPE, Account

Reason = Callable[[requests.Response], tuple[int, str]]


@pytest.fixture
def account(client: Client) -> Account:
    """Return an account with a few people and nested groups."""
    account = client.server.account
    account.domains.append("example.com")
    ann = account.add_user(
        "ann@example.org", given_name="Ann", family_name="O'Neil", org_unit_path="/Staff/IT", aliases=["a@example.com"]
    )
    bob = account.add_user("bob@example.com", given_name="Bob", family_name="Berg", suspended=True)
    carl = account.add_user("carl@example.org", given_name="Carl", org_unit_path="/Staff West", archived=True)
    inner = account.add_group("inner@example.org", ann, account.external("eve@example.net"))
    account.add_group("outer@example.com", inner, bob, account.everyone(), name="Outer group")
    account.delete_user(carl)
    return account


def test_pages_hold_everything_once(client: Client) -> None:
    for number in range(7):
        client.server.account.add_user(f"user{number}@example.org")
    emails, sizes, token = [], [], {}
    while True:
        page = client.get("/users", maxResults=3, **token).json()
        emails += [user["primaryEmail"] for user in page["users"]]
        sizes.append(len(page["users"]))
        if "nextPageToken" not in page:
            break
        token = {"pageToken": page["nextPageToken"]}
    assert sizes == [3, 3, 2]
    assert emails == ["admin@example.org", *(f"user{number}@example.org" for number in range(7))]


@pytest.mark.parametrize(("path", "size"), [("/users", 100), ("/groups", 200)])
def test_default_page_size(client: Client, path: str, size: int) -> None:
    for number in range(size + 1):
        client.server.account.add_user(f"user{number}@example.org")
        client.server.account.add_group(f"group{number}@example.org")
    assert len(client.get(path).json()[path[1:]]) == size


def test_page_token_expires_and_fits_one_listing(client: Client, reason: Reason) -> None:
    for number in range(5):
        client.server.account.add_user(f"user{number}@example.org")
    token = client.get("/users", maxResults=2).json()["nextPageToken"]
    assert client.get("/users", maxResults=4, pageToken=token).status_code == 200
    assert reason(client.get("/users", maxResults=2, pageToken=token, query="email:user*")) == (400, "invalid")
    assert reason(client.get("/users", maxResults=2, pageToken="made-up")) == (400, "invalid")
    client.server.google.page_tokens.lifetime = 60
    token = client.get("/users", maxResults=2).json()["nextPageToken"]
    client.server.clock.advance(61)
    assert reason(client.get("/users", maxResults=2, pageToken=token)) == (400, "invalid")


def test_deleted_users_have_a_listing_of_their_own(client: Client, account: Account) -> None:
    assert [user["primaryEmail"] for user in client.get("/users").json()["users"]] == [
        "admin@example.org",
        "ann@example.org",
        "bob@example.com",
    ]
    (deleted,) = client.get("/users", showDeleted="true").json()["users"]
    assert deleted["primaryEmail"] == "carl@example.org"
    assert deleted["deletionTime"].endswith("Z")


def test_domain_instead_of_customer(client: Client, account: Account, reason: Reason) -> None:
    assert [user["primaryEmail"] for user in client.get("/users", domain="example.com").json()["users"]] == [
        "bob@example.com"
    ]
    assert reason(client.get("/users", domain="example.net")) == (404, "notFound")
    assert reason(client.get("/users", customer=None)) == (400, "badRequest")
    assert reason(client.get("/users", customer="C0other")) == (403, "forbidden")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("orgUnitPath=/Staff", ["ann@example.org"]),
        ("orgUnitPath=/", ["admin@example.org", "ann@example.org", "bob@example.com"]),
        ("orgUnitPath='/Staff/IT' isSuspended=false", ["ann@example.org"]),
        ("isSuspended=true", ["bob@example.com"]),
        ("isAdmin=true", ["admin@example.org"]),
        ("email:a*", ["admin@example.org", "ann@example.org"]),
        ("email=A@EXAMPLE.COM", ["ann@example.org"]),
        (r"familyName='O\'Neil'", ["ann@example.org"]),
        ("name:bob", ["bob@example.com"]),
        ("email:a* isSuspended=true", []),
        ("groups!name:outer*", ["outer@example.com"]),
        ("groups!name='Outer group'", ["outer@example.com"]),
        ("groups!memberKey=ann@example.org", ["inner@example.org"]),
    ],
)
def test_queries(client: Client, account: Account, query: str, found: list[str]) -> None:
    assert client.emails(query) == found


@pytest.mark.parametrize("query", ["nonsense", "colour=red", "familyName='O", "isSuspended=maybe", "email=a OR b"])
def test_query_that_cannot_be_read(client: Client, reason: Reason, query: str) -> None:
    assert reason(client.get("/users", query=query)) == (400, "invalid")
    assert reason(client.get("/groups", query=query)) == (400, "invalid")


def test_deleted_users_cannot_be_queried(client: Client, reason: Reason) -> None:
    assert reason(client.get("/users", query="email:a*", showDeleted="true")) == (400, "invalid")


def test_direct_and_derived_members(client: Client, account: Account) -> None:
    outer = client.get("/groups/outer@example.com/members").json()["members"]
    assert [(member["type"], member.get("email"), member.get("status")) for member in outer] == [
        ("GROUP", "inner@example.org", "ACTIVE"),
        ("USER", "bob@example.com", "SUSPENDED"),
        ("CUSTOMER", None, None),
    ]
    derived = client.get("/groups/outer@example.com/members", includeDerivedMembership="true").json()["members"]
    assert {member.get("email") for member in derived} == {
        "inner@example.org",
        "bob@example.com",
        None,
        "ann@example.org",
        "eve@example.net",
    }


def test_unknown_group(client: Client, reason: Reason) -> None:
    assert reason(client.get("/groups/none@example.org/members")) == (404, "notFound")


def test_partial_answers(client: Client, account: Account, reason: Reason) -> None:
    mask = "kind,users(id,name/fullName)"
    page = client.get("/users", fields=mask, maxResults=1).json()
    assert page == {
        "kind": "admin#directory#users",
        "users": [{"id": account.users[next(iter(account.users))].id, "name": {"fullName": "Ada Admin"}}],
    }
    for broken in ("users(id", "users)", "", "users(id,)"):
        assert reason(client.get("/users", fields=broken)) == (400, "invalidParameter")


@pytest.mark.parametrize("size", ["0", "501", "many", "-1"])
def test_page_size_out_of_bounds(client: Client, reason: Reason, size: str) -> None:
    assert reason(client.get("/users", maxResults=size)) == (400, "invalid")


def test_post_stands_for_get_when_it_says_so(client: Client) -> None:
    url = f"{client.server.url}/admin/directory/v1/users"
    form = {"customer": "my_customer"}
    assert client.session.post(url, data=form, timeout=10).status_code == 404
    answer = client.session.post(url, data=form, headers={"X-HTTP-Method-Override": "GET"}, timeout=10)
    assert len(answer.json()["users"]) == 1


def test_compression_needs_the_word_in_the_user_agent(client: Client) -> None:
    for number in range(20):
        client.server.account.add_user(f"user{number}@example.org")
    assert "Content-Encoding" not in client.get("/users").headers
    client.session.headers["User-Agent"] = "contract (gzip)"
    assert client.get("/users").headers["Content-Encoding"] == "gzip"


def test_tokens_expire(client: Client, reason: Reason) -> None:
    client.server.clock.advance(3601)
    assert reason(client.get("/users")) == (401, "authError")


def test_scope_decides_what_may_be_listed(client: Client, reason: Reason) -> None:
    client.sign_in(scope=USER_SCOPE)
    assert client.get("/users").status_code == 200
    assert reason(client.get("/groups")) == (403, "insufficientPermissions")
    client.sign_in(scope=GROUP_SCOPE)
    assert reason(client.get("/users")) == (403, "insufficientPermissions")
    assert client.get("/groups").status_code == 200


def test_subject_must_be_an_administrator(client: Client, account: Account, reason: Reason) -> None:
    client.sign_in(sub="ann@example.org")
    assert reason(client.get("/users")) == (403, "forbidden")


def test_api_that_is_not_enabled(client: Client, reason: Reason) -> None:
    client.server.google.directory.enabled = False
    assert reason(client.get("/users")) == (403, "accessNotConfigured")


def test_queries_per_minute(client: Client, reason: Reason) -> None:
    client.server.google.quotas.queries_per_minute = 3
    assert [client.get("/users").status_code for _unused in range(3)] == [200, 200, 200]
    assert reason(client.get("/groups")) == (403, "userRateLimitExceeded")
    client.server.clock.advance(61)
    assert client.get("/groups").status_code == 200
