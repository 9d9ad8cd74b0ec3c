# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning the members: each user of the snapshot against the membership that is theirs. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    MemberStatus,
    MemberType,
    Role,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.grace import with_grace
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.invitations import (
    care_for_invitation,
    refuse_invitation,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.matching import (
    Matches,
    is_left_alone,
    match_members,
    shared_email,
    shared_external_id,
    staying_members,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import Memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import (
    NO_ROLES,
    PLAIN_USER,
    WantedRoles,
    role_of,
)


@dataclass(slots=True)
class MemberPlan:
    """The actions and refusals for the members, and what the organization's members will be.

    ``keys`` maps the external id (of the directory) of each user to the e-mail of the membership that the user will
    have, as far as this sync deals with it. ``managed`` holds the e-mails of members whom the sync may take out of
    groups after the plan, ``gone`` the ids of memberships that the plan ends. ``awaited`` are addresses that invited
    users of the directory have by now, while another member holds them. ``staying`` are e-mails of members who leave no
    group whatever the snapshot says: protected ones, and those of whom nobody can tell which user they are.
    """

    actions: list[Action] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    managed: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    awaited: set[str] = field(default_factory=set)
    staying: frozenset[str] = frozenset()


def plan_members(
    users: Sequence[User],
    members: Sequence[Member],
    policy: Policy,
    memory: Memory,
    roles: WantedRoles = NO_ROLES,
) -> MemberPlan:
    """Return the plan that gives each user the membership that the policy wants; invitations carry the wanted role."""
    matches = match_members(users, members, policy)
    plan = MemberPlan(
        keys={external_id: member.email for external_id, member in matches.members.items()},
        managed={member.email for member in members if policy.manages(member)},
        staying=staying_members(matches, members, policy),
    )
    taken = {member.email for member in members}
    plan.refusals.extend(matches.refusals.values())
    _plan_new_addresses(plan, users, matches, taken, policy, roles)
    for user in users:
        member = matches.members.get(user.external_id)
        if member is not None:
            _plan_member(plan, user, member, policy, memory)
        elif user.external_id not in matches.refusals:
            _plan_stranger(plan, user, taken, policy, memory, roles)
    shared = Counter(member.external_id for member in members)
    for member in matches.unclaimed:
        if shared[member.external_id] > 1:
            plan.refusals.append(shared_external_id(member.email, member.external_id))
        elif member.email in matches.shared_emails:
            _refuse_twin(plan, member)
        else:
            _plan_absent(plan, member, policy, memory)
    return plan


def restore_candidates(users: Sequence[User], members: Sequence[Member], policy: Policy) -> tuple[Member, ...]:
    """Return the revoked members whose users are active: whether to restore them depends on who revoked them."""
    if not policy.restore or not any(member.status == MemberStatus.REVOKED for member in members):
        return ()
    matches = match_members(users, members, policy).members
    of_active = ((user, matches.get(user.external_id)) for user in users if user.status == "active")
    return tuple(
        member
        for user, member in of_active
        if member is not None
        and member.status == MemberStatus.REVOKED
        and not policy.protected.covers(member)
        and not is_left_alone(user, member, policy)
        and not _is_outdated(user, member)
    )


def _plan_stranger(
    plan: MemberPlan, user: User, taken: set[str], policy: Policy, memory: Memory, roles: WantedRoles
) -> None:
    """Plan for a user without membership: invite an active one who can be invited."""
    if user.status != "active":
        return
    external_id = policy.external_id(user.external_id)
    if user.email is None:
        message = "the directory has no usable e-mail for this user, so that nobody can be invited"
        plan.refusals.append(Refusal(user.name or user.external_id, "email_missing", message, external_id))
    elif user.email in taken:
        message = "this is the address of a membership that belongs to another user of the snapshot"
        plan.refusals.append(Refusal(user.email, "email_taken", message, external_id))
    elif not policy.invite:
        plan.refusals.append(Refusal(user.email, "invite_off", "not a member, and invite is off", external_id))
    elif refusal := refuse_invitation(user.email, external_id, memory):
        plan.refusals.append(refusal)
    else:
        role = roles.of_invitation(user.external_id)
        plan.actions.append(Action(Kind.INVITE_MEMBER, user.email, "new_user", external_id, role=role))
        taken.add(user.email)
        plan.keys[user.external_id] = user.email


def _plan_new_addresses(
    plan: MemberPlan,
    users: Sequence[User],
    matches: Matches,
    taken: set[str],
    policy: Policy,
    roles: WantedRoles,
) -> None:
    """Plan for active users whose e-mail changed: a pending invitation is replaced, an account can only be reported.

    An address that one replacement frees may be what the next one waits for.
    """
    waiting: dict[str, tuple[User, Member]] = {}
    for user in users:
        member = matches.members.get(user.external_id)
        if user.status != "active" or user.email is None or member is None or member.email == user.email:
            continue
        obstacle = _obstacle_to_replacement(member, policy, roles.of(user.external_id))
        if obstacle:
            plan.refusals.append(_email_differs(user, member, obstacle))
        else:
            waiting[user.email] = (user, member)
    for address in [address for address in waiting if address not in taken]:
        free = address
        while free in waiting:
            user, member = waiting.pop(free)
            _replace_invitation(plan, user, member, free, roles)
            taken.add(free)
            taken.remove(member.email)
            free = member.email
    plan.refusals += [_email_differs(*pair, "which is the address of another member") for pair in waiting.values()]
    plan.awaited.update(waiting)


def _obstacle_to_replacement(member: Member, policy: Policy, role: Role | None) -> str | None:
    """Return why a membership cannot be replaced by an invitation under another address, or None if it can."""
    if member.status != MemberStatus.INVITED:
        if member.status == MemberStatus.STAGED:
            return "and the member is staged: remove the member by hand, and the next run starts anew"
        if _never_accepted(member):
            return "and the invitation is revoked: remove the member by hand, and the next run starts anew"
        return "and only the member can change the address of a Bitwarden account"
    if policy.protected.covers(member):
        return "but the policy protects the member"
    if member.collections is None:
        return "but the server does not tell which collections the invitation carries: replace it by hand"
    if (member.type != MemberType.USER and role is None) or member.collections:
        return "but the invitation carries a role or collections that a new one would lack: replace it by hand"
    return None if policy.invite else "but invite is off, so that the invitation is not replaced"


def _never_accepted(member: Member) -> bool:
    """Say whether a revoked member is an invitation that nobody accepted: it has no account yet."""
    return member.status == MemberStatus.REVOKED and member.user_id is None


def _is_outdated(user: User, member: Member) -> bool:
    """Say whether a restoration would invite an address that the user does not have any more."""
    return _never_accepted(member) and user.email not in (None, member.email)


def _email_differs(user: User, member: Member, why: str) -> Refusal:
    return Refusal(member.email, "email_differs", f"the directory says {user.email}, {why}", member.external_id)


def _replace_invitation(plan: MemberPlan, user: User, member: Member, email: str, roles: WantedRoles) -> None:
    before, role = role_of(member), roles.of(user.external_id) or PLAIN_USER
    has_role = {before, role} != {PLAIN_USER}
    plan.actions.append(
        Action(
            Kind.REPLACE_INVITATION,
            member.email,
            "email_changed",
            member.external_id,
            member.id,
            value=email,
            role=role if has_role else None,
            previous_role=before if has_role else None,
        )
    )
    plan.keys[user.external_id] = email
    plan.gone.add(member.id)


def _plan_member(plan: MemberPlan, user: User, member: Member, policy: Policy, memory: Memory) -> None:
    """Plan for a user with membership: link or re-key it, give access back or take it away."""
    external_id = policy.external_id(user.external_id)
    wish = _wish(user, policy)
    left_alone = is_left_alone(user, member, policy)
    if left_alone:
        plan.keys.pop(user.external_id)
    if policy.protected.covers(member):
        if wish not in ("keep", "ignore") and member.status != MemberStatus.REVOKED:
            plan.refusals.append(_protected(member, f"the user is {user.status} in the directory"))
        return
    if left_alone:
        if wish != "ignore":
            plan.refusals.append(_left_alone(user, member, external_id))
        return
    plan.managed.add(member.email)
    if wish == "keep" and _plan_invitation(plan, user, member, policy, memory):
        return
    _plan_external_id(plan, member, external_id)
    if wish == "keep":
        if not _is_outdated(user, member):
            _plan_restore(plan, member, external_id, policy, memory)
    else:
        _withdraw(plan, member, wish, f"{user.status}_in_directory", external_id, policy, memory)
        if member.id in plan.gone:
            plan.keys.pop(user.external_id)


def _left_alone(user: User, member: Member, external_id: str) -> Refusal:
    if member.external_id is not None:
        message = "a revoked member has this address; restore the member by hand if it is the same person"
        return Refusal(member.email, "address_reused", message, external_id)
    message = f"the user is {user.status} in the directory; a {_words(member)} without external id is left alone"
    return Refusal(member.email, "unmanaged", message, external_id)


def _wish(user: User, policy: Policy) -> str:
    """Return what the policy wants for the membership of this user: keep, ignore, revoke or remove."""
    if user.status == "active":
        return "keep"
    return policy.disabled if user.status == "disabled" else policy.deleted


def _words(member: Member) -> str:
    return "revoked member" if member.status == MemberStatus.REVOKED else "member"


def _plan_external_id(plan: MemberPlan, member: Member, external_id: str) -> None:
    """Link a membership without external id, re-key one with another."""
    if member.external_id is None:
        plan.actions.append(Action(Kind.LINK_MEMBER, member.email, "same_email", external_id, member.id))
    elif member.external_id != external_id:
        previous = member.external_id
        plan.actions.append(
            Action(Kind.REKEY_MEMBER, member.email, "same_email", external_id, member.id, previous=previous)
        )


def _plan_restore(plan: MemberPlan, member: Member, external_id: str, policy: Policy, memory: Memory) -> None:
    if member.status != MemberStatus.REVOKED:
        return
    refusal = memory.refuse_restore(member) if policy.restore else "the user is active, but restore is off"
    if refusal:
        plan.refusals.append(Refusal(member.email, "stays_revoked", refusal, external_id))
    else:
        plan.actions.append(Action(Kind.RESTORE_MEMBER, member.email, "active_again", external_id, member.id))


def _plan_invitation(plan: MemberPlan, user: User, member: Member, policy: Policy, memory: Memory) -> bool:
    """Plan what is due for an invitation that nobody has accepted yet; say whether that ends the membership."""
    action = care_for_invitation(user, member, policy, memory)
    if action is None:
        return False
    plan.actions.append(action)
    if action.kind != Kind.WITHDRAW_INVITATION:
        return False
    plan.gone.add(member.id)
    plan.keys.pop(user.external_id)
    return True


def _refuse_twin(plan: MemberPlan, member: Member) -> None:
    """Refuse to touch one of several members with the same e-mail, unless that is said for its user already."""
    refusal = shared_email(member.email, member.external_id)
    if refusal not in plan.refusals:
        plan.refusals.append(refusal)


def _plan_absent(plan: MemberPlan, member: Member, policy: Policy, memory: Memory) -> None:
    if not policy.protected.covers(member):
        _withdraw(plan, member, policy.absent, "absent_from_directory", member.external_id, policy, memory)
    elif policy.absent != "ignore" and member.status != MemberStatus.REVOKED:
        plan.refusals.append(_protected(member, "no user of the snapshot has this external id"))


def _withdraw(
    plan: MemberPlan,
    member: Member,
    wish: str,
    reason: str,
    external_id: str | None,
    policy: Policy,
    memory: Memory,
) -> None:
    """Plan to take the access away as the policy wishes, unless it is gone already.

    A removal that would free an awaited address becomes a revocation: otherwise the next run would have to go on.
    """
    wish, reason, refusal = with_grace(wish, reason, member, policy, memory)
    if refusal:
        plan.refusals.append(refusal)
    if wish == "remove" and member.email in plan.awaited:
        message = "not removed, since another user of the directory has this address by now: remove one of them by hand"
        plan.refusals.append(Refusal(member.email, "address_awaited", message, external_id))
        wish = "revoke"
    if wish == "remove":
        plan.actions.append(Action(Kind.REMOVE_MEMBER, member.email, reason, external_id, member.id))
        plan.gone.add(member.id)
    elif wish == "revoke" and member.status != MemberStatus.REVOKED:
        plan.actions.append(Action(Kind.REVOKE_MEMBER, member.email, reason, external_id, member.id))


def _protected(member: Member, why: str) -> Refusal:
    if member.type == MemberType.OWNER:
        return Refusal(member.email, "owner_protected", f"{why}; owners are never touched", member.external_id)
    return Refusal(member.email, "member_protected", f"{why}, but the policy protects the member", member.external_id)
