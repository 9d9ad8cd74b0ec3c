# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages, fields and filters of the listings, and rate limits."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.onelogin.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import Habits
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin.fixture import StartOneLogin


def test_page_one_tells_how_many_there_are(api: ApiClient) -> None:
    for number in range(120):
        api.account.add_user(f"user{number}@example.org")
    first = api.get("/api/2/users", limit="1000", page="1")
    assert len(first.json()) == 50
    names = ("Current-Page", "Page-Items", "Total-Pages", "Total-Count")
    assert [first.headers[name] for name in names] == ["1", "50", "3", "120"]
    last = api.get("/api/2/users", limit="1000", page="3")
    assert len(last.json()) == 20
    assert "After-Cursor" not in last.headers
    assert api.get("/api/2/users", page="4").json() == []


def test_cursors_lead_through_the_same_pages(api: ApiClient) -> None:
    for number in range(120):
        api.account.add_user(f"user{number}@example.org")
    answer = api.get("/api/2/users", limit="40")
    rows = answer.json()
    while "After-Cursor" in answer.headers:
        answer = api.get("/api/2/users", cursor=answer.headers["After-Cursor"])
        rows += answer.json()
    assert [row["id"] for row in rows] == list(api.account.users)
    assert api.get("/api/2/users", cursor=answer.headers["Before-Cursor"]).headers["Current-Page"] == "2"


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "many"},
        {"page": "-1"},
        {"cursor": "nonsense"},
        {"cursor": "bGltaXQ9MiZwYWdlPTE=", "limit": "2"},
    ],
)
def test_invalid_paging_is_refused(api: ApiClient, query: dict[str, str]) -> None:
    assert api.get("/api/2/users", **query).status_code == 400


def test_fields_are_what_was_asked_for(api: ApiClient) -> None:
    user = api.account.add_user("ann@example.org", username="ann")
    role = api.account.add_role("Staff", user)
    assert api.get("/api/2/users", fields="id,email,role_ids,unknown").json() == [
        {"id": user.id, "email": "ann@example.org", "role_ids": [role.id]}
    ]
    assert api.get("/api/2/roles").json() == [{"id": role.id, "name": "Staff"}]
    assert api.get("/api/2/roles", fields="id,name,users").json() == [
        {"id": role.id, "name": "Staff", "users": [user.id]}
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"email": "*@example.com"}, ["bob@example.com"]),
        ({"username": "ANN"}, ["ann@example.org"]),
        ({"custom_attributes.team": "it"}, ["bob@example.com"]),
        ({"department": "IT"}, ["ann@example.org", "bob@example.com"]),
    ],
)
def test_filters(api: ApiClient, query: dict[str, str], expected: list[str]) -> None:
    api.account.add_user("ann@example.org", username="ann")
    api.account.add_user("bob@example.com", custom_attributes={"team": "IT"})
    assert [row["email"] for row in api.get("/api/2/users", **query).json()] == expected


def test_accounts_have_habits(onelogin_server: StartOneLogin) -> None:
    api = ApiClient(onelogin_server(habits=Habits(user_page=1000, role_ids=False, inline_users=1)))
    users = [api.account.add_user(f"user{number}@example.org") for number in range(60)]
    role = api.account.add_role("Staff", *users)
    rows = api.get("/api/2/users", limit="1000").json()
    assert len(rows) == 60
    assert "role_ids" not in rows[0]
    assert api.get("/api/2/roles", fields="users").json() == [{"users": [users[0].id]}]
    assert len(api.get(f"/api/2/roles/{role.id}/users", limit="100").json()) == 60


def test_users_of_a_role_come_in_pages(api: ApiClient) -> None:
    users = [api.account.add_user(f"user{number}@example.org") for number in range(101)]
    role = api.account.add_role("Staff", *users)
    answer = api.get(f"/api/2/roles/{role.id}/users", limit="1000")
    assert (len(answer.json()), answer.headers["Total-Pages"]) == (100, "2")
    assert api.get("/api/2/roles/999999/users").status_code == 404


def test_groups_come_in_pages_of_another_kind(api: ApiClient) -> None:
    for number in range(60):
        api.account.add_group(f"group{number}")
    first = api.get("/api/1/groups").json()
    assert len(first["data"]) == 50
    second = api.get("/api/1/groups", after_cursor=first["pagination"]["after_cursor"]).json()
    assert [group["name"] for group in second["data"]] == [f"group{number}" for number in range(50, 60)]
    assert second["pagination"]["after_cursor"] is None


def test_the_reset_of_the_limit_is_in_seconds_from_now(onelogin_server: StartOneLogin) -> None:
    api = ApiClient(onelogin_server(limit=2, window=90))
    assert api.get("/api/2/users").status_code == 200
    refusal = api.get("/api/2/users")
    assert refusal.status_code == 429
    assert 85 < int(refusal.headers["X-RateLimit-Reset"]) <= 90
    api.server.clock.advance(90)
    assert api.get("/api/2/users").status_code == 200


def test_a_state_can_be_taken_to_another_account(api: ApiClient) -> None:
    user = api.account.add_user("ann@example.org")
    api.account.add_role("Staff", user)
    api.account.add_group("Office", user)
    state = api.account.dump()
    api.account.clear()
    api.account.load(state)
    assert api.account.dump() == state
