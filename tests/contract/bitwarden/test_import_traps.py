# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 5.4: the traps of an import, by the letters of the list there."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.import_request import PATH, group, imported
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import FOUNDER, Organization, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When

UNHANDLED = "An unhandled server error has occurred."


@pytest.fixture
def leaver(organization: Organization) -> str:
    return organization.add_member("leaver@example.org", external_id="leaver").email


def _fails(client: ApiClient, body: dict[str, Any]) -> None:
    assert client.message("POST", PATH, body, status=500) == UNHANDLED


def test_a_existing_members_that_share_an_id_fail_before_any_change(
    client: ApiClient, organization: Organization, leaver: str
) -> None:
    for name in ("a", "b"):
        organization.add_member(f"{name}@example.org", external_id="same")
    _fails(client, imported((None, "leaver", True)))
    assert leaver in organization.members()


def test_a_live_addresses_that_occur_twice_fail_after_removals(
    client: ApiClient, organization: Organization, leaver: str
) -> None:
    _fails(client, imported((None, "leaver", True), ("a@example.org", "1", False), ("A@example.org", "2", False)))
    assert set(organization.members()) == {FOUNDER}
    assert organization.events() == []


def test_a_an_id_that_is_taken_and_whose_address_is_another_members_fails_after_removals(
    client: ApiClient, organization: Organization, leaver: str
) -> None:
    organization.add_member("holder@example.org", external_id="1")
    organization.add_member("a@example.org")
    _fails(client, imported((None, "leaver", True), ("a@example.org", "1", False)))
    assert leaver not in organization.members()
    assert organization.member("a@example.org").external_id is None


def test_a_group_ids_that_are_sent_twice_fail_after_members_changed(
    client: ApiClient, organization: Organization, leaver: str
) -> None:
    groups = [group("One", "same"), group("Two", "same")]
    _fails(client, imported((None, "leaver", True), ("a@example.org", "1", False), groups=groups))
    assert set(organization.members()) == {FOUNDER, "a@example.org"}
    assert organization.groups() == []


def test_a_existing_groups_that_share_an_id_fail_after_members_changed(
    client: ApiClient, organization: Organization
) -> None:
    for name in ("One", "Two"):
        organization.add_group(name, "same")
    _fails(client, imported(("a@example.org", "1", False), groups=[group("New", "new")]))
    assert set(organization.members()) == {FOUNDER, "a@example.org"}
    assert len(organization.groups()) == 2


@pytest.mark.parametrize("nothing", ["groups", "members"])
def test_a_null_lists_fail(client: ApiClient, nothing: str) -> None:
    _fails(client, {**imported(), nothing: None})


def test_a_null_member_ids_fail_after_members_changed(client: ApiClient, organization: Organization) -> None:
    groups = [{"name": "Staff", "externalId": "g", "memberExternalIds": None}]
    _fails(client, imported(("a@example.org", "1", False), groups=groups))
    assert "a@example.org" in organization.members()


def test_b_a_known_address_under_another_id_is_ignored_and_missing_from_groups(
    client: ApiClient, organization: Organization
) -> None:
    organization.add_member("a@example.org", external_id="old")
    client.post(PATH, imported(("a@example.org", "new", False), groups=[group("Staff", "g", "new")]))
    assert organization.member("a@example.org").external_id == "old"
    assert organization.memberships() == {"Staff": set()}


def test_b_with_overwriting_it_is_removed_and_invited_again(client: ApiClient, organization: Organization) -> None:
    before = organization.add_member("a@example.org", external_id="old")
    client.post(PATH, imported(("a@example.org", "new", False), overwriteExisting=True))
    after = organization.member("a@example.org")
    assert (after.status, after.external_id) == (Status.INVITED, "new")
    assert after.id != before.id


def test_b_external_ids_differ_by_case(client: ApiClient, organization: Organization) -> None:
    organization.add_member("a@example.org", external_id="ID")
    client.post(PATH, imported(("b@example.org", "id", False)))
    assert organization.member("b@example.org").external_id == "id"


def test_c_addresses_names_and_roles_are_not_updated_and_the_revoked_not_restored(
    client: ApiClient, organization: Organization
) -> None:
    organization.add_member("old@example.org", external_id="1", status=Status.REVOKED)
    client.post(PATH, imported(("new@example.org", "1", False)))
    assert organization.member("old@example.org").status == Status.REVOKED
    assert "new@example.org" not in organization.members()


def test_c_groups_are_never_deleted(client: ApiClient, organization: Organization) -> None:
    organization.add_group("Old", "old")
    client.post(PATH, imported(overwriteExisting=True))
    assert [item.name for item in organization.groups()] == ["Old"]


def test_d_members_added_by_hand_are_dropped_from_imported_groups(
    client: ApiClient, organization: Organization
) -> None:
    organization.add_member("manual@example.org")
    organization.add_group("Staff", "g", members=["manual@example.org"])
    client.post(PATH, imported(groups=[group("Staff", "g")]))
    assert organization.memberships() == {"Staff": set()}


def test_i_a_proxy_that_gives_up_does_not_stop_the_import(client: ApiClient, organization: Organization) -> None:
    client.server.faults.add(Fault(Kind.HTML, When(path="import$"), status=504, after_effect=True))
    answer = client.request("POST", PATH, imported(("a@example.org", "1", False)))
    assert answer.status_code == 504
    assert "a@example.org" in organization.members()
