# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning the roles of members who are there already, after everything else about members is planned. Pure functions.

An owner is protected from everything else that the sync does. So whoever becomes one, or ceases to be one, counts in
the groups as the next run will see the member: otherwise that run would find something left to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    MemberStatus,
    MemberType,
    Role,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.members import MemberPlan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import WantedRoles, role_of

OWNER = MemberType.OWNER


def plan_roles(
    plan: MemberPlan, users: Sequence[User], members: Sequence[Member], policy: Policy, wanted: WantedRoles
) -> None:
    """Add to the plan for the members what gives them the wanted roles."""
    plan.refusals.extend(wanted.refusals)
    changes: list[tuple[User, Member, Role]] = []
    for user, member in _present(plan, users, members):
        role = wanted.of(user.external_id)
        if role is None or role == role_of(member):
            continue
        refusal = _refuse(user, member, role, policy)
        if refusal is None:
            changes.append((user, member, role))
        elif policy.owns(member.external_id):
            plan.refusals.append(refusal)
    confirmed = MemberStatus.CONFIRMED
    owners = {member.id for member in members if member.type == OWNER and member.status == confirmed}
    owners |= {member.id for _user, member, role in changes if role.type == OWNER and member.status == confirmed}
    for user, member, role in changes:
        if role.type != OWNER and owners == {member.id}:
            message = f"the directory makes the member a member of type {role}, but this is the last confirmed owner"
            plan.refusals.append(Refusal(member.email, "last_owner", message, member.external_id))
            continue
        if role.type != OWNER:
            owners.discard(member.id)
        reason = "group_role" if user.external_id in wanted.of_users else "no_group_role"
        _change(plan, member, role, policy, reason, policy.external_id(user.external_id))


def _present(plan: MemberPlan, users: Sequence[User], members: Sequence[Member]) -> Iterator[tuple[User, Member]]:
    """Yield the active users with their memberships, as far as the sync deals with them and they have access."""
    by_email = {member.email: member for member in members}
    invited = {action.value or action.key for action in plan.actions if action.kind in INVITING}
    restored = {action.id for action in plan.actions if action.kind == Kind.RESTORE_MEMBER}
    for user in users:
        email = plan.keys.get(user.external_id)
        if user.status != "active" or email is None or email in invited:
            continue
        member = by_email[email]
        if member.status != MemberStatus.REVOKED or member.id in restored:
            yield user, member


INVITING = frozenset({Kind.INVITE_MEMBER, Kind.STAGE_MEMBER, Kind.REPLACE_INVITATION})


def _refuse(user: User, member: Member, role: Role, policy: Policy) -> Refusal | None:
    """Return why a member keeps a role other than the wanted one, or None if it may change.

    An owner is let go only under the external id and the address of the user, so that nothing else is left to do.
    """
    if not policy.protected.covers(member):
        return None
    wish = f"the directory makes the member a member of type {role}"
    if policy.protected.covers(replace(member, type=MemberType.USER)) or member.type != OWNER:
        return Refusal(member.email, "member_protected", f"{wish}, but the policy protects the member")
    if not policy.demote_owners:
        message = f"{wish}, but nobody ceases to be an owner without policy.demote_owners"
    elif member.external_id != policy.external_id(user.external_id):
        message = f"{wish}, but the owner is not linked to this user"
    elif member.status == MemberStatus.INVITED and member.email != user.email:
        message = f"{wish}, but the invitation as owner went to another address: replace it by hand"
    else:
        return None
    return Refusal(member.email, "owner_protected", message, member.external_id)


def _change(plan: MemberPlan, member: Member, role: Role, policy: Policy, reason: str, external_id: str) -> None:
    before = role_of(member)
    kind = Kind.DEMOTE_MEMBER if before.exceeds(role) else Kind.PROMOTE_MEMBER
    plan.actions.append(Action(kind, member.email, reason, external_id, member.id, role=role, previous_role=before))
    if policy.protected.covers(replace(member, type=role.type)):
        plan.managed.discard(member.email)
        plan.staying |= {member.email}
    elif policy.protected.covers(member):
        plan.managed.add(member.email)
        plan.staying -= {member.email}
