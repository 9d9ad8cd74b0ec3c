# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings: pages, $select, $filter, and what missing permissions hide."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.graph.client import GraphApi
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer, Tenant


def names(users: list[dict[str, str]]) -> list[str]:
    return [user["displayName"] for user in users]


def test_pages_hold_everybody_once(api: GraphApi, tenant: Tenant) -> None:
    ids = [tenant.add_user(f"user{number}") for number in range(25)]
    pages = api.pages("/users?$select=id,accountEnabled&$top=10", "user_list")
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [user["id"] for page in pages for user in page] == ids
    assert pages[0][0] == {"id": ids[0], "accountEnabled": True}


def test_default_page_has_100_and_no_account_enabled(api: GraphApi, tenant: Tenant) -> None:
    for number in range(101):
        tenant.add_user(f"user{number}")
    first, second = api.pages("/users", "user_list")
    assert (len(first), len(second)) == (100, 1)
    assert "accountEnabled" not in first[0]


@pytest.mark.parametrize("top", ["0", "1000", "x"])
def test_page_size_is_bounded(api: GraphApi, top: str) -> None:
    assert api.refused("GET", f"/users?$top={top}", 400) == "Request_UnsupportedQuery"


def test_page_token_expires(api: GraphApi, server: GraphServer, tenant: Tenant) -> None:
    for number in range(3):
        tenant.add_user(f"user{number}")
    link = api.get("/users?$top=2", "user_list")["@odata.nextLink"]
    server.graph.api.listings.page_token_lifetime = 60
    server.clock.advance(61)
    assert api.refused("GET", link, 400) == "Directory_ExpiredPageToken"


def test_forged_page_token_is_refused(api: GraphApi) -> None:
    assert api.refused("GET", "/users?$skiptoken=nonsense", 400) == "Directory_InvalidPageToken"


@pytest.mark.parametrize(
    "query",
    ["$skip=1", "$expand=members", "$select=nickname", "$filter=nickname eq 'x'", "$filter=mail eq", "$filter="],
)
def test_unknown_options_and_names_are_refused(api: GraphApi, query: str) -> None:
    assert api.refused("GET", f"/users?{query}", 400) in ("BadRequest", "Request_BadRequest")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("accountEnabled eq true", ["Ann", "Bob"]),
        ("accountEnabled eq false or startsWith(displayName,'b')", ["Bob", "Cid"]),
        ("startswith(displayName, 'A') and accountEnabled eq true", ["Ann"]),
        ("displayName in ('cid','ANN')", ["Ann", "Cid"]),
        ("(mail eq null)", ["Cid"]),
        ("mail eq 'bob''s@example.org'", ["Bob"]),
    ],
)
def test_filter_selects(api: GraphApi, tenant: Tenant, text: str, expected: list[str]) -> None:
    tenant.add_user("ann")
    tenant.add_user("bob", mail="bob's@example.org")
    tenant.add_user("cid", mail=None, accountEnabled=False)
    assert names(api.get(f"/users?$filter={text}", "user_list")["value"]) == expected


@pytest.mark.parametrize(
    "text", ["displayName ne 'Ann'", "not(displayName eq 'Ann')", "endsWith(mail,'b@example.org')"]
)
def test_advanced_filter_needs_header_and_count(api: GraphApi, tenant: Tenant, text: str) -> None:
    tenant.add_user("ann")
    tenant.add_user("bob", mail="b@example.org")
    assert api.refused("GET", f"/users?$filter={text}", 400) == "Request_UnsupportedQuery"
    found = api.get(f"/users?$filter={text}&$count=true", "user_list", ConsistencyLevel="eventual")
    assert (names(found["value"]), found["@odata.count"]) == (["Bob"], 1)


def test_groups_filter_by_kind(api: GraphApi, tenant: Tenant) -> None:
    tenant.add_group("Plain")
    tenant.add_group("Team", groupTypes=["Unified"], mailEnabled=True, securityEnabled=False)
    found = api.get("/groups?$filter=groupTypes/any(c:c eq 'Unified')", "group_list")["value"]
    assert names(found) == ["Team"]


