# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning the groups: each group of the snapshot against the organization's group that is its own. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group, Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Organization,
    OrganizationGroup,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.exclusion import fits, without_excluded
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.members import MemberPlan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy


@dataclass(slots=True)
class GroupPlan:
    """The actions and refusals for the groups."""

    actions: list[Action] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GroupMatches:
    """Which group of the organization belongs to which group of the directory.

    ``groups`` maps the external id (of the directory) to the organization's group, ``refusals`` lists the groups
    whose counterpart cannot be told, and ``unclaimed`` the groups in the owner scope that the directory lacks.
    """

    groups: Mapping[str, OrganizationGroup]
    refusals: Mapping[str, Refusal]
    unclaimed: Sequence[OrganizationGroup]


def match_groups(desired: Sequence[Group], current: Sequence[OrganizationGroup], policy: Policy) -> GroupMatches:
    """Return the counterpart of each directory group: by external id, else by name where it may be taken over.

    A group of the same name may be taken over when it has no external id and ``adopt`` is on, or when its external
    id is in the owner scope and belongs to no group of the snapshot (re-key); the name must be unique on both sides.
    """
    counts = Counter(group.external_id for group in current if group.external_id)
    shared = {external_id for external_id, count in counts.items() if count > 1}
    by_external_id = {group.external_id: group for group in current if group.external_id}
    found: dict[str, OrganizationGroup] = {}
    refusals: dict[str, Refusal] = {}
    nameless: list[Group] = []
    for group in desired:
        external_id = policy.external_id(group.external_id)
        if external_id in shared:
            message = f"several groups carry the external id {external_id}: remove it from all but one"
            refusals[group.external_id] = Refusal(group.name, "duplicate_external_id", message, external_id)
        elif external_id in by_external_id:
            found[group.external_id] = by_external_id[external_id]
        else:
            nameless.append(group)
    wanted = {policy.external_id(group.external_id) for group in desired}
    free = [group for group in current if _may_be_taken_over(group, wanted, policy) and group.external_id not in shared]
    names_here = Counter(group.name for group in free)
    names_there = Counter(group.name for group in nameless)
    by_name = {group.name: group for group in free}
    for group in nameless:
        if names_here[group.name] == 1 and names_there[group.name] == 1:
            found[group.external_id] = by_name[group.name]
        elif names_here[group.name]:
            message = f"several groups are called {group.name}, so that none can be taken over: rename all but one"
            refusals[group.external_id] = Refusal(
                group.name, "ambiguous_name", message, policy.external_id(group.external_id)
            )
    claimed = {group.id for group in found.values()}
    ambiguous = {refusal.key for refusal in refusals.values() if refusal.reason == "ambiguous_name"}
    unclaimed = [
        group
        for group in current
        if policy.owns(group.external_id)
        and group.id not in claimed
        and group.external_id not in shared
        and group.name not in ambiguous
    ]
    return GroupMatches(found, refusals, unclaimed)


def _may_be_taken_over(group: OrganizationGroup, wanted: Collection[str], policy: Policy) -> bool:
    if group.external_id is None:
        return policy.adopt
    return policy.rekey and policy.owns(group.external_id) and group.external_id not in wanted


def groups_that_matter(
    desired: Sequence[Group], current: Sequence[OrganizationGroup], policy: Policy
) -> tuple[str, ...]:
    """Return the ids of the groups whose members a plan depends on."""
    directory, organization = Snapshot((), tuple(desired)), Organization(groups=tuple(current))
    directory, organization = without_excluded(directory, organization, policy.exclude, policy.external_id)
    return tuple(group.id for group in match_groups(directory.groups, organization.groups, policy).groups.values())


