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
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Plan, ordered
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.groups import plan_groups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.members import (
    MemberPlan,
    match_members,
    plan_members,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import NOTHING_KNOWN, Memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy

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
    snapshot, organization = _in_order(snapshot, organization)
    members = plan_members(snapshot.users, organization.members, policy, memory)
    actions: list[Action] = []
    refusals = []
    if "members" in parts:
        actions += members.actions
        refusals += members.refusals
    elif not members_first:
        members = _members_as_they_are(members, snapshot, organization, policy)
    if "groups" in parts:
        groups = plan_groups(snapshot, organization, policy, members)
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


def _members_as_they_are(
    plan: MemberPlan, snapshot: Snapshot, organization: Organization, policy: Policy
) -> MemberPlan:
    """Return the plan for the members as if nothing of it were carried out."""
    matches = match_members(snapshot.users, organization.members, policy).members
    return MemberPlan(
        keys={external_id: member.email for external_id, member in matches.items() if external_id in plan.keys},
        managed={member.email for member in organization.members if policy.owns(member.external_id)},
    )
