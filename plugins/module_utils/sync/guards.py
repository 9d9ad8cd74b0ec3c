# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guards: limits that stop a plan before anything is written. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import GuardError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    MemberStatus,
    Organization,
    Seats,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.exclusion import without_excluded
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.group_names import GroupNames
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Guards, Limit, Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.protection import with_protected_groups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import PLAIN_USER, role_of

GUARDS = (
    "approval",
    "empty_snapshot",
    "shrink",
    "removals",
    "revocations",
    "group_deletions",
    "group_leavers",
    "collection_withdrawals",
    "invitations",
    "promotions",
    "demotions",
    "seats",
)
"""The names of all guards."""

NAMED_RECORDS = 20
REMOVING = frozenset({Kind.REMOVE_MEMBER, Kind.WITHDRAW_INVITATION})
REVOKING = frozenset({Kind.REVOKE_MEMBER})
DELETING = frozenset({Kind.DELETE_GROUP})
INVITING = frozenset({Kind.INVITE_MEMBER, Kind.STAGE_MEMBER, Kind.REPLACE_INVITATION})
NEED_A_SEAT = frozenset({Kind.INVITE_MEMBER, Kind.RESTORE_MEMBER})


@dataclass(frozen=True, slots=True)
class Trip:
    """A guard that the plan violates: which one, why, and the records beyond it (their keys)."""

    guard: str
    message: str
    records: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = ", ".join(self.records[:NAMED_RECORDS])
        more = len(self.records) - NAMED_RECORDS
        return self.message + (f": {named}" if named else "") + (f" and {more} more" if more > 0 else "")


def check_guards(
    plan: Plan,
    snapshot: Snapshot,
    organization: Organization,
    policy: Policy,
    accepted: Mapping[str, int],
    *,
    seats: Seats | None = None,
    approved: Sequence[str] = (),
    since_approval: Sequence[str] = (),
) -> None:
    """Raise GuardError if the plan goes beyond a guard, or, where plans were approved, if it is none of them.

    ``accepted`` are the counts of the snapshot that was last applied (see State.accepted), none where that is not
    known; ``seats`` are those of the organization, or None where they are not limited or not known. ``since_approval``
    says what has changed since the approval, as far as that is known.
    """
    if plan.digest in approved:
        return
    trips = find_trips(plan, snapshot, organization, policy, accepted, seats)
    if approved and plan.actions:
        message = f"this plan ({plan.digest}) is not the one that was approved"
        trips = (Trip("approval", message, tuple(since_approval)), *trips)
    if trips:
        raise GuardError(
            "The plan was stopped by its guards and nothing was written: " + "; ".join(str(trip) for trip in trips),
            trips=tuple(str(trip) for trip in trips),
            guards=tuple(dict.fromkeys(trip.guard for trip in trips)),
            hint=f"Check the directory and the plan. If it is right, run once with approve: ['{plan.digest}']",
        )


def find_trips(
    plan: Plan,
    snapshot: Snapshot,
    organization: Organization,
    policy: Policy,
    accepted: Mapping[str, int],
    seats: Seats | None = None,
) -> tuple[Trip, ...]:
    """Return every guard that the plan goes beyond.

    What the policy excludes counts for the seats and for how far the directory shrank, and for nothing else: otherwise
    a share of it could be lost beside it.
    """
    guards = policy.guards
    shrunk = tuple(_shrink(snapshot, accepted, guards))
    unpaid = tuple(_seats(plan, organization, policy, seats))
    policy = with_protected_groups(policy, snapshot, organization)
    snapshot, organization = without_excluded(snapshot, organization, policy.exclude, policy.external_id)
    managed = [member for member in organization.members if policy.manages(member)]
    with_access = [member for member in managed if member.status != MemberStatus.REVOKED]
    groups = [group for group in organization.groups if policy.owns(group.external_id)]
    everybody = organization.members
    limits: tuple[tuple[str, Limit, frozenset[Kind], Sequence[object], str], ...] = (
        ("removals", guards.removals, REMOVING, managed, "of {} members would be removed"),
        (
            "revocations",
            guards.revocations,
            REVOKING,
            with_access,
            "of {} members would be revoked",
        ),
        (
            "group_deletions",
            guards.group_deletions,
            DELETING,
            groups,
            "of {} groups would be deleted",
        ),
        ("invitations", guards.invitations, INVITING, everybody, "people would be invited beside {} members"),
    )
    trips = [*_empty(snapshot, len(groups), plan, guards), *shrunk]
    for guard, limit, kinds, whole, words in limits:
        keys = tuple(action.key for action in plan.actions if action.kind in kinds)
        if _exceeds(len(keys), len(whole), limit, guards.exempt):
            trips.append(Trip(guard, f"{len(keys)} {words.format(len(whole))}, {_allowed(limit)}", keys))
    trips += _promotions(plan, organization, guards)
    trips += _demotions(plan, snapshot, organization, policy)
    return (*trips, *_leavers(plan, organization, guards), *_withdrawals(plan, len(groups), guards), *unpaid)


