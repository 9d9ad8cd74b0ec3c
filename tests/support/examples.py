# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People and groups for readable examples, all made from a first name or the name of a group.

Ann has the address ann@example.org, the identity key id-ann in the directory and the membership m-ann; the group staff
has the identity key id-staff and the id g-staff.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    Group,
    Snapshot,
    User,
    UserStatus,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Member,
    MemberStatus,
    MemberType,
    Organization,
    OrganizationGroup,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan

LINKED = "linked"
"""Stands for the external id that belongs to the name."""


def address(name: str) -> str:
    """Return the address of a person; a whole address stays what it is."""
    return name if "@" in name else f"{name}@example.org"


def user(
    name: str, status: UserStatus = "active", *, email: str | None = LINKED, external_id: str | None = None
) -> User:
    """Return a person of the directory."""
    mail = address(name) if email == LINKED else email and address(email)
    return User(external_id or f"id-{name}", mail, name, status, "hr")


def group(name: str, *members: str, external_id: str | None = None) -> Group:
    """Return a group of the directory with these people."""
    return Group(external_id or f"id-{name}", name, "hr", tuple(sorted(f"id-{member}" for member in members)))


def snapshot(users: Iterable[User] = (), groups: Iterable[Group] = ()) -> Snapshot:
    """Return a snapshot as a read leaves it, sorted."""
    return Snapshot(
        tuple(sorted(users, key=lambda user: user.external_id)),
        tuple(sorted(groups, key=lambda group: group.external_id)),
        created="2026-03-01T12:00:00Z",
    )


def member(
    name: str,
    external_id: str | None = LINKED,
    *,
    status: MemberStatus = MemberStatus.CONFIRMED,
    type: MemberType = MemberType.USER,
    email: str | None = None,
    id: str | None = None,
    collections: tuple[Association, ...] | None = (),
) -> Member:
    """Return a member of the organization, linked to the person of the same name unless told otherwise."""
    key = f"id-{name}" if external_id == LINKED else external_id
    return Member(id or f"m-{name}", address(email or name), status, type, key, collections=collections)


def organization_group(name: str, external_id: str | None = LINKED, *, id: str | None = None) -> OrganizationGroup:
    """Return a group of the organization, linked to the directory's of the same name unless told otherwise."""
    return OrganizationGroup(id or f"g-{name}", name, f"id-{name}" if external_id == LINKED else external_id)


def organization(
    members: Iterable[Member] = (),
    groups: Iterable[OrganizationGroup] = (),
    **memberships: Iterable[str],
) -> Organization:
    """Return an organization; ``memberships`` names the people of groups, the others are empty."""
    groups = tuple(groups)
    named = {f"g-{name}": frozenset(f"m-{person}" for person in people) for name, people in memberships.items()}
    return Organization(tuple(members), groups, {group.id: named.get(group.id, frozenset()) for group in groups})


def steps(plan: Plan) -> list[tuple[str, str, str]]:
    """Return what a plan does, in its order: kind, name and reason of each action."""
    return [(action.kind.value, action.key.removesuffix("@example.org"), action.reason) for action in plan.actions]


def refused(plan: Plan) -> list[tuple[str, str]]:
    """Return what a plan refuses: name and reason of each record."""
    return [(refusal.key.removesuffix("@example.org"), refusal.reason) for refusal in plan.refusals]
