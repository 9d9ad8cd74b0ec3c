# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference sections 5.3 and 7: collections."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import EventType, Organization

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def _association(key: str, **changes: bool) -> dict[str, Any]:
    return {"id": key, "readOnly": False, "hidePasswords": False, "manage": False, **changes}


def test_shared_collections_are_listed_with_their_groups(client: ApiClient, organization: Organization) -> None:
    shared, personal = organization.add_collection("id-1"), organization.add_collection(personal=True)
    group = organization.add_group("Staff", collections=[_association(shared.id, manage=True)])
    shown = client.get(f"/collections/{shared.id}", "collection")
    assert shown["groups"] == [_association(group.id, manage=True)]
    assert client.get("/collections", "collection_list")["data"] == [shown]
    client.assert_empty_404("GET", f"/collections/{personal.id}")


def test_there_is_no_way_to_create_one(client: ApiClient) -> None:
    assert client.request("POST", "/collections", {}).status_code == 405


def test_updating_clears_the_external_id_and_keeps_groups(client: ApiClient, organization: Organization) -> None:
    collection = organization.add_collection("id-1")
    group = organization.add_group("Staff", collections=[_association(collection.id)])
    path = f"/collections/{collection.id}"
    assert client.put(path, {}, "collection")["groups"] is None
    shown = client.get(path, "collection")
    assert (shown["externalId"], shown["groups"]) == (None, [_association(group.id)])
    client.put(path, {"groups": []}, "collection")
    assert client.get(path, "collection")["groups"] == []
    assert client.get(f"/groups/{group.id}", "group")["collections"] == []
    assert {event.type for event in organization.events()} == {EventType.COLLECTION_UPDATED}


def test_groups_are_given_access(client: ApiClient, organization: Organization) -> None:
    collection, group = organization.add_collection(), organization.add_group("Staff")
    body = {"groups": [_association(group.id, readOnly=True), _association(UNKNOWN)]}
    client.put(f"/collections/{collection.id}", body, "collection")
    assert client.get(f"/groups/{group.id}", "group")["collections"] == [_association(collection.id, readOnly=True)]


def test_somebody_has_to_manage_where_admins_do_not(client: ApiClient, organization: Organization) -> None:
    collection = organization.add_collection()
    organization.add_group("Staff", collections=[_association(collection.id, manage=True)])
    organization.configure(admins_manage_collections=False)
    path = f"/collections/{collection.id}"
    client.put(path, {}, "collection")
    text = client.message("PUT", path, {"groups": []})
    assert text == "At least one member or group must have can manage permission."
    organization.add_member("anna@example.org", collections=[_association(collection.id, manage=True)])
    client.put(path, {"groups": []}, "collection")


def test_deleting_takes_access_along(client: ApiClient, organization: Organization) -> None:
    collection = organization.add_collection()
    group = organization.add_group("Staff", collections=[_association(collection.id)])
    member = organization.add_member("anna@example.org", collections=[_association(collection.id)])
    client.delete(f"/collections/{collection.id}")
    assert client.get(f"/groups/{group.id}", "group")["collections"] == []
    assert client.get(f"/members/{member.id}", "member")["collections"] == []


def test_a_personal_collection_is_not_deleted(client: ApiClient, organization: Organization) -> None:
    collection = organization.add_collection(personal=True)
    text = client.message("DELETE", f"/collections/{collection.id}")
    assert text == "You cannot delete a collection with the type as DefaultUserCollection."


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PUT", {}), ("DELETE", None)])
def test_an_unknown_collection_is_a_404_without_a_body(client: ApiClient, method: str, body: Any) -> None:
    client.assert_empty_404(method, f"/collections/{UNKNOWN}", body)
