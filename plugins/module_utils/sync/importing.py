# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call of the bulk import, and the reading back that tells what it really did.

The import answers with an empty body, leaves out what it cannot do without a word, and goes on after a proxy has given
up waiting for it. So nothing counts as done that was not seen in the organization afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.parallel import map_concurrently
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    ImportedGroup,
    ImportedMember,
    Member,
    MemberStatus,
    OrganizationGroup,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.transport import Batch

READERS = 8
SETTLING_SECONDS = 5.0
MOST_IDLE_LOOKS = 6
"""After so many looks without a difference, an import without answer is taken as ended."""


class Client(Protocol):
    """The calls that an import needs; all raise BitwardenError."""

    def members(self) -> tuple[Member, ...]: ...
    def groups(self) -> tuple[OrganizationGroup, ...]: ...
    def group_member_ids(self, group_id: str) -> Sequence[str]: ...

    def import_directory(
        self, members: Sequence[ImportedMember], groups: Sequence[ImportedGroup], *, invite: bool = True
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """The actions of a batch that were seen to have taken effect, and why there may be others.

    ``member_ids`` are the ids of all members by e-mail and ``group_ids`` those of all groups by external id, as far as
    the look at the batch had to read them.
    ``refusal`` is the error of a server that refused the batch (it may have carried out a part of it all the same),
    ``unanswered`` the one of a server that gave no answer, so that the rest may yet come about.
    """

    achieved: frozenset[Action]
    member_ids: Mapping[str, str]
    group_ids: Mapping[str, str]
    refusal: BitwardenError | None = None
    unanswered: BitwardenError | None = None


def carry_out(batch: Batch, client: Client, sleep: Callable[[float], None]) -> Outcome:
    """Send the batch and look what came of it.

    Without an answer, it waits for the import to come to its end: a second one beside it would do harm. Raises
    BitwardenError where the organization cannot be read afterwards: then nothing is known.
    """
    try:
        client.import_directory(batch.members, batch.groups, invite=batch.invite)
    except BitwardenError as error:
        if error.in_doubt:
            return replace(_settled(batch, client, sleep), unanswered=error)
        return replace(_look(batch, client), refusal=error)
    return _look(batch, client)


def _settled(batch: Batch, client: Client, sleep: Callable[[float], None]) -> Outcome:
    """Look until everything has taken effect, or nothing more happens."""
    outcome = _look(batch, client)
    idle = 0
    while len(outcome.achieved) < len(batch.actions) and idle < MOST_IDLE_LOOKS:
        sleep(SETTLING_SECONDS)
        before, outcome = outcome, _look(batch, client)
        idle = idle + 1 if outcome.achieved == before.achieved else 0
    return outcome


def _look(batch: Batch, client: Client) -> Outcome:
    everybody = client.members()
    member_ids = {member.email: member.id for member in everybody}
    members = {member.external_id: member for member in everybody if member.external_id}
    invited = {
        action
        for action in batch.actions
        if action.kind in (Kind.INVITE_MEMBER, Kind.STAGE_MEMBER)
        and action.external_id in members
        and members[action.external_id].email == action.key
        and (batch.invite or members[action.external_id].status == MemberStatus.STAGED)
    }
    if not batch.groups:
        return Outcome(frozenset(invited), member_ids, {})
    groups: dict[str | None, OrganizationGroup] = {
        group.external_id: group for group in client.groups() if group.external_id
    }
    ids = {external_id: member.id for external_id, member in members.items()}
    achieved = frozenset(invited | _achieved_groups(batch, client, groups, ids))
    return Outcome(achieved, member_ids, {key: group.id for key, group in groups.items() if key})


def _achieved_groups(
    batch: Batch, client: Client, groups: Mapping[str | None, OrganizationGroup], ids: Mapping[str, str]
) -> set[Action]:
    """Return the actions on groups that took effect; ``ids`` are the membership ids by external id."""
    entries: dict[str | None, ImportedGroup] = {entry.external_id: entry for entry in batch.groups}
    to_read = [
        groups[action.external_id].id
        for action in batch.actions
        if action.kind == Kind.SET_GROUP_MEMBERS and action.external_id in groups
    ]
    member_ids = dict(zip(to_read, map_concurrently(client.group_member_ids, to_read, READERS), strict=True))
    achieved = set()
    for action in batch.actions:
        if action.external_id not in groups:
            continue
        group, entry = groups[action.external_id], entries[action.external_id]
        if action.kind == Kind.SET_GROUP_MEMBERS:
            expected = {ids.get(external_id) for external_id in entry.member_external_ids}
            took_effect = expected == set(member_ids[group.id])
        else:
            took_effect = group.name == entry.name
        if took_effect:
            achieved.add(action)
    return achieved
