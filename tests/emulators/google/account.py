# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Google Workspace account: its users and groups, and the handles by which tests fill and change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ..common import Clock
from .model import CUSTOMER_ID, Group, Member, User


class Account:
    """Users and groups by id, in the order in which they were made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Leave nobody but the administrator."""
        self.domains = ["example.org"]
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self._last_id = 0
        self.add_user("admin@example.org", given_name="Ada", family_name="Admin", is_admin=True)

    def add_user(self, primary_email: str, **fields: Any) -> User:
        """Add a user; ``fields`` are those of :class:`User`."""
        user = User(f"1{self._number():020}", primary_email, **fields)
        self.users[user.id] = user
        return user

    def delete_user(self, user: User) -> None:
        """Delete a user, who leaves all groups and can be restored for 20 days."""
        user.deletion_time = self._clock.utcnow().strftime("%Y-%m-%dT%H:%M:%S.000Z")
        for group in self.groups.values():
            group.members = [member for member in group.members if member.id != user.id]

    def add_group(self, email: str, *members: User | Group | Member, name: str | None = None) -> Group:
        """Add a group with these members; its name is its local part unless said otherwise."""
        group = Group(f"0{self._number():014x}", email, email.partition("@")[0] if name is None else name)
        self.groups[group.id] = group
        for member in members:
            self.add_member(group, member)
        return group

    def add_member(self, group: Group, member: User | Group | Member) -> None:
        """Add a member to a group."""
        if isinstance(member, User):
            status = "SUSPENDED" if member.suspended else "ACTIVE"
            member = Member(member.id, "USER", member.primary_email, status)
        elif isinstance(member, Group):
            member = Member(member.id, "GROUP", member.email)
        group.members.append(member)

    def everyone(self) -> Member:
        """Return the member that stands for every user of the account."""
        return Member(CUSTOMER_ID, "CUSTOMER", None, None)

    def external(self, email: str) -> Member:
        """Return a member from outside the account. The service calls it a user, too, and gives it no status."""
        return Member(f"9{self._number():020}", "USER", email, None)

    def find_user(self, key: str) -> User | None:
        """Return the user with this id or address, unless deleted."""
        for user in [self.users[key]] if key in self.users else self.users.values():
            if user.deletion_time is None and (user.id == key or key.lower() in map(str.lower, user.addresses)):
                return user
        return None

    def find_group(self, key: str) -> Group | None:
        """Return the group with this id or address."""
        if key in self.groups:
            return self.groups[key]
        return next((group for group in self.groups.values() if group.email.lower() == key.lower()), None)

    def derived_members(self, group: Group) -> list[Member]:
        """Return the direct and indirect members of a group, each once."""
        return list({member.id: member for member in self._below(group, {group.id})}.values())

    def dump(self) -> dict[str, Any]:
        """Return everything as JSON-compatible values."""
        return {
            "domains": self.domains,
            "users": [asdict(user) for user in self.users.values()],
            "groups": [asdict(group) for group in self.groups.values()],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Replace everything by values in the shape of :meth:`dump`."""
        self.domains = list(state["domains"])
        self.users = {fields["id"]: User(**fields) for fields in state["users"]}
        self.groups = {}
        for fields in state["groups"]:
            members = [Member(**member) for member in fields["members"]]
            self.groups[fields["id"]] = Group(**{**fields, "members": members})
        self._last_id = len(self.users) + len(self.groups)

    def _below(self, group: Group, seen: set[str]) -> Iterator[Member]:
        for member in group.members:
            yield member
            child = self.groups.get(member.id)
            if child is not None and child.id not in seen:
                seen.add(child.id)
                yield from self._below(child, seen)

    def _number(self) -> int:
        self._last_id += 1
        return self._last_id
