# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference sections 5.2 and 7: groups."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import EventType, Organization

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def _association(collection_id: str, **changes: bool) -> dict[str, Any]:
    return {"id": collection_id, "readOnly": False, "hidePasswords": False, "manage": False, **changes}


def test_groups_are_listed_and_shown_with_their_collections(client: ApiClient, organization: Organization) -> None:
    association = _association(organization.add_collection().id, readOnly=True)
    group = organization.add_group("Staff", "id-1", collections=[association])
    shown = client.get(f"/groups/{group.id}", "group")
    assert shown == {
        "object": "group",
        "id": group.id,
        "name": "Staff",
        "externalId": "id-1",
        "collections": [association],
    }
    assert client.get("/groups", "group_list")["data"] == [shown]


def test_creating(client: ApiClient, organization: Organization) -> None:
    association = _association(organization.add_collection().id, manage=True)
    body = {"name": "Staff", "externalId": "id-1", "collections": [association]}
    created = client.post("/groups", body, "group")
    assert client.get(f"/groups/{created['id']}", "group") == created
    assert client.get(f"/groups/{created['id']}/member-ids", "ids") == []
    event = organization.events()[0]
    assert (event.type, event.group_id) == (EventType.GROUP_CREATED, created["id"])


def test_names_and_external_ids_need_not_be_unique(client: ApiClient) -> None:
    for _unused in range(2):
        client.post("/groups", {"name": "Staff", "externalId": "id-1"}, "group")
    assert len(client.get("/groups", "group_list")["data"]) == 2


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"Name": ["The Name field is required."]}),
        ({"name": ""}, {"Name": ["The Name field is required."]}),
        ({"name": "x" * 101}, {"Name": ["The field Name must be a string with a maximum length of 100."]}),
        (
            {"name": "x", "externalId": "x" * 301},
            {"ExternalId": ["The field ExternalId must be a string with a maximum length of 300."]},
        ),
        (
            {"name": "x", "collections": [{"id": UNKNOWN}]},
            {"Collections[0].ReadOnly": ["The ReadOnly field is required."]},
        ),
    ],
)
def test_invalid_groups(client: ApiClient, body: dict[str, Any], errors: dict[str, list[str]]) -> None:
    assert client.model_errors("POST", "/groups", body) == errors


def test_a_plan_without_groups(client: ApiClient, organization: Organization) -> None:
    group = organization.add_group("Staff")
    organization.configure(use_groups=False)
    text = "This organization cannot use groups."
    assert client.message("POST", "/groups", {"name": "Other"}) == text
    assert client.message("PUT", f"/groups/{group.id}", {"name": "Other"}) == text


def test_updating_clears_the_external_id_and_keeps_collections(client: ApiClient, organization: Organization) -> None:
    association = _association(organization.add_collection().id)
    group = organization.add_group("Staff", "id-1", collections=[association])
    answer = client.put(f"/groups/{group.id}", {"name": "Crew"}, "group")
    assert answer["collections"] is None
    shown = client.get(f"/groups/{group.id}", "group")
    assert (shown["name"], shown["externalId"], shown["collections"]) == ("Crew", None, [association])
    client.put(f"/groups/{group.id}", {"name": "Crew", "collections": []}, "group")
    assert client.get(f"/groups/{group.id}", "group")["collections"] == []
    assert {event.type for event in organization.events()} == {EventType.GROUP_UPDATED}


def test_updating_with_an_unknown_collection(client: ApiClient, organization: Organization) -> None:
    path = f"/groups/{organization.add_group('Staff').id}"
    body = {"name": "Staff", "collections": [_association(UNKNOWN)]}
    assert client.message("PUT", path, body, status=404) == "Resource not found."


def test_managing_excludes_restrictions(client: ApiClient, organization: Organization) -> None:
    association = _association(organization.add_collection().id, manage=True, readOnly=True)
    text = client.message("POST", "/groups", {"name": "Staff", "collections": [association]})
    assert text.startswith("The Manage property is mutually exclusive")


def test_members_are_replaced_unknown_ids_dropped_and_nothing_logged(
    client: ApiClient, organization: Organization
) -> None:
    anna, ben = organization.add_member("anna@example.org"), organization.add_member("ben@example.org")
    group = organization.add_group("Staff", members=["anna@example.org"])
    path = f"/groups/{group.id}/member-ids"
    assert client.get(path, "ids") == [anna.id]
    client.put(path, {"memberIds": [ben.id, UNKNOWN, ben.id]})
    assert client.get(path, "ids") == [ben.id]
    assert client.get(f"/members/{anna.id}/group-ids", "ids") == []
    assert organization.events() == []


def test_deleting_takes_the_memberships_along_and_logs_nothing(client: ApiClient, organization: Organization) -> None:
    anna = organization.add_member("anna@example.org")
    group = organization.add_group("Staff", members=["anna@example.org"])
    client.delete(f"/groups/{group.id}")
    assert client.get("/groups", "group_list")["data"] == []
    assert client.get(f"/members/{anna.id}/group-ids", "ids") == []
    assert organization.events() == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/member-ids", None),
        ("PUT", "", {"name": "Staff"}),
        ("PUT", "/member-ids", {"memberIds": []}),
        ("DELETE", "", None),
    ],
)
def test_an_unknown_group_is_a_404_without_a_body(client: ApiClient, method: str, path: str, body: Any) -> None:
    client.assert_empty_404(method, f"/groups/{UNKNOWN}{path}", body)