def _empty(snapshot: Snapshot, groups: int, plan: Plan, guards: Guards) -> Iterator[Trip]:
    """An empty snapshot is a broken read or filter until somebody says otherwise."""
    if not any(user.status == "active" for user in snapshot.users):
        yield Trip("empty_snapshot", "the snapshot holds no active user")
    if not snapshot.groups and any(action.kind == Kind.DELETE_GROUP for action in plan.actions):
        yield Trip("empty_snapshot", f"the snapshot holds no group, the organization {groups} synchronized ones")
    leavers = sum(len(action.leaving) for action in plan.actions)
    if leavers > guards.exempt and not any(group.members for group in snapshot.groups):
        yield Trip("empty_snapshot", f"the snapshot holds no membership, and {leavers} members would leave groups")


def _shrink(snapshot: Snapshot, accepted: Mapping[str, int], guards: Guards) -> Iterator[Trip]:
    """A directory that lost much since the last run that was applied was perhaps not read as a whole."""
    counts = snapshot.counts()
    for what, words in (("active", "active users"), ("groups", "groups"), ("memberships", "memberships")):
        before = accepted.get(what, 0)
        if _exceeds(before - counts[what], before, guards.shrink, guards.exempt):
            yield Trip("shrink", f"the snapshot holds {counts[what]} {words}, the last applied one held {before}")


def _leavers(plan: Plan, organization: Organization, guards: Guards) -> Iterator[Trip]:
    """Limits the members that leave any one group."""
    for action in plan.actions:
        if action.kind == Kind.SET_GROUP_MEMBERS and action.leaving and action.id is not None:
            whole = len(organization.memberships.get(action.id, ()))
            if _exceeds(len(action.leaving), whole, guards.group_leavers, guards.exempt):
                message = f"{len(action.leaving)} of {whole} members would leave the group {action.key}"
                yield Trip("group_leavers", f"{message}, {_allowed(guards.group_leavers)}", action.leaving)


def _withdrawals(plan: Plan, groups: int, guards: Guards) -> Iterator[Trip]:
    """Limits the groups that lose access to a collection, or a part of it."""
    keys = tuple(action.key for action in plan.actions if _loses_access(action))
    limit = guards.collection_withdrawals
    if _exceeds(len(keys), groups, limit, guards.exempt):
        message = f"{len(keys)} of {groups} groups would lose access to collections, {_allowed(limit)}"
        yield Trip("collection_withdrawals", message, keys)


def _loses_access(action: Action) -> bool:
    granted = {access.association.id: access.association for access in action.granting}
    before = (access.association for access in action.withdrawing)
    return any(old.id not in granted or old.exceeds(granted[old.id]) for old in before)


def _promotions(plan: Plan, organization: Organization, guards: Guards) -> Iterator[Trip]:
    """Limits those who get a higher role, or are invited with one: a large group may be nested by mistake."""
    keys = tuple(action.key for action in plan.actions if action.gives_role)
    whole = len(organization.members) + sum(
        action.kind in (Kind.INVITE_MEMBER, Kind.STAGE_MEMBER) for action in plan.actions
    )
    if _exceeds(len(keys), whole, guards.promotions, guards.exempt):
        message = f"{len(keys)} of {whole} members would get a higher role, {_allowed(guards.promotions)}"
        yield Trip("promotions", message, keys)


def _demotions(plan: Plan, snapshot: Snapshot, organization: Organization, policy: Policy) -> Iterator[Trip]:
    """Limits those who lose a role: administrators are few, so that only a single one is exempt."""
    actions = [action for action in plan.actions if action.takes_role]
    losing = {action.id for action in actions}
    whole = sum(
        member.id in losing or (role_of(member).exceeds(PLAIN_USER) and policy.manages(member))
        for member in organization.members
    )
    limit = policy.guards.demotions
    if _exceeds(len(actions), whole, limit, exempt=1):
        message = f"{len(actions)} of {whole} members with a role would lose it or a part of it, {_allowed(limit)}"
        yield Trip("demotions", message, tuple(action.key for action in actions))
    names = GroupNames(snapshot.groups)
    for entry in policy.roles:
        group = names.find(entry.group)
        keys = tuple(action.key for action in actions if action.previous_role == entry.role)
        if group is not None and not group.members and keys:
            yield Trip("demotions", f"the group {entry.group} holds nobody, and all would lose its role", keys)


def _seats(plan: Plan, organization: Organization, policy: Policy, seats: Seats | None) -> Iterator[Trip]:
    """On Bitwarden's cloud, inviting and restoring beyond the paid seats buys more of them without asking."""
    needing = tuple(action.key for action in plan.actions if action.kind in NEED_A_SEAT)
    if policy.allow_seat_purchase or seats is None or seats.seats is None or not needing:
        return
    free = seats.seats - organization.occupied_seats()
    if len(needing) > free:
        message = f"{len(needing)} seats are needed, and {max(free, 0)} of {seats.seats} are free"
        yield Trip("seats", f"{message}; free some, buy some, or set allow_seat_purchase", needing)


def _exceeds(number: int, whole: int, limit: Limit, exempt: int) -> bool:
    if limit.count is not None and number > limit.count:
        return True
    return limit.percent is not None and number > exempt and number * 100 > whole * limit.percent


def _allowed(limit: Limit) -> str:
    """Return the limit in words."""
    parts = [f"{limit.count}"] if limit.count is not None else []
    parts += [f"{limit.percent:g} percent"] if limit.percent is not None else []
    return "the guard allows " + " and ".join(parts)
