# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading an organization completely, and who revoked whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import cast

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import (
    MemberEvents,
    Memberships,
    member_events,
    read_organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Event,
    Member,
    OrganizationGroup,
)
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When

ClientOf = Callable[[BitwardenServer], BitwardenClient]
NAMES = tuple(f"Group {number:02}" for number in range(20))
NOW = datetime.now(timezone.utc)


@pytest.fixture
def emulator(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return a server with 20 groups of one or two members."""
    emulator = bitwarden_server()
    emulator.organization.add_member("ann@example.org", external_id="x1")
    emulator.organization.add_member("bob@example.org", external_id="x2")
    for name in NAMES:
        emulator.organization.add_group(name, members=["ann@example.org"])
    emulator.organization.add_group("Both", members=["ann@example.org", "bob@example.org"])
    return emulator


def test_everything_is_read(emulator: BitwardenServer, client_of: ClientOf) -> None:
    organization = read_organization(client_of(emulator))
    emails = {member.id: member.email for member in organization.members}
    names = {group.id: group.name for group in organization.groups}
    read = {names[id_]: {emails[key] for key in keys} for id_, keys in organization.memberships.items()}
    assert read == emulator.organization.memberships()
    assert organization.occupied_seats() == emulator.organization.occupied_seats()
    assert len(emulator.recorder.requests("GET")) == 2 + 21


def test_only_chosen_groups_are_asked_for_members(emulator: BitwardenServer, client_of: ClientOf) -> None:
    both = emulator.organization.group("Both")
    organization = read_organization(
        client_of(emulator), lambda groups: [group.id for group in groups if group.name == "Both"] * 2
    )
    assert organization.memberships.keys() == {both.id}
    assert len(organization.groups) == 21
    assert len(emulator.recorder.requests("GET", "member-ids")) == 1


def test_no_group_is_chosen(emulator: BitwardenServer, client_of: ClientOf) -> None:
    organization = read_organization(client_of(emulator), lambda groups: ())
    assert organization.memberships == {}
    assert len(organization.groups) == 21


def test_one_404_does_not_make_a_group_vanish(emulator: BitwardenServer, client_of: ClientOf) -> None:
    there = emulator.organization.group(NAMES[3]).id
    emulator.faults.add(Fault(Kind.HTML, When(path=there), status=404))
    with pytest.raises(BitwardenError, match="answered 404"):
        read_organization(client_of(emulator))


def test_group_that_vanishes_meanwhile_is_left_out(emulator: BitwardenServer, client_of: ClientOf) -> None:
    vanished = emulator.organization.group(NAMES[3]).id
    emulator.faults.add(Fault(Kind.STATUS, When(path=vanished), times=2, status=404))
    organization = read_organization(client_of(emulator))
    assert vanished not in organization.memberships
    assert vanished not in {group.id for group in organization.groups}
    assert len(organization.groups) == len(organization.memberships) == 20


def test_another_group_is_chosen_where_one_vanishes_meanwhile(emulator: BitwardenServer, client_of: ClientOf) -> None:
    vanished = [emulator.organization.group(name).id for name in NAMES[:2]]
    for group_id in vanished:
        emulator.faults.add(Fault(Kind.STATUS, When(path=group_id), times=2, status=404))
    recalled: list[str] = []

    def recall(members: Sequence[Member], groups: Sequence[OrganizationGroup]) -> Memberships:
        recalled.extend(group.name for group in groups)
        return {}

    def first_two(groups: Sequence[OrganizationGroup]) -> list[str]:
        return [group.id for group in sorted(groups, key=lambda group: group.name) if group.name != "Both"][:2]

    organization = read_organization(client_of(emulator), first_two, recall)
    assert organization.memberships.keys() == {emulator.organization.group(name).id for name in NAMES[2:4]}
    assert recalled == list(NAMES[:2])


@pytest.mark.parametrize(
    "path", ["/public/members$", "/public/groups$", "/member-ids$"], ids=["members", "groups", "memberships"]
)
@pytest.mark.parametrize("kind", [Kind.TRUNCATED, Kind.DROP, Kind.INVALID_JSON, Kind.INVALID_UTF8, Kind.HTML])
def test_any_fault_that_lasts_is_an_error(
    emulator: BitwardenServer, client_of: ClientOf, path: str, kind: Kind
) -> None:
    emulator.faults.add(Fault(kind, When(path=path), times=None))
    with pytest.raises(BitwardenError, match="GET "):
        read_organization(client_of(emulator))


@pytest.mark.parametrize("kind", [Kind.TRUNCATED, Kind.DROP, Kind.HTML, Kind.STATUS])
def test_passing_fault_is_overcome(emulator: BitwardenServer, client_of: ClientOf, kind: Kind) -> None:
    status = 500 if kind is Kind.STATUS else None
    emulator.faults.add(Fault(kind, When(path="/member-ids$", every=5), times=3, status=status))
    assert len(read_organization(client_of(emulator)).memberships) == 21


def test_refused_membership_is_an_error(emulator: BitwardenServer, client_of: ClientOf) -> None:
    emulator.faults.add(Fault(Kind.STATUS, When(path="/member-ids$", nth=7), status=400))
    with pytest.raises(BitwardenError, match="member-ids answered 400"):
        read_organization(client_of(emulator))


def test_authors_of_revocations(emulator: BitwardenServer, client_of: ClientOf) -> None:
    organization, client = emulator.organization, client_of(emulator)
    by_api, by_hand = (organization.member(f"{name}@example.org").id for name in ("ann", "bob"))
    client.revoke(by_api)
    organization.revoke_by_hand("bob@example.org")
    never = organization.add_member("eve@example.org").id
    events = member_events(client, NOW, revoked=[by_api, by_hand, never])
    assert (events.revoked_by, events.log_works) == ({by_api: "api", by_hand: "person"}, True)
    assert NOW - events.revoked_at[by_api] < timedelta(hours=1)


def test_latest_revocation_counts(emulator: BitwardenServer, client_of: ClientOf) -> None:
    organization, client = emulator.organization, client_of(emulator)
    ann = organization.member("ann@example.org").id
    client.revoke(ann)
    emulator.clock.advance(60)
    organization.restore_by_hand("ann@example.org")
    emulator.clock.advance(60)
    organization.revoke_by_hand("ann@example.org")
    assert member_events(client, NOW, revoked=[ann]).revoked_by == {ann: "person"}


def test_empty_log_is_no_memory(emulator: BitwardenServer, client_of: ClientOf) -> None:
    ann = emulator.organization.member("ann@example.org").id
    assert member_events(client_of(emulator), NOW, revoked=[ann]) == MemberEvents()


class Log:
    """Stands for a client that only has events; counts those that were asked for."""

    def __init__(self, *events: Event) -> None:
        self._events = events
        self.asked = 0

    def events(self, start: datetime, end: datetime) -> Iterator[Event]:
        """Yield the events."""
        for event in self._events:
            self.asked += 1
            yield event

    def authors(self, *member_ids: str) -> MemberEvents:
        """Return who revoked these members."""
        return self.read(revoked=member_ids)

    def read(self, **members: Collection[str]) -> MemberEvents:
        """Return what the events tell of these members."""
        return member_events(cast(BitwardenClient, self), NOW, **members)


@pytest.mark.parametrize(
    ("type_", "acting_user_id", "author"),
    [
        (1511, None, "api"),
        (1511, "u1", "person"),
        (1518, "u1", "person"),
        (1520, None, "policy"),
        (1521, None, "policy"),
    ],
)
def test_causes_of_revocations(type_: int, acting_user_id: str | None, author: str) -> None:
    log = Log(Event(type_, "", member_id="m1", acting_user_id=acting_user_id))
    assert log.authors("m1").revoked_by == {"m1": author}


def test_other_events_are_no_revocations() -> None:
    log = Log(Event(1512, "", member_id="m1"), Event(1502, "", member_id="m1"), Event(1511, "", member_id="m2"))
    assert log.authors("m1") == MemberEvents(log_works=True)


def test_log_is_read_no_further_than_needed() -> None:
    log = Log(*(Event(1511, "", member_id=f"m{number}") for number in range(10)))
    log.authors("m0", "m1")
    assert log.asked == 2


def test_of_members_asked_about_before_the_log_is_read_until_then() -> None:
    log = Log(
        Event(1511, "2026-03-09T08:00:00Z", member_id="m1"),
        Event(1511, "2026-03-08T07:30:00Z", member_id="m2"),
        Event(1502, "someday", member_id="m1"),
        Event(1502, "2026-03-08T06:59:59Z", member_id="m1"),
        Event(1511, "2026-03-07T08:00:00Z", member_id="m4"),
    )
    before = {name: datetime(2026, 3, day, 8, tzinfo=timezone.utc) for name, day in (("m1", 9), ("m2", 8), ("m3", 9))}
    assert log.read(revoked=["m1", "m2", "m3"], asked=before).revoked_by == {"m1": "api", "m2": "api"}
    assert log.asked == 4
    log.asked = 0
    assert log.read(revoked=["m3", "m4"], asked={"m3": before["m3"]}).revoked_by == {"m4": "api"}
    assert log.read(revoked=["m3"], invited=["m5"], asked={"m3": before["m3"]}) == MemberEvents(log_works=True)
    assert log.asked == 10


def test_an_invitation_is_open_since_the_last_one_or_the_restoration() -> None:
    log = Log(
        Event(1502, "2026-03-09T08:00:00Z", member_id="m1"),
        Event(1500, "2026-03-08T08:00:00.1234567Z", member_id="m1"),
        Event(1512, "2026-03-07T08:00:00Z", member_id="m2"),
        Event(1500, "2026-03-01T08:00:00Z", member_id="m2"),
        Event(1500, "2026-03-01T08:00:00Z", member_id="m1"),
        Event(1500, "2026-03-01T08:00:00Z", member_id="m3"),
    )
    days = {member_id: time.day for member_id, time in log.read(invited=["m1", "m2", "m4"]).invited_at.items()}
    assert days == {"m1": 8, "m2": 7}


def test_a_date_that_cannot_be_read_is_no_date() -> None:
    log = Log(Event(1511, "yesterday", member_id="m1"), Event(1500, "", member_id="m2"))
    assert log.read(revoked=["m1"], invited=["m2"]) == MemberEvents({"m1": "api"}, log_works=True)
