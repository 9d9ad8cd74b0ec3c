# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which way each action takes: a call of its own, or one of few calls of the bulk import. Pure functions.

The import (``POST /public/organization/import``, made for Directory Connector) invites many people and sets many
groups in one call, but it replaces memberships as a whole, knows people by external id only, is not transactional and
fails silently. So it carries only what it does in exactly the same way as the single calls, and only where it saves
time; ``overwriteExisting`` is never used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    ImportedGroup,
    ImportedMember,
    Organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.matching import shared_emails

Transport = Literal["auto", "rest", "import"]

MOST_RECORDS = 2000
"""More members or groups in one call need ``largeImport`` on Bitwarden's cloud."""

MOST_BYTES = 900_000
"""nginx refuses bodies over 1 MiB unless it is told otherwise."""

WORTHWHILE_SECONDS = 60.0
"""The single calls say more when they fail: the import must save at least this much."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many seconds one call takes on average, the rate limits of the server included."""

    write: float
    read: float


CLOUD = Pace(write=1.0, read=0.3)
SELF_HOSTED = Pace(write=0.05, read=0.02)


@dataclass(frozen=True, slots=True)
class Batch:
    """One call of the import, and the actions that it carries out; without ``invite``, new members are staged."""

    actions: tuple[Action, ...]
    members: tuple[ImportedMember, ...] = ()
    groups: tuple[ImportedGroup, ...] = ()
    invite: bool = True


Step: TypeAlias = "Action | Batch"


