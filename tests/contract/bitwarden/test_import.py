# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 5.4: what an import does, in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.import_request import PATH, group, imported
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import (
    FOUNDER,
    EventType,
    Mode,
    Organization,
    Role,
    Status,
)


def test_unknown_people_are_invited_as_users(client: ApiClient, organization: Organization) -> None:
    client.post(PATH, imported(("Anna@Example.org", "a", False)))
    anna = organization.member("anna@example.org")
    assert (anna.email, anna.status, anna.type, anna.external_id) == ("anna@example.org", 0, 2, "a")
    assert [event.type for event in organization.events()] == [EventType.MEMBER_INVITED]


def test_known_addresses_without_external_id_are_linked_silently(client: ApiClient, organization: Organization) -> None:
    organization.add_member("anna@example.org", type=Role.ADMIN)
    client.post(PATH, imported(("ANNA@example.org", "a", False)))
    assert organization.member("anna@example.org").external_id == "a"
    assert organization.member("anna@example.org").type == Role.ADMIN
    assert organization.events() == []


def test_deleted_entries_remove_by_external_id_only(client: ApiClient, organization: Organization) -> None:
    for key in ("a", "b"):
        organization.add_member(f"{key}@example.org", external_id=key)
    organization.add_member("admin@example.org", external_id="admin", type=Role.ADMIN)
    organization.add_member("owner@example.org", external_id="owner", type=Role.OWNER)
    organization.add_member("linked-later@example.org")
    client.post(
        PATH,
        imported(
            (None, "a", True),
            (None, "admin", True),
            (None, "owner", True),
            ("linked-later@example.org", "l", True),
            ("b@example.org", "b", True),
            ("b@example.org", "b", False),
        ),
    )
    assert set(organization.members()) == {
        FOUNDER,
        "b@example.org",
        "owner@example.org",
        "linked-later@example.org",
    }
    assert {event.type for event in organization.events()} == {EventType.MEMBER_REMOVED}


def test_overwriting_removes_every_other_member_with_any_external_id(
    client: ApiClient, organization: Organization
) -> None:
    organization.add_member("a@example.org", external_id="a")
    organization.add_member("scim@example.org", external_id="of-another-system", type=Role.ADMIN)
    organization.add_member("owner@example.org", external_id="owner", type=Role.OWNER)
    organization.add_member("manual@example.org")
    client.post(PATH, imported(("a@example.org", "a", False), overwriteExisting=True))
    assert set(organization.members()) == {FOUNDER, "a@example.org", "owner@example.org", "manual@example.org"}


def test_overwriting_with_nothing_removes_everybody(client: ApiClient, organization: Organization) -> None:
    organization.add_member("a@example.org", external_id="a")
    client.post(PATH, imported(overwriteExisting=True))
    assert set(organization.members()) == {FOUNDER}


@pytest.mark.parametrize(
    "person",
    [{"status": Status.INVITED}, {"has_master_password": False}],
    ids=["stale invitation", "no master password"],
)
def test_overwriting_is_refused_where_somebody_has_no_master_password(
    client: ApiClient, organization: Organization, person: dict[str, Any]
) -> None:
    organization.add_member("a@example.org", external_id="a")
    organization.add_member("b@example.org", external_id="b", **person)
    organization.add_member("leaver@example.org", external_id="leaver")
    text = client.message("POST", PATH, imported((None, "leaver", True), overwriteExisting=True))
    assert text == (
        "Sync failed. To proceed, disable the 'Remove and re-add users during next sync' setting and try again."
    )
    assert set(organization.members()) == {FOUNDER, "a@example.org", "b@example.org"}
    assert organization.events() == []


def test_groups_are_created_renamed_and_filled_with_whom_is_known(
    client: ApiClient, organization: Organization
) -> None:
    organization.add_member("manual@example.org")
    organization.add_member("b@example.org", external_id="b")
    organization.add_group("Old name", "known", members=["manual@example.org"])
    organization.add_group("Not imported", "other", members=["manual@example.org"])
    groups = [group("New name", "known", "b", "nobody"), group("Created", "new", "a")]
    client.post(PATH, imported(("a@example.org", "a", False), groups=groups))
    assert organization.memberships() == {
        "New name": {"b@example.org"},
        "Not imported": {"manual@example.org"},
        "Created": {"a@example.org"},
    }


