# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which users and groups the listings return, in which pages, to whom."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.okta.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import ApiToken, Org


def logins(rows: list[dict[str, dict[str, str]]]) -> list[str]:
    return [row["profile"]["login"] for row in rows]


def test_the_plain_listing_omits_deprovisioned_users(api: ApiClient, org: Org) -> None:
    org.add_user("staged@example.org", status="STAGED")
    org.add_user("gone@example.org", status="DEPROVISIONED")
    assert logins(api.rows("/api/v1/users")) == ["staged@example.org"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('status eq "DEPROVISIONED"', ["c@example.org"]),
        ('status eq "ACTIVE" or status eq "DEPROVISIONED"', ["a@example.org", "c@example.org"]),
        ('(status eq "ACTIVE" or status eq "SUSPENDED") and profile.login eq "b@example.org"', ["b@example.org"]),
        ('lastUpdated gt "1970-01-01T00:00:00.000Z"', ["a@example.org", "b@example.org", "c@example.org"]),
        ('lastUpdated gt "2100-01-01T00:00:00.000Z"', []),
    ],
)
def test_a_filter_selects_among_all_users(api: ApiClient, org: Org, expression: str, expected: list[str]) -> None:
    org.add_user("a@example.org")
    org.add_user("b@example.org", status="SUSPENDED")
    org.add_user("c@example.org", status="DEPROVISIONED")
    assert logins(api.rows("/api/v1/users", filter=expression)) == expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("status", "E0000031"),
        ("status eq ACTIVE", "E0000031"),
        ('status gt "ACTIVE"', "E0000031"),
        ('status eq "ACTIVE" and', "E0000031"),
        ('(status eq "ACTIVE"', "E0000031"),
        ('status eq "ACTIVE")', "E0000031"),
        ('lastUpdated gt "yesterday"', "E0000031"),
        ("status eq #", "E0000031"),
        ('profile.department eq "IT"', "E0000053"),
    ],
)
def test_other_filters_are_refused(api: ApiClient, expression: str, code: str) -> None:
    api.refused("/api/v1/users", 400, code, filter=expression)


def test_users_come_in_pages_of_200_at_most(api: ApiClient, org: Org) -> None:
    for number in range(401):
        org.add_user(f"user{number}@example.org")
    answer = api.get("/api/v1/users?limit=500")
    assert len(answer.json()) == 200
    assert answer.links["self"]["url"].endswith("/api/v1/users?limit=500")
    assert len(set(logins(api.rows("/api/v1/users", limit="200")))) == 401
    assert len(api.rows("/api/v1/users", limit="300")) == 401


@pytest.mark.parametrize("query", ["limit=abc", "limit=0", "after=nonsense"])
def test_invalid_paging_is_refused(api: ApiClient, query: str) -> None:
    api.refused(f"/api/v1/users?{query}", 400, "E0000001")


def test_everyone_holds_all_but_the_deprovisioned(api: ApiClient, org: Org) -> None:
    org.add_user("suspended@example.org", status="SUSPENDED")
    org.add_user("gone@example.org", status="DEPROVISIONED")
    everyone, *others = api.rows("/api/v1/groups", expand="stats")
    assert (everyone["type"], everyone["profile"]["name"], others) == ("BUILT_IN", "Everyone", [])
    assert everyone["_embedded"]["stats"]["usersCount"] == 1
    assert logins(api.rows(f"/api/v1/groups/{everyone['id']}/users")) == ["suspended@example.org"]


def test_statistics_come_only_on_request(api: ApiClient) -> None:
    assert all("_embedded" not in group for group in api.rows("/api/v1/groups"))


def test_a_change_of_membership_does_not_change_the_group(api: ApiClient, org: Org) -> None:
    user, group = org.add_user("a@example.org"), org.add_group("Staff")
    before = api.rows("/api/v1/groups")[1]
    api.server.clock.advance(60)
    org.add_member(group, user)
    after = api.rows("/api/v1/groups")[1]
    assert after["lastUpdated"] == before["lastUpdated"]
    assert after["lastMembershipUpdated"] > before["lastMembershipUpdated"]
    changed = f'lastUpdated gt "{before["lastUpdated"]}" or lastMembershipUpdated gt "{before["lastUpdated"]}"'
    assert [row["id"] for row in api.rows("/api/v1/groups", filter=changed)] == [group.id]


def test_deprovisioning_ends_memberships(api: ApiClient, org: Org) -> None:
    user = org.add_user("a@example.org")
    group = org.add_group("Staff", user)
    org.set_status(user, "DEPROVISIONED")
    assert api.rows(f"/api/v1/groups/{group.id}/users") == []


def test_an_unknown_group_is_not_found(api: ApiClient) -> None:
    api.refused("/api/v1/groups/00gunknown/users", 404, "E0000007")


def test_a_group_administrator_sees_less_without_being_told(api: ApiClient, org: Org) -> None:
    seen, unseen = org.add_user("seen@example.org"), org.add_user("unseen@example.org")
    group, hidden = org.add_group("Seen", seen), org.add_group("Unseen", unseen)
    api.server.authorization.api_tokens["limited"] = ApiToken("limited", frozenset({group.id}))
    api.authorize("SSWS", "limited")
    assert [row["id"] for row in api.rows("/api/v1/groups")] == [group.id]
    assert logins(api.rows("/api/v1/users")) == ["seen@example.org"]
    api.refused(f"/api/v1/groups/{hidden.id}/users", 404, "E0000007")


def test_credentials_can_be_omitted(api: ApiClient, org: Org) -> None:
    org.add_user("a@example.org")
    headers = {"Content-Type": "application/json; okta-response=omitCredentials,omitCredentialsLinks"}
    assert "credentials" in api.get("/api/v1/users").json()[0]
    assert "credentials" not in api.get("/api/v1/users", headers=headers).json()[0]


def test_credentials_are_required(api: ApiClient) -> None:
    api.authorize("SSWS", "wrong")
    api.refused("/api/v1/users", 401, "E0000011")
    del api.session.headers["Authorization"]
    api.refused("/api/v1/users", 401, "E0000004")


def test_a_token_without_an_admin_role_is_forbidden(api: ApiClient) -> None:
    api.server.authorization.api_tokens["plain"] = ApiToken("plain", is_admin=False)
    api.authorize("SSWS", "plain")
    api.refused("/api/v1/users", 403, "E0000006")


def test_a_state_can_be_taken_to_another_org(api: ApiClient, org: Org) -> None:
    org.add_group("Staff", org.add_user("a@example.org"))
    state = org.dump()
    org.found()
    assert api.rows("/api/v1/users") == []
    org.load(state)
    assert org.dump() == state
    assert logins(api.rows("/api/v1/users")) == ["a@example.org"]