def choose_steps(plan: Plan, organization: Organization, transport: Transport, pace: Pace) -> tuple[Step, ...]:
    """Return the plan as steps in its order: single actions, and batches in place of those that they carry.

    Staging has no other way than the import, so that it is always done in batches.
    """
    if _has_shared_external_ids(member.external_id for member in organization.members):
        return plan.actions
    staged = tuple(action for action in plan.actions if action.kind == Kind.STAGE_MEMBER and not action.role)
    steps: list[Step] = _replaced(plan.actions, staged, list(in_batches(_people(staged), invite=False)))
    if transport == "rest":
        return tuple(steps)
    invitations = tuple(action for action in plan.actions if action.kind == Kind.INVITE_MEMBER and not action.role)
    groups = _importable_groups(plan, organization)
    if _worthwhile(len(invitations), 0, transport, pace):
        steps = _replaced(steps, invitations, list(in_batches(_people(invitations))))
    carried = [action for bundle in groups for action in bundle.actions]
    if _worthwhile(len(carried), len(groups), transport, pace):
        steps = _replaced(steps, carried, list(in_batches(groups)))
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Actions on one member or group, and the entry of the import that does the same."""

    actions: tuple[Action, ...]
    entry: ImportedMember | ImportedGroup

    def size(self) -> int:
        """Return about how many bytes the entry takes in the request."""
        if isinstance(self.entry, ImportedMember):
            return 100 + len(self.entry.external_id.encode()) + len((self.entry.email or "").encode())
        return (
            100 + len(self.entry.name.encode()) + sum(len(id_.encode()) + 3 for id_ in self.entry.member_external_ids)
        )


def _people(actions: Iterable[Action]) -> list[Bundle]:
    return [Bundle((action,), ImportedMember(action.external_id or "", action.key)) for action in actions]


def in_batches(bundles: Sequence[Bundle], *, invite: bool = True) -> Iterator[Batch]:
    """Yield the bundles in as few calls as take them."""
    for start, end in _ranges([bundle.size() for bundle in bundles]):
        part = bundles[start:end]
        entries = [bundle.entry for bundle in part]
        yield Batch(
            tuple(action for bundle in part for action in bundle.actions),
            members=tuple(entry for entry in entries if isinstance(entry, ImportedMember)),
            groups=tuple(entry for entry in entries if isinstance(entry, ImportedGroup)),
            invite=invite,
        )


def _importable_groups(plan: Plan, organization: Organization) -> tuple[Bundle, ...]:
    """Return the groups whose actions the import carries out in exactly the same way.

    These are groups under their final external id, in which everybody has an external id in the end: the import
    knows nobody else and would drop them. Nor does it know collections, with which some groups are created.
    """
    if _has_shared_external_ids(group.external_id for group in organization.groups):
        return ()
    external_ids = _external_ids_after(plan, organization)
    replaced = {action.id for action in plan.actions if action.kind == Kind.REPLACE_INVITATION}
    emails = {member.id: member.email for member in organization.members if member.id not in replaced}
    names = {group.external_id: group.name for group in organization.groups}
    actions: dict[str, list[Action]] = {}
    for action in plan.actions:
        if action.kind in (Kind.CREATE_GROUP, Kind.UPDATE_GROUP, Kind.SET_GROUP_MEMBERS) and action.external_id:
            actions.setdefault(action.external_id, []).append(action)
    bundles = []
    for external_id, of_group in actions.items():
        if any(action.kind == Kind.UPDATE_GROUP and action.reason != "renamed" for action in of_group):
            continue
        if any(action.granting for action in of_group):
            continue
        present = {emails[id_] for id_ in organization.memberships.get(of_group[0].id or "", ()) if id_ in emails}
        for action in of_group:
            present = (present - set(action.leaving)) | set(action.joining)
        members = [external_ids.get(email) for email in sorted(present)]
        if None not in members:
            renamed = [action.value for action in of_group if action.kind == Kind.UPDATE_GROUP]
            name = renamed[0] or "" if renamed else names.get(external_id, of_group[0].key)
            entry = ImportedGroup(external_id, name, tuple(id_ for id_ in members if id_ is not None))
            bundles.append(Bundle(tuple(of_group), entry))
    return tuple(bundles)


def _external_ids_after(plan: Plan, organization: Organization) -> Mapping[str, str]:
    """Return the external id of each member, by e-mail, as the plan leaves it; an e-mail that is shared tells none."""
    twins = shared_emails(organization.members)
    found = {
        member.email: member.external_id
        for member in organization.members
        if member.external_id and member.email not in twins
    }
    for action in plan.actions:
        if action.external_id is None:
            continue
        if action.kind in (Kind.LINK_MEMBER, Kind.REKEY_MEMBER, Kind.INVITE_MEMBER, Kind.STAGE_MEMBER):
            found[action.key] = action.external_id
        elif action.kind == Kind.REPLACE_INVITATION and action.value is not None:
            found[action.value] = action.external_id
    return found


def _has_shared_external_ids(external_ids: Iterable[str | None]) -> bool:
    """Say whether an external id occurs twice: the server fails every import in such an organization."""
    counts = Counter(external_id for external_id in external_ids if external_id)
    return any(count > 1 for count in counts.values())


def _worthwhile(actions: int, reads_to_verify: int, transport: Transport, pace: Pace) -> bool:
    if transport == "import":
        return actions > 0
    calls = 1 + actions // MOST_RECORDS
    return actions * pace.write - (calls * pace.write + reads_to_verify * pace.read) >= WORTHWHILE_SECONDS


def _ranges(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of records that fit into one call each, by number and by bytes."""
    start, filled = 0, 0
    for position, size in enumerate(sizes):
        if position > start and (position - start == MOST_RECORDS or filled + size > MOST_BYTES):
            yield start, position
            start, filled = position, 0
        filled += size
    if sizes:
        yield start, len(sizes)


def _replaced(steps: Sequence[Step], carried: Iterable[Action], batches: Sequence[Batch]) -> list[Step]:
    """Return the steps with the batches in the place of the first action that they carry."""
    gone = {id(action) for action in carried}
    result: list[Step] = []
    inserted = False
    for step in steps:
        if id(step) not in gone:
            result.append(step)
        elif not inserted:
            result.extend(batches)
            inserted = True
    return result
