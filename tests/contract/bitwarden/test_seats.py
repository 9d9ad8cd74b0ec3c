# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 10: seats."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode, Status

INVITATION = {"email": "new@example.org", "type": 2}
IMPORT = {
    "members": [{"email": "new@example.org", "externalId": "new", "deleted": False}],
    "groups": [],
    "overwriteExisting": False,
}


@pytest.fixture
def cloud(connect: Callable[..., ApiClient]) -> ApiClient:
    return connect(mode=Mode.CLOUD, rate_limits=False)


def _restore(client: ApiClient) -> str:
    member = client.server.organization.add_member("gone@example.org", status=Status.REVOKED)
    return client.message("POST", f"/members/{member.id}/restore")


def test_invited_accepted_and_confirmed_members_and_sponsorships_take_seats(cloud: ApiClient) -> None:
    organization = cloud.server.organization
    for status in Status:
        organization.add_member(f"{status.value}@example.org", status=status)
    organization.configure(sponsorships=2)
    assert organization.occupied_seats() == 4 + 2


def test_the_cloud_buys_seats_up_to_the_limit(cloud: ApiClient) -> None:
    organization = cloud.server.organization
    organization.configure(seats=1, max_autoscale_seats=2)
    cloud.post("/members", INVITATION, "member")
    assert organization.settings.seats == 2
    text = cloud.message("POST", "/members", {**INVITATION, "email": "next@example.org"})
    assert text == "Seat limit has been reached."
    assert _restore(cloud) == "Seat limit has been reached."
    assert "next@example.org" not in organization.members()


def test_free_seats_are_taken_first(cloud: ApiClient) -> None:
    cloud.server.organization.configure(seats=2)
    cloud.post("/members", INVITATION, "member")
    assert cloud.server.organization.settings.seats == 2


def test_without_a_limit_the_cloud_buys_on(cloud: ApiClient) -> None:
    cloud.server.organization.configure(seats=1)
    cloud.post("/members", INVITATION, "member")
    assert cloud.server.organization.settings.seats == 2


def test_a_provider_is_named_in_the_error(cloud: ApiClient) -> None:
    cloud.server.organization.configure(seats=1, max_autoscale_seats=1, has_provider=True)
    text = cloud.message("POST", "/members", INVITATION)
    assert text == "Seat limit has been reached. Please contact your provider to add more seats."


def test_a_self_hosted_server_buys_nothing_and_says_so_in_two_ways(client: ApiClient) -> None:
    client.server.organization.configure(seats=1)
    assert client.message("POST", "/members", INVITATION) == "Cannot auto scale self-host."
    assert client.message("POST", "/organization/import", IMPORT) == "Cannot autoscale on self-hosted instance."
    assert _restore(client) == "Cannot autoscale on self-hosted instance."


def test_billing_refuses_in_the_message_or_in_the_dictionary(cloud: ApiClient) -> None:
    cloud.server.organization.configure(seats=1, seat_purchase_refusal="No payment method found.")
    assert cloud.message("POST", "/members", INVITATION) == "No payment method found."
    error = cloud.refused("POST", "/organization/import", IMPORT)
    assert error["message"] == "Errors have occurred."
    assert error["errors"] == {"An error has occurred.": ["No payment method found."]}


def test_failed_invitations_are_rolled_back_with_their_seat(cloud: ApiClient) -> None:
    organization = cloud.server.organization
    organization.configure(seats=1, invitation_failure="The mail server does not answer.")
    assert cloud.message("POST", "/members", INVITATION) == "Failed to invite users"
    error = cloud.refused("POST", "/organization/import", IMPORT)
    assert error["errors"] == {"An error has occurred.": ["The mail server does not answer."]}
    assert organization.settings.seats == 1
    assert "new@example.org" not in organization.members()


def test_revoking_frees_a_seat(cloud: ApiClient) -> None:
    organization = cloud.server.organization
    member = organization.add_member("anna@example.org")
    organization.configure(seats=2, max_autoscale_seats=2)
    cloud.post(f"/members/{member.id}/revoke")
    cloud.post("/members", INVITATION, "member")
