# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The current state of an organization, and what its event log remembers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.session import CONCURRENCY
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.parallel import map_concurrently
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Event,
    Member,
    Organization,
    OrganizationGroup,
)

Author = Literal["api", "person", "policy"]
Choose = Callable[[Sequence[OrganizationGroup]], Collection[str]]
Memberships = Mapping[str, frozenset[str]]
Recall = Callable[[Sequence[Member], Sequence[OrganizationGroup]], Memberships]

LOG_DAYS = 365
"""The API shows less than 367 days at once."""

DELAY = timedelta(hours=1)
"""How long an event may take to show in the log, and how far the server's clock may be behind ours."""

INVITED, RESTORED = 1500, 1512
REVOKED, SELF_REVOKED, REVOKED_FOR_TWO_FACTOR, REVOKED_FOR_SINGLE_ORGANIZATION = 1511, 1518, 1520, 1521


@dataclass(frozen=True, slots=True)
class MemberEvents:
    """What the event log tells of members, by membership id; all times are aware, in UTC.

    ``revoked_by`` says who revoked a member last: ``api`` stands for the Public API and whatever else acts without a
    person (SCIM, Directory Connector), ``person`` for an administrator or the member, ``policy`` for a policy of the
    organization. ``revoked_at`` says when, ``invited_at`` since when an invitation is open: since the last invitation
    or restoration. ``log_works`` is False where the log has no entry at all: then it is switched off or the plan has
    none, and silence means nothing.
    """

    revoked_by: Mapping[str, Author] = field(default_factory=dict)
    revoked_at: Mapping[str, datetime] = field(default_factory=dict)
    invited_at: Mapping[str, datetime] = field(default_factory=dict)
    log_works: bool = False


def all_groups(groups: Sequence[OrganizationGroup]) -> tuple[str, ...]:
    """Choose every group."""
    return tuple(group.id for group in groups)


def read_organization(
    client: BitwardenClient, choose: Choose = all_groups, recall: Recall = lambda members, groups: {}
) -> Organization:
    """Return members, groups, and the members of the groups whose ids ``choose`` picks (one call each, concurrently).

    ``recall`` takes the members and the groups that are picked, and returns the members of those not to be read. A
    group that vanishes meanwhile is left out, and ``choose`` picks again, since another one may take its place. Raises
    BitwardenError where anything else cannot be read.
    """
    members = client.members()
    groups = client.groups()
    picked = _picked(groups, choose)
    found = dict(recall(members, picked))
    while wanted := tuple(group.id for group in picked if group.id not in found):
        read = map_concurrently(lambda id_: _members_of(client, id_), wanted, CONCURRENCY)
        answers = dict(zip(wanted, read, strict=True))
        found.update((id_, member_ids) for id_, member_ids in answers.items() if member_ids is not None)
        vanished = answers.keys() - found.keys()
        groups = tuple(group for group in groups if group.id not in vanished)
        picked = _picked(groups, choose) if vanished else []
    return Organization(members, groups, found)


def _picked(groups: Sequence[OrganizationGroup], choose: Choose) -> list[OrganizationGroup]:
    ids = frozenset(choose(groups))
    return [group for group in groups if group.id in ids]


def member_events(
    client: BitwardenClient,
    now: datetime,
    *,
    revoked: Collection[str] = (),
    invited: Collection[str] = (),
    asked: Mapping[str, datetime] = MappingProxyType({}),
) -> MemberEvents:
    """Return who last revoked the members ``revoked``, and since when the members ``invited`` are.

    Reads the log of the year before ``now`` (aware) from its newest entry on, and no further than needed. ``asked``
    says of some of those revoked when the log was last asked about them; only what came later is needed of these.
    """
    missing, waiting = set(revoked), set(invited)
    new = missing - asked.keys()
    needed = min(asked.values(), default=now) - DELAY
    authors: dict[str, Author] = {}
    revoked_at: dict[str, datetime] = {}
    invited_at: dict[str, datetime] = {}
    log_works = False
    for event in _log(client, now):
        log_works = True
        member_id, author, time = event.member_id or "", _author(event), _time(event)
        if not (new or waiting) and time and time < needed:
            break
        if author and member_id in missing:
            authors[member_id] = author
            missing.discard(member_id)
            new.discard(member_id)
            if time:
                revoked_at[member_id] = time
        if event.type in (INVITED, RESTORED) and member_id in waiting:
            waiting.discard(member_id)
            if time:
                invited_at[member_id] = time
        if not missing and not waiting:
            break
    return MemberEvents(authors, revoked_at, invited_at, log_works)


def events_since(client: BitwardenClient, start: datetime, now: datetime, most: int) -> tuple[Event, ...] | None:
    """Return the events from ``start`` on (aware, at most a year before ``now``), newest first.

    Returns None where they cannot be told: where the log of the year before ``now`` holds nothing at all, an event
    without readable time, or more than ``most`` events since ``start``.
    """
    found: list[Event] = []
    log_works = False
    for event in _log(client, now):
        log_works = True
        time = _time(event)
        if time is None or len(found) == most:
            return None
        if time < start:
            break
        found.append(event)
    return tuple(found) if log_works else None


def _log(client: BitwardenClient, now: datetime) -> Iterator[Event]:
    """Yield the events of the year before ``now`` (aware), newest first."""
    tomorrow = now + timedelta(days=1)  # the server's clock may be ahead of ours
    return client.events(now - timedelta(days=LOG_DAYS), tomorrow)


def _members_of(client: BitwardenClient, group_id: str) -> frozenset[str] | None:
    """Return the ids of a group's members, None where the group does not exist any more.

    The group is asked for once more before that is believed: a plan without a group that exists makes a second one.
    """
    try:
        return frozenset(client.group_member_ids(group_id))
    except BitwardenError as error:
        if error.status == 404 and client.group(group_id) is None:
            return None
        raise


def _author(event: Event) -> Author | None:
    """Return who revoked a member, if the event is a revocation."""
    if event.type in (REVOKED_FOR_TWO_FACTOR, REVOKED_FOR_SINGLE_ORGANIZATION):
        return "policy"
    if event.type == SELF_REVOKED:
        return "person"
    if event.type == REVOKED:
        return "person" if event.acting_user_id else "api"
    return None


def _time(event: Event) -> datetime | None:
    """Return when something happened, to the second (.NET writes up to seven digits behind it), None if unreadable."""
    try:
        return datetime.strptime(event.date[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
