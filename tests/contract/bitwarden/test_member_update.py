# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 7: what PUT resets, keeps and echoes."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import (
    FOUNDER,
    EventType,
    Member,
    Organization,
    Role,
    Status,
)

UNKNOWN = "00000000-0000-4000-8000-000000000000"
NO_OWNER_LEFT = "Organization must have at least one confirmed owner."


def _association(collection_id: str) -> dict[str, Any]:
    return {"id": collection_id, "readOnly": True, "hidePasswords": False, "manage": False}


@pytest.fixture
def member(organization: Organization) -> Member:
    organization.add_group("Staff")
    return organization.add_member(
        "anna@example.org",
        external_id="id-1",
        groups=["Staff"],
        collections=[_association(organization.add_collection().id)],
        two_factor_enabled=True,
    )


@pytest.mark.parametrize("absent", [{}, {"externalId": None, "collections": None, "groups": None}])
def test_what_is_missing_is_reset_except_groups(
    client: ApiClient, organization: Organization, member: Member, absent: dict[str, None]
) -> None:
    answer = client.put(f"/members/{member.id}", {"type": 1, **absent}, "member")
    shown = client.get(f"/members/{member.id}", "member")
    assert (shown["type"], shown["externalId"], shown["collections"]) == (1, None, [])
    assert answer["collections"] is None
    assert organization.memberships() == {"Staff": {"anna@example.org"}}
    assert [event.type for event in organization.events()] == [EventType.MEMBER_UPDATED]


def test_an_empty_list_of_groups_leaves_them_all(client: ApiClient, organization: Organization, member: Member) -> None:
    client.put(f"/members/{member.id}", {"type": 2, "groups": []}, "member")
    assert organization.memberships() == {"Staff": set()}


def test_the_answer_repeats_the_request(client: ApiClient, organization: Organization, member: Member) -> None:
    association = _association(organization.add_collection().id)
    answer = client.put(f"/members/{member.id}", {"type": 2, "collections": [association]}, "member")
    assert answer["collections"] == [association]
    assert answer["twoFactorEnabled"] is True
    assert answer["name"] == "anna"


def test_the_answer_for_somebody_without_account_knows_no_account(
    client: ApiClient, organization: Organization
) -> None:
    member = organization.add_member("ben@example.org", status=Status.INVITED, two_factor_enabled=True)
    assert client.put(f"/members/{member.id}", {"type": 2}, "member")["twoFactorEnabled"] is False


def test_the_type_is_required(client: ApiClient, member: Member) -> None:
    assert client.model_errors("PUT", f"/members/{member.id}", {}) == {"Type": ["The Type field is required."]}


def test_custom_permissions_are_kept_when_missing(client: ApiClient, member: Member) -> None:
    path = f"/members/{member.id}"
    client.put(path, {"type": 4, "permissions": {"manageGroups": True}}, "member")
    client.put(path, {"type": 4}, "member")
    assert client.get(path, "member")["permissions"]["manageGroups"] is True


@pytest.mark.parametrize("part", [{"groups": [UNKNOWN]}, {"collections": [_association(UNKNOWN)]}])
def test_unknown_references_are_a_404_with_a_body(client: ApiClient, member: Member, part: dict[str, Any]) -> None:
    body = {"type": 2, **part}
    assert client.message("PUT", f"/members/{member.id}", body, status=404) == "Resource not found."
    assert client.get(f"/members/{member.id}", "member")["externalId"] == "id-1"


def test_the_last_owner_keeps_the_role(client: ApiClient, organization: Organization) -> None:
    path = f"/members/{organization.member(FOUNDER).id}"
    assert client.message("PUT", path, {"type": 2}) == NO_OWNER_LEFT
    client.put(path, {"type": 0}, "member")
    organization.add_member("owner@example.org", type=Role.OWNER)
    client.put(path, {"type": 2}, "member")


def test_without_another_owner_nobody_can_be_changed(
    client: ApiClient, organization: Organization, member: Member
) -> None:
    organization.change_member(FOUNDER, status=Status.REVOKED)
    assert client.message("PUT", f"/members/{member.id}", {"type": 2}) == NO_OWNER_LEFT


def test_the_address_cannot_be_changed(client: ApiClient, member: Member) -> None:
    client.put(f"/members/{member.id}", {"type": 2, "email": "other@example.org"}, "member")
    assert client.get(f"/members/{member.id}", "member")["email"] == "anna@example.org"


def test_nobody_administers_two_free_organizations(
    client: ApiClient, organization: Organization, member: Member
) -> None:
    organization.configure(free_plan=True)
    organization.change_member(member.email, administers_free_organization=True)
    text = client.message("PUT", f"/members/{member.id}", {"type": 1})
    assert text == "You can only be an admin of one free organization."


def test_groups_are_replaced_and_unknown_ones_dropped(
    client: ApiClient, organization: Organization, member: Member
) -> None:
    other = organization.add_group("Other")
    client.put(f"/members/{member.id}/group-ids", {"groupIds": [other.id, UNKNOWN]})
    assert organization.memberships() == {"Staff": set(), "Other": {"anna@example.org"}}
    assert [event.type for event in organization.events()] == [EventType.MEMBER_GROUPS_UPDATED]
