# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner: (snapshot, organization, policy, memory) to a plan. Pure: no I/O, no clock, no chance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.access_changes import plan_accesses
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Plan, Refusal, ordered
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.exclusion import without_excluded
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.groups import plan_groups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.matching import (
    is_left_alone,
    match_members,
    staying_members,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.members import MemberPlan, plan_members
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import NOTHING_KNOWN, Memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.protection import with_protected_groups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.role_changes import plan_roles
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import wanted_roles
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.scope import scoped
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.staging import plan_staging

Part = Literal["members", "groups"]
BOTH: frozenset[Part] = frozenset({"members", "groups"})


def make_plan(
    snapshot: Snapshot,
    organization: Organization,
    policy: Policy,
    memory: Memory = NOTHING_KNOWN,
    parts: Collection[Part] = BOTH,
    *,
    members_first: bool = True,
) -> Plan:
    """Return the actions that make the organization equal to the snapshot, as far as the policy goes.

    ``parts`` are what to plan. Groups alone are planned against the organization as a run for the members with the
    same snapshot and policy would leave it, or, without ``members_first``, against the organization as it is.
    """
    policy = with_protected_groups(scoped(policy, snapshot), snapshot, organization)
    roles = wanted_roles(snapshot.groups, policy.roles, policy.other_roles)
    whole = organization
    snapshot, organization = without_excluded(snapshot, organization, policy.exclude, policy.external_id)
    snapshot, organization = _in_order(snapshot, organization)
    if "members" in parts or members_first:
        members = plan_members(snapshot.users, organization.members, policy, memory, roles)
        plan_staging(members, snapshot.users, whole, policy)
        plan_roles(members, snapshot.users, organization.members, policy, roles)
    else:
        members = _members_as_they_are(snapshot, organization, policy)
    actions: list[Action] = []
    refusals: list[Refusal] = []
    if "members" in parts:
        actions += members.actions
        refusals += members.refusals
    if "groups" in parts:
        groups = plan_groups(snapshot, organization, policy, members)
        plan_accesses(groups, snapshot.groups, organization, policy)
        actions += groups.actions
        refusals += groups.refusals
    return Plan(ordered(actions), tuple(sorted(refusals, key=lambda refusal: (refusal.key, refusal.reason))))


def _in_order(snapshot: Snapshot, organization: Organization) -> tuple[Snapshot, Organization]:
    """Return both sorted by what people call things, so that equal states give equal plans, easy to read."""
    return (
        replace(
            snapshot,
            users=tuple(sorted(snapshot.users, key=lambda user: user.email or user.external_id)),
            groups=tuple(sorted(snapshot.groups, key=lambda group: (group.name, group.external_id))),
        ),
        replace(
            organization,
            members=tuple(sorted(organization.members, key=lambda member: member.email)),
            groups=tuple(
                sorted(organization.groups, key=lambda group: (group.name, group.external_id or "", group.id))
            ),
        ),
    )


def _members_as_they_are(snapshot: Snapshot, organization: Organization, policy: Policy) -> MemberPlan:
    """Return the plan for the members where nothing is to be done for them."""
    matches = match_members(snapshot.users, organization.members, policy)
    members = matches.members
    found = [(user, members[user.external_id]) for user in snapshot.users if user.external_id in members]
    return MemberPlan(
        keys={user.external_id: member.email for user, member in found if not is_left_alone(user, member, policy)},
        managed={member.email for member in organization.members if policy.manages(member)},
        staying=staying_members(matches, organization.members, policy),
    )
