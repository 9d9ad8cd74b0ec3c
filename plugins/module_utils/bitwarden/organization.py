# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The current state of an organization, and what its event log remembers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.session import CONCURRENCY
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.parallel import map_concurrently
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Event,
    Organization,
    OrganizationGroup,
)

Author = Literal["api", "person", "policy"]
Choose = Callable[[Sequence[OrganizationGroup]], Collection[str]]

REVOKED, SELF_REVOKED, REVOKED_FOR_TWO_FACTOR, REVOKED_FOR_SINGLE_ORGANIZATION = 1511, 1518, 1520, 1521


@dataclass(frozen=True, slots=True)
class RevocationAuthors:
    """Who revoked whom, by membership id, as far as the event log tells.

    ``api`` stands for the Public API and whatever else acts without a person (SCIM, Directory Connector), ``person``
    for an administrator or the member, ``policy`` for a policy of the organization. ``log_works`` is False where the
    log has no entry at all: then it is switched off or the plan has none, and silence means nothing.
    """

    revoked_by: Mapping[str, Author]
    log_works: bool


def all_groups(groups: Sequence[OrganizationGroup]) -> tuple[str, ...]:
    """Choose every group."""
    return tuple(group.id for group in groups)


def read_organization(client: BitwardenClient, choose: Choose = all_groups) -> Organization:
    """Return members, groups, and the members of the groups whose ids ``choose`` picks (one call each, concurrently).

    A group that vanishes meanwhile is left out. Raises BitwardenError where anything else cannot be read.
    """
    members = client.members()
    groups = client.groups()
    wanted = tuple(dict.fromkeys(choose(groups)))
    found = dict(zip(wanted, map_concurrently(lambda id_: _members_of(client, id_), wanted, CONCURRENCY), strict=True))
    return Organization(
        members=members,
        groups=tuple(group for group in groups if found.get(group.id, frozenset()) is not None),
        memberships={group_id: member_ids for group_id, member_ids in found.items() if member_ids is not None},
    )


def revocation_authors(client: BitwardenClient, member_ids: Collection[str], since: datetime) -> RevocationAuthors:
    """Return who last revoked each of these members since a time (aware, less than 366 days ago).

    Reads the log from its newest entry on, and no further than needed.
    """
    missing = set(member_ids)
    authors: dict[str, Author] = {}
    log_works = False
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)  # the server's clock may be ahead of ours
    for event in client.events(since, tomorrow):
        log_works = True
        author = _author(event)
        if author and event.member_id in missing:
            authors[event.member_id] = author
            missing.discard(event.member_id)
        if not missing:
            break
    return RevocationAuthors(authors, log_works)


def _members_of(client: BitwardenClient, group_id: str) -> frozenset[str] | None:
    """Return the ids of a group's members, None where the group does not exist any more."""
    try:
        return frozenset(client.group_member_ids(group_id))
    except BitwardenError as error:
        if error.status == 404:
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
