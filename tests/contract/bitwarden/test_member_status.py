# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 11: revoking and restoring."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import (
    FOUNDER,
    EventType,
    Organization,
    PolicyType,
    Role,
    Status,
)


@pytest.mark.parametrize("status", [Status.INVITED, Status.ACCEPTED, Status.CONFIRMED])
def test_restoring_gives_the_earlier_status_and_all_access_back(
    client: ApiClient, organization: Organization, status: Status
) -> None:
    organization.add_group("Staff")
    member = organization.add_member("anna@example.org", status=status, groups=["Staff"], external_id="id-1")
    before = client.get(f"/members/{member.id}", "member")
    client.post(f"/members/{member.id}/revoke")
    assert client.get(f"/members/{member.id}", "member") == {**before, "status": -1}
    assert organization.memberships() == {"Staff": {"anna@example.org"}}
    client.post(f"/members/{member.id}/restore")
    assert client.get(f"/members/{member.id}", "member") == before
    assert [event.type for event in organization.events()] == [
        EventType.MEMBER_REVOKED,
        EventType.MEMBER_RESTORED,
    ]


def test_revoking_twice_and_restoring_the_active_fail(client: ApiClient, organization: Organization) -> None:
    member = organization.add_member("anna@example.org")
    assert client.message("POST", f"/members/{member.id}/restore") == "Already active."
    client.post(f"/members/{member.id}/revoke")
    assert client.message("POST", f"/members/{member.id}/revoke") == "Already revoked."


def test_the_last_confirmed_owner_cannot_be_revoked(client: ApiClient, organization: Organization) -> None:
    path = f"/members/{organization.member(FOUNDER).id}/revoke"
    assert client.message("POST", path) == "Organization must have at least one confirmed owner."
    organization.add_member("owner@example.org", type=Role.OWNER)
    client.post(path)


@pytest.mark.parametrize(
    ("policies", "person", "text"),
    [
        (
            [PolicyType.TWO_FACTOR],
            {},
            "anna@example.org is not compliant with the two-step login policy.",
        ),
        (
            [PolicyType.SINGLE_ORGANIZATION],
            {"belongs_elsewhere": True},
            "anna@example.org cannot be restored until they leave or remove all other organizations.",
        ),
        (
            [PolicyType.TWO_FACTOR, PolicyType.SINGLE_ORGANIZATION],
            {"belongs_elsewhere": True},
            "anna@example.org is not compliant with the single organization and two-step login policy.",
        ),
    ],
)
def test_policies_refuse_a_restore(
    client: ApiClient, organization: Organization, policies: list[int], person: dict[str, Any], text: str
) -> None:
    member = organization.add_member("anna@example.org", status=Status.REVOKED, **person)
    for policy in policies:
        organization.set_policy(policy)
    assert client.message("POST", f"/members/{member.id}/restore") == text
    organization.change_member("anna@example.org", two_factor_enabled=True, belongs_elsewhere=False)
    client.post(f"/members/{member.id}/restore")


def test_policies_do_not_concern_invitations(client: ApiClient, organization: Organization) -> None:
    organization.set_policy(PolicyType.TWO_FACTOR)
    member = organization.add_member("anna@example.org", status=Status.REVOKED, revoked_from=Status.INVITED)
    client.post(f"/members/{member.id}/restore")
    assert organization.member("anna@example.org").status == Status.INVITED


def test_an_admin_of_another_free_organization_is_not_restored(client: ApiClient, organization: Organization) -> None:
    organization.configure(free_plan=True)
    member = organization.add_member(
        "anna@example.org", type=Role.ADMIN, status=Status.REVOKED, administers_free_organization=True
    )
    text = client.message("POST", f"/members/{member.id}/restore")
    assert text.startswith("User is an owner/admin of another free organization.")
