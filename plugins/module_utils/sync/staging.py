# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Staged members: new users who become members without an invitation, where the server can do that. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberStatus, Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Kind, Refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.members import MemberPlan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy


def plan_staging(plan: MemberPlan, users: Sequence[User], organization: Organization, policy: Policy) -> None:
    """Stage whom the plan would invite, if the policy says so; say who waits for an invitation if it does not.

    Where nobody can be staged, nobody is invited in place of that. ``organization`` is the whole one: the server's
    import knows no exclusion.
    """
    if policy.stage:
        _stage(plan, _obstacle(organization))
    elif policy.invite:
        _report_waiting(plan, users, organization, policy)


def _obstacle(organization: Organization) -> str | None:
    if not organization.stages:
        return "this server cannot stage members, and policy.invite allows nothing else"
    counts = Counter(member.external_id for member in organization.members if member.external_id)
    if any(count > 1 for count in counts.values()):
        return "nobody can be staged while several members carry one external id: the server's import fails on that"
    return None


def _stage(plan: MemberPlan, obstacle: str | None) -> None:
    invitations = [action for action in plan.actions if action.kind == Kind.INVITE_MEMBER]
    plan.actions = [action for action in plan.actions if action.kind != Kind.INVITE_MEMBER]
    if obstacle is None:
        plan.actions += [replace(action, kind=Kind.STAGE_MEMBER) for action in invitations]
        return
    refused = {action.key for action in invitations}
    plan.refusals += [Refusal(each.key, "staging_off", obstacle, each.external_id) for each in invitations]
    plan.keys = {user: email for user, email in plan.keys.items() if email not in refused}


def _report_waiting(plan: MemberPlan, users: Sequence[User], organization: Organization, policy: Policy) -> None:
    staged = {
        member.email: member
        for member in organization.members
        if member.status == MemberStatus.STAGED and not policy.protected.covers(member)
    }
    for user in users if staged else ():
        member = staged.get(plan.keys.get(user.external_id, ""))
        if member is not None and user.status == "active":
            message = "this member is staged; only an administrator can send the invitation, in the admin console"
            plan.refusals.append(Refusal(member.email, "staged", message, policy.external_id(user.external_id)))
