# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users and groups of an org, and the handle that tests fill and change it with."""

from __future__ import annotations

import itertools
from dataclasses import asdict
from typing import Any

from ..common import Clock
from .model import EVERYONE, USER_CLASS, Group, GroupType, Status, User


class Org:
    """An org with the built-in group Everyone. Ids have the prefixes of the real ones: ``00u`` and ``00g``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self._numbers = itertools.count(1)
        self.found()

    def found(self) -> None:
        """Begin anew: nobody, and the group Everyone."""
        self.users.clear()
        self.groups.clear()
        self.add_group(EVERYONE, type="BUILT_IN")

    @property
    def everyone(self) -> Group:
        """The built-in group of everybody who is not deprovisioned."""
        return next(group for group in self.groups.values() if group.is_everyone)

    def add_user(self, login: str, *, status: Status = "ACTIVE", **profile: Any) -> User:
        """Create a user; the e-mail is the login unless ``profile`` says otherwise."""
        now = self._clock.now()
        names = {"firstName": login.partition("@")[0].title(), "lastName": "Example"}
        details = {"login": login, "email": login, **names, "mobilePhone": None, "secondEmail": None, **profile}
        user = User(self._new_id("00u"), details, now, now, status)
        self.users[user.id] = user
        return user

    def add_group(
        self, name: str, *members: User, type: GroupType = "OKTA_GROUP", object_class: str = USER_CLASS
    ) -> Group:
        """Create a group."""
        now = self._clock.now()
        group = Group(self._new_id("00g"), name, now, now, now, type, object_class)
        group.members = {member.id: None for member in members}
        self.groups[group.id] = group
        return group

    def set_status(self, user: User, status: Status) -> None:
        """Change the status; a deprovisioned user loses all groups."""
        user.status = status
        user.last_updated = self._clock.now()
        if status == "DEPROVISIONED":
            for group in self.groups.values():
                if user.id in group.members:
                    self.remove_member(group, user)

    def delete_user(self, user: User) -> None:
        """Delete a user for good, which leaves no trace; Okta demands that the user is deprovisioned before."""
        if user.status != "DEPROVISIONED":
            raise ValueError(f"{user.id} is {user.status}")
        del self.users[user.id]

    def delete_group(self, group: Group) -> None:
        """Delete a group, which leaves no trace."""
        del self.groups[group.id]

    def add_member(self, group: Group, user: User) -> None:
        """Add a user to a group."""
        group.members[user.id] = None
        group.last_membership_updated = self._clock.now()

    def remove_member(self, group: Group, user: User) -> None:
        """Take a user out of a group."""
        del group.members[user.id]
        group.last_membership_updated = self._clock.now()

    def members_of(self, group: Group) -> list[User]:
        """Return the users of a group."""
        if group.is_everyone:
            return [user for user in self.users.values() if user.status != "DEPROVISIONED"]
        return [self.users[member] for member in group.members]

    def dump(self) -> dict[str, Any]:
        """Return the whole org as JSON-compatible values."""
        return {
            "users": [asdict(user) for user in self.users.values()],
            "groups": [{**asdict(group), "members": list(group.members)} for group in self.groups.values()],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Replace the org by one in the shape of :meth:`dump`."""
        self.users = {row["id"]: User(**row) for row in state["users"]}
        self.groups = {row["id"]: Group(**{**row, "members": dict.fromkeys(row["members"])}) for row in state["groups"]}

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):017d}"
