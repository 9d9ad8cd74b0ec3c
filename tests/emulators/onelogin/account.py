# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users, roles and groups of an account, and the handle that tests fill and change it with."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..common import Clock

ACTIVE, SUSPENDED = 1, 2
APPROVED = 1


@dataclass(slots=True)
class User:
    """One user; times are seconds since 1970. ``group_id`` is the one group, with its policies, that a user is in."""

    id: int
    email: str | None
    username: str | None
    firstname: str | None
    lastname: str | None
    created: float
    updated: float
    status: int = ACTIVE
    state: int = APPROVED
    group_id: int | None = None
    custom_attributes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Role:
    """One role and the ids of the users who have it."""

    id: int
    name: str
    users: dict[int, None] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """One group; users point at it."""

    id: int
    name: str


class Account:
    """An account; ids are numbers, as the real ones."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1001)
        self.users: dict[int, User] = {}
        self.roles: dict[int, Role] = {}
        self.groups: dict[int, Group] = {}

    def clear(self) -> None:
        """Begin anew with nobody."""
        self.users.clear()
        self.roles.clear()
        self.groups.clear()

    def add_user(self, email: str | None, *, username: str | None = None, **details: Any) -> User:
        """Create a user; the names are made of the local part of the e-mail."""
        now = self._clock.now()
        first = (email or username or "").partition("@")[0].title()
        user = User(next(self._numbers), email, username, first, "Example", now, now, **details)
        self.users[user.id] = user
        return user

    def add_role(self, name: str, *users: User) -> Role:
        """Create a role."""
        role = Role(next(self._numbers), name, {user.id: None for user in users})
        self.roles[role.id] = role
        return role

    def add_group(self, name: str, *users: User) -> Group:
        """Create a group and put users into it, out of their former ones."""
        group = Group(next(self._numbers), name)
        self.groups[group.id] = group
        for user in users:
            user.group_id = group.id
        return group

    def delete_user(self, user: User) -> None:
        """Delete a user, which leaves no trace."""
        del self.users[user.id]
        for role in self.roles.values():
            role.users.pop(user.id, None)

    def roles_of(self, user: User) -> list[int]:
        """Return the ids of the roles that the user has."""
        return [role.id for role in self.roles.values() if user.id in role.users]

    def dump(self) -> dict[str, Any]:
        """Return the whole account as JSON-compatible values."""
        return {
            "users": [asdict(user) for user in self.users.values()],
            "roles": [{**asdict(role), "users": list(role.users)} for role in self.roles.values()],
            "groups": [asdict(group) for group in self.groups.values()],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Replace the account by one in the shape of :meth:`dump`."""
        self.users = {row["id"]: User(**row) for row in state["users"]}
        self.roles = {row["id"]: Role(**{**row, "users": dict.fromkeys(row["users"])}) for row in state["roles"]}
        self.groups = {row["id"]: Group(**row) for row in state["groups"]}


def timestamp(seconds: float) -> str:
    """Return a time as the API writes it."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