def test_every_known_group_is_logged_as_updated(client: ApiClient, organization: Organization) -> None:
    organization.add_group("Same", "same")
    client.post(PATH, imported(groups=[group("Same", "same"), group("New", "new")]))
    assert [event.type for event in organization.events()] == [EventType.GROUP_CREATED, EventType.GROUP_UPDATED]


def test_numbers_are_external_ids_too(client: ApiClient, organization: Organization) -> None:
    body = imported(("a@example.org", "7", False), groups=[group("Staff", "8", "7")])
    body["members"][0]["externalId"] = 7
    body["groups"][0]["externalId"] = 8
    body["groups"][0]["memberExternalIds"] = [7]
    client.post(PATH, body)
    assert organization.member("a@example.org").external_id == "7"
    assert organization.group("Staff").external_id == "8"
    assert organization.memberships() == {"Staff": {"a@example.org"}}


def test_importing_again_writes_nothing_but_group_events(client: ApiClient, organization: Organization) -> None:
    body = imported(("a@example.org", "a", False), groups=[group("Staff", "g", "a")])
    client.post(PATH, body)
    before = organization.dump()
    client.post(PATH, body)
    after = organization.dump()
    assert [event["type"] for event in after.pop("events")[len(before.pop("events")) :]] == [EventType.GROUP_UPDATED]
    assert after == before


@pytest.mark.parametrize("flag", [False, True])
def test_staging_needs_the_flag_or_it_invites(client: ApiClient, organization: Organization, flag: bool) -> None:
    organization.configure(staged_status_flag=flag, seats=2)
    people = imported(("a@example.org", "a", False), inviteUsersAfterProvisioning=False)
    client.post(PATH, people)
    member = organization.member("a@example.org")
    event = organization.events()[0].type
    assert (member.status, event) == ((3, EventType.MEMBER_STAGED) if flag else (0, EventType.MEMBER_INVITED))
    assert organization.occupied_seats() == (1 if flag else 2)


def test_with_the_flag_people_are_still_invited_by_default(client: ApiClient, organization: Organization) -> None:
    organization.configure(staged_status_flag=True)
    client.post(PATH, imported(("a@example.org", "a", False)))
    assert organization.member("a@example.org").status == Status.INVITED


@pytest.mark.parametrize("kind", ["members", "groups"])
def test_the_cloud_wants_more_than_2000_to_be_called_large(connect: Callable[..., ApiClient], kind: str) -> None:
    client = connect(mode=Mode.CLOUD, rate_limits=False)
    body = _people_or_groups(kind, 2001)
    assert client.message("POST", PATH, body) == "You cannot import this much data at once."
    client.post(PATH, _people_or_groups(kind, 2000))
    client.post(PATH, {**body, "largeImport": True})


def test_deleted_members_do_not_count_as_many(connect: Callable[..., ApiClient]) -> None:
    client = connect(mode=Mode.CLOUD, rate_limits=False)
    client.post(PATH, imported(*((None, str(number), True) for number in range(2001))))


def test_a_self_hosted_server_takes_any_number(client: ApiClient) -> None:
    client.post(PATH, _people_or_groups("members", 2001))


def _people_or_groups(kind: str, count: int) -> dict[str, Any]:
    if kind == "groups":
        return imported(groups=[group("Name", str(number)) for number in range(count)])
    return imported(*((f"{number}@example.org", str(number), False) for number in range(count)))


def test_a_plan_without_directory_sync(client: ApiClient, organization: Organization) -> None:
    organization.configure(use_directory=False)
    assert client.message("POST", PATH, imported()) == "Organization cannot use directory syncing."


def test_a_plan_without_groups_is_noticed_after_members_changed(client: ApiClient, organization: Organization) -> None:
    organization.configure(use_groups=False)
    organization.add_member("leaver@example.org", external_id="leaver")
    body = imported(("a@example.org", "a", False), (None, "leaver", True), groups=[group("Staff", "g")])
    assert client.message("POST", PATH, body) == "Organization cannot use groups."
    assert set(organization.members()) == {FOUNDER, "a@example.org"}
    assert [event.type for event in organization.events()] == [EventType.MEMBER_INVITED]
