# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorded organization: what was last sent to a server that takes an import and tells nothing. Pure functions.

Such an organization knows its members by e-mail and its groups by external id, so these are their ids here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot, User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    MemberStatus,
    MemberType,
    Organization,
    OrganizationGroup,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import GROUP_KINDS, Action, Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import Part
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy

MEMBER_KINDS = frozenset({Kind.INVITE_MEMBER, Kind.REKEY_MEMBER, Kind.RESTORE_MEMBER, Kind.REVOKE_MEMBER})


DOUBTFUL = MemberStatus.STAGED
"""Stands for a member of whom nobody knows what an import that failed did: an import never leaves anybody staged."""

ASSUMED = MemberStatus.ACCEPTED
"""Stands for a user of the directory who is taken for a member, because nothing was sent that tells."""


def record_of(organization: Organization) -> dict[str, Any]:
    """Return a recorded organization as plain data, members and groups by external id."""
    external_ids = {member.id: member.external_id or "" for member in organization.members}
    return {
        "members": {
            member.external_id: {
                "email": member.email,
                "revoked": member.status == MemberStatus.REVOKED,
                **({"doubtful": True} if member.status == DOUBTFUL else {}),
                **({"assumed": True} if member.status == ASSUMED else {}),
            }
            for member in organization.members
        },
        "groups": {
            group.id: {
                "name": group.name,
                "members": sorted(external_ids[id_] for id_ in organization.memberships[group.id]),
            }
            for group in organization.groups
        },
    }


def organization_from_record(record: object) -> Organization:
    """Return the organization that :func:`record_of` turned into plain data. Raises ValueError for anything else.

    What cannot be known is taken in the way that does no harm. Everybody is a confirmed user, so that an address that
    changes is reported: an import under the new one would make a second member beside the first.
    """
    sent = _mapping(record)
    members = {
        external_id: _recorded_member(external_id, _mapping(entry))
        for external_id, entry in _mapping(sent.get("members")).items()
    }
    groups = _mapping(sent.get("groups"))
    return Organization(
        tuple(members.values()),
        tuple(_group(external_id, _text(entry, "name")) for external_id, entry in groups.items()),
        {
            external_id: frozenset(members[id_].id for id_ in _known(_mapping(entry).get("members"), members))
            for external_id, entry in groups.items()
        },
    )


def assumed_organization(snapshot: Snapshot, policy: Policy, parts: Collection[Part]) -> Organization:
    """Return what to reckon with where nothing was recorded, so that everything is sent.

    Whoever is out of service may be a member with access all the same, who is to be revoked where the policy says so,
    and to stay in groups where it does not. The active users are sent, unless nobody is invited or groups alone are
    converged: then they are taken for members. In a group, the server passes over those who are none.
    """
    members: dict[str, Member] = {}
    for user in snapshot.users:
        if user.email and user.status != "active":
            member = _member(policy.external_id(user.external_id), user.email)
            known = _is_to_be_revoked(user, policy) and not policy.protected.covers(member)
            members.setdefault(user.email, member if known else replace(member, status=ASSUMED))
    for user in snapshot.users:
        if user.email and user.status == "active":
            members.pop(user.email, None)
            if "members" not in parts or not _invites(policy):
                member = _member(policy.external_id(user.external_id), user.email)
                members[user.email] = replace(member, status=ASSUMED)
    return Organization(tuple(members.values()))