def plan_groups(snapshot: Snapshot, organization: Organization, policy: Policy, members: MemberPlan) -> GroupPlan:
    """Return the plan for the groups, given the plan for the members that comes before it."""
    matches = match_groups(snapshot.groups, organization.groups, policy)
    plan = GroupPlan(refusals=list(matches.refusals.values()))
    emails = {member.id: member.email for member in organization.members}
    keys = _keys_of_present_users(snapshot, members)
    unmanaged_names = {group.name for group in organization.groups if group.external_id is None}
    for group in snapshot.groups:
        if group.external_id in matches.refusals:
            continue
        wanted = {keys[user] for user in group.members if user in keys}
        counterpart = matches.groups.get(group.external_id)
        if counterpart is None:
            _plan_new_group(plan, group, wanted, policy, group.name in unmanaged_names)
            continue
        _plan_properties(plan, group, counterpart, policy)
        staying = organization.memberships[counterpart.id] - members.gone
        present = {emails[id_] for id_ in staying if id_ in emails}
        _plan_membership(plan, group, counterpart, wanted, present, policy, members)
    if policy.absent_groups == "remove":
        for absent in matches.unclaimed:
            _plan_absent_group(plan, absent, policy)
    return plan


def _plan_absent_group(plan: GroupPlan, group: OrganizationGroup, policy: Policy) -> None:
    """Delete the group, unless it protects its members: they would lose the protection, and their access, with it."""
    if fits(policy.protected.groups.values(), group.name, group.id):
        message = "no group of the snapshot has this external id, but policy.protected.groups names the group"
        plan.refusals.append(Refusal(group.name, "group_protected", message, group.external_id))
    else:
        plan.actions.append(Action(Kind.DELETE_GROUP, group.name, "absent_from_directory", group.external_id, group.id))


def _keys_of_present_users(snapshot: Snapshot, members: MemberPlan) -> dict[str, str]:
    """Return the e-mail of the membership of each user who keeps or gets one; deleted users take part in no group."""
    present = (user.external_id for user in snapshot.users if user.status != "deleted")
    return {external_id: members.keys[external_id] for external_id in present if external_id in members.keys}


def _plan_new_group(plan: GroupPlan, group: Group, wanted: set[str], policy: Policy, twin: bool) -> None:
    external_id = policy.external_id(group.external_id)
    plan.actions.append(Action(Kind.CREATE_GROUP, group.name, "new_group", external_id))
    if wanted:
        plan.actions.append(
            Action(Kind.SET_GROUP_MEMBERS, group.name, "membership", external_id, joining=tuple(sorted(wanted)))
        )
    if twin:
        message = "another group of this name has no external id; with adopt it would have been taken over"
        plan.refusals.append(Refusal(group.name, "same_name", message, external_id))


def _plan_properties(plan: GroupPlan, group: Group, counterpart: OrganizationGroup, policy: Policy) -> None:
    """Plan one update for whatever differs: the external id, the name, or both."""
    external_id = policy.external_id(group.external_id)
    if counterpart.external_id == external_id and counterpart.name == group.name:
        return
    if counterpart.external_id is None:
        reason = "adopted"
    elif counterpart.external_id != external_id:
        reason = "rekeyed"
    else:
        reason = "renamed"
    plan.actions.append(
        Action(
            Kind.UPDATE_GROUP,
            counterpart.name,
            reason,
            external_id,
            counterpart.id,
            previous=None if counterpart.external_id == external_id else counterpart.external_id,
            value=group.name,
        )
    )


def _plan_membership(
    plan: GroupPlan,
    group: Group,
    counterpart: OrganizationGroup,
    wanted: set[str],
    present: set[str],
    policy: Policy,
    members: MemberPlan,
) -> None:
    """Plan one write of the whole membership if anybody has to join or to leave."""
    leaving = present - wanted - members.staying
    if policy.membership == "additive":
        leaving = set()
    elif policy.membership == "managed_only":
        leaving &= members.managed
    joining = wanted - present
    if joining or leaving:
        plan.actions.append(
            Action(
                Kind.SET_GROUP_MEMBERS,
                counterpart.name,
                "membership",
                policy.external_id(group.external_id),
                counterpart.id,
                joining=tuple(sorted(joining)),
                leaving=tuple(sorted(leaving)),
            )
        )