def test_members_have_their_type(api: GraphApi, tenant: Tenant) -> None:
    ann = tenant.add_user("ann")
    inner = tenant.add_group("Inner")
    device = tenant.add_other("device", "Laptop")
    outer = tenant.add_group("Outer", [ann, inner, device])
    members = api.get(f"/groups/{outer}/members?$select=id", "member_list")["value"]
    assert members == [
        {"@odata.type": "#microsoft.graph.user", "id": ann},
        {"@odata.type": "#microsoft.graph.group", "id": inner},
        {"@odata.type": "#microsoft.graph.device", "id": device},
    ]


def test_objects_that_may_not_be_read_have_only_id_and_type(api: GraphApi, tenant: Tenant) -> None:
    ann = tenant.add_user("ann")
    device = tenant.add_other("device", "Laptop")
    group = tenant.add_group("Group", [ann, device])
    members = api.get(f"/groups/{group}/members?$select=id,displayName", "member_list")["value"]
    assert names(members) == ["Ann", None]


def test_hidden_membership_looks_empty_without_the_right(api: GraphApi, server: GraphServer, tenant: Tenant) -> None:
    group = tenant.add_group("Class", [tenant.add_user("ann")], visibility="HiddenMembership")
    assert api.get(f"/groups/{group}/members", "member_list")["value"] == []
    server.application.permissions.add("Member.Read.Hidden")
    api.sign_in()
    assert len(api.get(f"/groups/{group}/members", "member_list")["value"]) == 1


def test_basic_permission_shows_little(api: GraphApi, server: GraphServer, tenant: Tenant) -> None:
    tenant.add_user("ann")
    server.application.permissions = {"User.ReadBasic.All"}
    api.sign_in()
    user = api.get("/users?$select=displayName,accountEnabled", "user_list")["value"][0]
    assert user == {"displayName": "Ann", "accountEnabled": None}


@pytest.mark.parametrize("path", ["/users", "/groups", "/users/delta", "/directory/deletedItems/microsoft.graph.user"])
def test_missing_permission_is_refused(api: GraphApi, server: GraphServer, path: str) -> None:
    server.application.permissions = set()
    api.sign_in()
    assert api.refused("GET", path, 403) == "Authorization_RequestDenied"
    server.application.directory_roles = {"88d8e3e3-8f55-4a1e-953a-9b9898b8876b"}
    api.sign_in()
    assert api.request("GET", path).status_code == 200


def test_deleted_user_moves_to_deleted_items(api: GraphApi, tenant: Tenant) -> None:
    ann = tenant.add_user("ann")
    group = tenant.add_group("Group", [ann])
    tenant.delete(ann)
    assert api.get("/users", "user_list")["value"] == []
    assert api.get(f"/groups/{group}/members", "member_list")["value"] == []
    query = "$select=id,userPrincipalName,deletedDateTime"
    (user,) = api.get(f"/directory/deletedItems/microsoft.graph.user?{query}", "user_list")["value"]
    assert user["id"] == ann
    assert user["deletedDateTime"]
    assert user["userPrincipalName"].startswith(ann.replace("-", ""))


def test_units_list_members(api: GraphApi, tenant: Tenant) -> None:
    group = tenant.add_group("Group")
    unit = tenant.add_unit("Berlin", [group])
    found = api.get(f"/directory/administrativeUnits/{unit}/members?$select=id", "member_list")["value"]
    assert [member["id"] for member in found] == [group]


def test_vanished_objects_are_not_found(api: GraphApi, tenant: Tenant) -> None:
    group = tenant.add_group("Group")
    tenant.delete(group)
    assert api.refused("GET", f"/groups/{group}/members", 404) == "Request_ResourceNotFound"
    assert api.refused("GET", f"/directory/administrativeUnits/{group}/members", 404) == "Request_ResourceNotFound"


def test_unknown_resources_and_writes_are_refused(api: GraphApi, server: GraphServer) -> None:
    assert api.refused("GET", "/nothing", 400) == "BadRequest"
    assert api.refused("POST", "/users", 405, json={}) == "Request_BadRequest"
    assert [request.path for request in server.recorder.writes()] == ["/v1.0/users"]