def organization_after(plan: Plan, organization: Organization) -> Organization:
    """Return the recorded organization as it is once the plan is carried out."""
    members = {member.email: member for member in organization.members}
    groups = {group.id: group for group in organization.groups}
    memberships = dict(organization.memberships)
    for action in plan.actions:
        external_id = action.external_id or ""
        if action.kind in MEMBER_KINDS:
            revoked = action.kind == Kind.REVOKE_MEMBER
            if action.kind == Kind.REKEY_MEMBER:
                revoked = members[action.key].status == MemberStatus.REVOKED
            members[action.key] = _member(external_id, action.key, revoked=revoked)
        elif action.kind == Kind.CREATE_GROUP:
            groups[external_id] = _group(external_id, action.key)
            memberships[external_id] = frozenset()
        elif action.kind == Kind.SET_GROUP_MEMBERS:
            group_id = action.id or external_id
            memberships[group_id] = memberships[group_id].difference(action.leaving).union(action.joining)
    return Organization(tuple(members.values()), tuple(groups.values()), memberships)


def organization_after_failure(done: Sequence[Action], failed: Sequence[Action], before: Organization) -> Organization:
    """Return the recorded organization after some actions were done and others failed, perhaps not without effect.

    Members whom a failed import was about are doubtful, groups are forgotten, so that both are sent again.
    """
    after = organization_after(Plan(tuple(done)), before)
    members = {member.email: member for member in after.members}
    for action in failed:
        if action.kind in MEMBER_KINDS:
            members[action.key] = replace(_member(action.external_id or "", action.key), status=DOUBTFUL)
    forgotten = {action.id or action.external_id for action in failed if action.kind in GROUP_KINDS}
    return Organization(
        tuple(members.values()),
        tuple(group for group in after.groups if group.id not in forgotten),
        {id_: ids & members.keys() for id_, ids in after.memberships.items() if id_ not in forgotten},
    )


def without_doubt(recorded: Organization, snapshot: Snapshot, policy: Policy) -> Organization:
    """Return the recorded organization with doubtful members taken for what makes the plan send them again.

    Whoever is active in the directory is taken for no member, or, where nobody is invited, for a revoked one; everybody
    else for a member with access. Those who were only assumed to be members are sent as soon as somebody is invited.
    """
    active = {policy.external_id(user.external_id) for user in snapshot.users if user.status == "active"}
    members = []
    for member in recorded.members:
        if member.status not in (DOUBTFUL, ASSUMED):
            members.append(member)
        elif member.external_id in active and _invites(policy):
            continue
        elif member.status == ASSUMED:
            members.append(member)
        else:
            status = MemberStatus.REVOKED if member.external_id in active else MemberStatus.CONFIRMED
            members.append(replace(member, status=status))
    ids = {member.id for member in members}
    return replace(
        recorded,
        members=tuple(members),
        memberships={group_id: member_ids & ids for group_id, member_ids in recorded.memberships.items()},
    )


def _invites(policy: Policy) -> bool:
    """Say whether a run invites; nobody can be staged here, so that staging invites nobody."""
    return policy.invite and not policy.stage


def _is_to_be_revoked(user: User, policy: Policy) -> bool:
    wishes = {"active": "keep", "disabled": policy.disabled, "deleted": policy.deleted}
    return wishes[user.status] == "revoke"


def _member(external_id: str, email: str, *, revoked: bool = False) -> Member:
    status = MemberStatus.REVOKED if revoked else MemberStatus.CONFIRMED
    return Member(email, email, status, MemberType.USER, external_id)


def _recorded_member(external_id: str, entry: Mapping[str, Any]) -> Member:
    member = _member(external_id, _text(entry, "email"), revoked=entry.get("revoked") is True)
    if entry.get("doubtful") is True:
        return replace(member, status=DOUBTFUL)
    return replace(member, status=ASSUMED) if entry.get("assumed") is True else member


def _group(external_id: str, name: str) -> OrganizationGroup:
    return OrganizationGroup(external_id, name, external_id)


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("an object is missing")
    return value


def _text(entry: object, name: str) -> str:
    value = _mapping(entry).get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"an entry has no {name}")
    return value


def _known(external_ids: object, members: Mapping[str, Member]) -> Collection[str]:
    if not isinstance(external_ids, list) or not all(id_ in members for id_ in external_ids):
        raise ValueError("a group has members that are not recorded")
    return external_ids
