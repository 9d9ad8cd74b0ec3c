# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role that the policy wants for each user, from the groups of the directory. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.permissions import PERMISSIONS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Member, MemberType, Role
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.group_names import GroupNames

OtherRoles = Literal["keep", "user"]

PLAIN_USER = Role()


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """The role of everybody in a group of the directory, which is given by external id or name."""

    group: str
    role: Role


@dataclass(frozen=True, slots=True)
class WantedRoles:
    """The role of each user by external id (of the directory), and that of all others; None leaves a role as it is.

    ``refusals`` are the entries whose group cannot be found.
    """

    of_users: Mapping[str, Role] = field(default_factory=dict)
    others: Role | None = None
    refusals: Collection[Refusal] = ()

    def of(self, user: str) -> Role | None:
        """Return the role that a user with this external id is to have, None where the policy does not say."""
        return self.of_users.get(user, self.others)

    def of_invitation(self, user: str) -> Role | None:
        """Return the role with which to invite, None for that of a plain user."""
        role = self.of(user)
        return None if role == PLAIN_USER else role


NO_ROLES = WantedRoles()


def wanted_roles(groups: Sequence[Group], entries: Sequence[RoleEntry], others: OtherRoles) -> WantedRoles:
    """Return what the entries want; the first one with a group that somebody is in decides.

    An entry whose group cannot be found settles nothing, and neither do those below it: whoever they would cover may
    be in that group, and would lose a role, or get one, because of a group that was filtered out or renamed.
    """
    names = GroupNames(groups)
    roles: dict[str, Role] = {}
    refusals: list[Refusal] = []
    for entry in entries:
        group = names.find(entry.group)
        if group is None:
            message = f"{names.why_not(entry.group)}, so that neither this entry of policy.roles nor those below count"
            refusals.append(Refusal(entry.group, "role_group_unknown", message))
        elif not refusals:
            for user in group.members:
                roles.setdefault(user, entry.role)
    return WantedRoles(roles, PLAIN_USER if others == "user" and not refusals else None, refusals)


def role_of(member: Member) -> Role:
    """Return the role that a member has."""
    granted = member.permissions or {}
    return Role(member.type, frozenset(name for name, api_name in PERMISSIONS.items() if granted.get(api_name)))


def role_entries(options: Sequence[Mapping[str, Any]]) -> tuple[RoleEntry, ...]:
    """Return the entries of the option ``policy.roles``. Raises ConfigurationError for those that make no sense."""
    entries: list[RoleEntry] = []
    for option in options:
        group, type_ = option["group"], MemberType[option["type"].upper()]
        if type_ != MemberType.CUSTOM and option["permissions"] is not None:
            raise ConfigurationError(
                f"policy.roles: the entry for the group {group} gives permissions with the type {option['type']}",
                hint="Only the type custom has permissions",
            )
        if any(entry.group == group for entry in entries):
            raise ConfigurationError(
                f"policy.roles: the group {group} has several entries, and only the first one would count",
                hint="Leave one of them",
            )
        granted = option["permissions"] or {}
        entries.append(RoleEntry(group, Role(type_, frozenset(name for name in PERMISSIONS if granted.get(name)))))
    return tuple(entries)
