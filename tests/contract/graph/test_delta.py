# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delta queries: links, pages, removed objects, changed members, expiry."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.graph.client import GraphApi
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer, Tenant


def latest(api: GraphApi, resource: str, select: str) -> str:
    """Return a link that tells what changes from now on."""
    page = api.get(f"/{resource}/delta?$select={select}&$deltatoken=latest", "delta_page")
    assert page["value"] == []
    return str(page["@odata.deltaLink"])


def changes(api: GraphApi, link: str) -> list[dict[str, Any]]:
    """Return the changes since a link."""
    return [entry for page in api.pages(link, "delta_page") for entry in page]


def test_first_query_lists_what_exists(api: GraphApi, tenant: Tenant) -> None:
    ann = tenant.add_user("ann")
    tenant.delete(tenant.add_user("bob"))
    group = tenant.add_group("Group", [ann])
    assert changes(api, "/users/delta?$select=mail") == [{"id": ann, "mail": "ann@example.onmicrosoft.com"}]
    (entry,) = changes(api, "/groups/delta?$select=displayName,members")
    assert entry == {
        "id": group,
        "displayName": "Group",
        "members@delta": [{"@odata.type": "#microsoft.graph.user", "id": ann}],
    }


def test_only_tracked_changes_appear(api: GraphApi, tenant: Tenant) -> None:
    ann, bob = tenant.add_user("ann"), tenant.add_user("bob")
    link = latest(api, "users", "displayName,mail")
    tenant.update(ann, displayName="Anna")
    tenant.update(bob, jobTitle="Clerk")
    new = tenant.add_user("cid")
    assert changes(api, link) == [
        {"id": ann, "displayName": "Anna"},
        {"id": new, "displayName": "Cid", "mail": "cid@example.onmicrosoft.com"},
    ]


def test_removed_users_have_a_reason(api: GraphApi, tenant: Tenant) -> None:
    ann, bob, cid = (tenant.add_user(name) for name in ("ann", "bob", "cid"))
    link = latest(api, "users", "mail")
    tenant.delete(ann)
    tenant.delete(bob)
    tenant.purge(bob)
    tenant.delete(cid)
    tenant.restore(cid)
    assert changes(api, link) == [
        {"id": ann, "@removed": {"reason": "changed"}},
        {"id": bob, "@removed": {"reason": "deleted"}},
        {"id": cid, "mail": "cid@example.onmicrosoft.com"},
    ]


def test_membership_changes_come_as_annotations(api: GraphApi, tenant: Tenant) -> None:
    ann, bob = tenant.add_user("ann"), tenant.add_user("bob")
    group = tenant.add_group("Group", [ann])
    gone = tenant.add_group("Gone")
    link = latest(api, "groups", "displayName,members")
    tenant.add_member(group, bob)
    tenant.delete(ann)
    tenant.delete(gone)
    user = "#microsoft.graph.user"
    assert changes(api, link) == [
        {
            "id": group,
            "members@delta": [
                {"@odata.type": user, "id": bob},
                {"@odata.type": user, "id": ann, "@removed": {"reason": "deleted"}},
            ],
        },
        {"id": gone, "@removed": {"reason": "deleted"}},
    ]


def test_large_group_comes_on_many_pages(api: GraphApi, server: GraphServer, tenant: Tenant) -> None:
    server.graph.api.delta.page_size = 1
    server.graph.api.delta.members_per_entry = 2
    link = latest(api, "groups", "displayName,members")
    group = tenant.add_group("Group", [tenant.add_user(f"user{number}") for number in range(5)])
    entries = changes(api, link)
    assert [entry["id"] for entry in entries] == [group] * 3
    assert [len(entry["members@delta"]) for entry in entries] == [2, 2, 1]


def test_links_are_not_moved_by_later_changes(api: GraphApi, server: GraphServer, tenant: Tenant) -> None:
    server.graph.api.delta.page_size = 1
    link = latest(api, "users", "mail")
    ids = [tenant.add_user(f"user{number}") for number in range(2)]
    first = api.get(link, "delta_page")
    late = tenant.add_user("late")
    second = api.get(first["@odata.nextLink"], "delta_page")
    assert [first["value"][0]["id"], second["value"][0]["id"]] == ids
    assert [entry["id"] for entry in changes(api, second["@odata.deltaLink"])] == [late]


def test_link_expires_after_a_week(api: GraphApi, server: GraphServer) -> None:
    link = latest(api, "users", "mail")
    server.clock.advance(7 * 24 * 3600 + 1)
    api.sign_in()
    assert api.refused("GET", link, 400) == "syncStateNotFound"


def test_moved_tenant_asks_to_begin_anew(api: GraphApi, server: GraphServer) -> None:
    link = latest(api, "users", "mail")
    server.graph.api.delta.reset()
    response = api.request("GET", link)
    assert response.status_code == 410
    assert response.headers["Location"].endswith("/v1.0/users/delta?$deltatoken=")


@pytest.mark.parametrize("option", ["$filter=id eq 'x'", "$expand=members", "$orderby=displayName"])
def test_other_options_are_refused(api: GraphApi, option: str) -> None:
    assert api.refused("GET", f"/users/delta?{option}", 400) == "Request_BadRequest"
