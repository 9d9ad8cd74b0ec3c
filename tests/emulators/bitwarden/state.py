# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of the emulated organization and the rules that hold for it whoever changes it."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import replace

from ..common import Clock
from .model import OCCUPYING, Collection, Event, EventType, Group, Member, Policy, Role, Settings, Status
from .store import Table, connect


class Members(Table[Member]):
    """The members, found by e-mail address as well, without regard to case."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection, "members", Member)
        self._by_email = {member.email.lower(): member.id for member in self}

    def by_email(self, email: str) -> Member | None:
        """Return the member with this address in any status, or None."""
        key = self._by_email.get(email.lower())
        return None if key is None else self.get(key)

    def put(self, row: Member) -> Member:
        """Insert or replace a member."""
        before = self.get(row.id)
        if before is not None:
            self._by_email.pop(before.email.lower(), None)
        self._by_email[row.email.lower()] = row.id
        return super().put(row)

    def remove(self, key: str) -> None:
        """Delete a member."""
        self._by_email.pop(self._rows[key].email.lower(), None)
        super().remove(key)

    def clear(self) -> None:
        """Delete all members."""
        self._by_email.clear()
        super().clear()


class Memberships:
    """Which member is in which group."""

    def __init__(self, state: State) -> None:
        self._connection = state.connection
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS memberships (group_id TEXT, member_id TEXT, PRIMARY KEY (group_id, member_id))"
        )
        self._members: dict[str, dict[str, None]] = {}
        self._groups: dict[str, dict[str, None]] = {}
        for group_id, member_id in self._connection.execute("SELECT group_id, member_id FROM memberships"):
            self._link(group_id, member_id)

    def members_of(self, group_id: str) -> list[str]:
        """Return the ids of the members of a group."""
        return list(self._members.get(group_id, ()))

    def groups_of(self, member_id: str) -> list[str]:
        """Return the ids of the groups of a member."""
        return list(self._groups.get(member_id, ()))

    def replace_members(self, group_id: str, member_ids: Iterable[str]) -> None:
        """Make these the members of a group."""
        wanted = dict.fromkeys(member_ids)
        current = self._members.get(group_id, {})
        self._remove([(group_id, member_id) for member_id in current if member_id not in wanted])
        self._add([(group_id, member_id) for member_id in wanted if member_id not in current])

    def replace_groups(self, member_id: str, group_ids: Iterable[str]) -> None:
        """Make these the groups of a member."""
        wanted = dict.fromkeys(group_ids)
        current = self._groups.get(member_id, {})
        self._remove([(group_id, member_id) for group_id in current if group_id not in wanted])
        self._add([(group_id, member_id) for group_id in wanted if group_id not in current])

    def clear(self) -> None:
        """Empty all groups."""
        self._members, self._groups = {}, {}
        self._connection.execute("DELETE FROM memberships")

    def _add(self, pairs: list[tuple[str, str]]) -> None:
        for group_id, member_id in pairs:
            self._link(group_id, member_id)
        self._connection.executemany("INSERT INTO memberships VALUES (?, ?)", pairs)

    def _remove(self, pairs: list[tuple[str, str]]) -> None:
        for group_id, member_id in pairs:
            del self._members[group_id][member_id]
            del self._groups[member_id][group_id]
        self._connection.executemany("DELETE FROM memberships WHERE group_id = ? AND member_id = ?", pairs)

    def _link(self, group_id: str, member_id: str) -> None:
        self._members.setdefault(group_id, {})[member_id] = None
        self._groups.setdefault(member_id, {})[group_id] = None


class State:
    """Everything the organization holds, in memory and in a SQLite file (``:memory:`` for none).

    A new database begins with the organization ``organization_id`` and nothing in it: ``is_new`` tells.
    """

    def __init__(self, database: str, organization_id: str, clock: Clock) -> None:
        self.connection = connect(database)
        self.clock = clock
        self._settings = Table(self.connection, "organization", Settings)
        self.members = Members(self.connection)
        self.groups = Table(self.connection, "groups", Group)
        self.collections = Table(self.connection, "collections", Collection)
        self.policies = Table(self.connection, "policies", Policy)
        self.events = Table(self.connection, "events", Event)
        self.memberships = Memberships(self)
        self.is_new = len(self._settings) == 0
        if self.is_new:
            self._settings.put(Settings(organization_id))
        self.commit()

    @property
    def settings(self) -> Settings:
        """The organization itself."""
        return next(iter(self._settings))

    @settings.setter
    def settings(self, value: Settings) -> None:
        self._settings.put(value)

    def commit(self) -> None:
        """Make everything so far survive the end of the process."""
        self.connection.commit()

    def clear(self) -> None:
        """Empty the organization and give it default settings."""
        for table in (self.members, self.groups, self.collections, self.policies, self.events, self.memberships):
            table.clear()
        self.settings = Settings(self.settings.id)

    def remove_member(self, member: Member) -> None:
        """Delete a membership with everything that hangs on it."""
        self.memberships.replace_groups(member.id, ())
        self.members.remove(member.id)

    def remove_group(self, group: Group) -> None:
        """Delete a group with its memberships."""
        self.memberships.replace_members(group.id, ())
        self.groups.remove(group.id)

    def remove_collection(self, collection: Collection) -> None:
        """Delete a collection with all access to it."""
        for group in self.groups:
            self.groups.put(replace(group, collections=_without(group.collections, collection.id)))
        for member in self.members:
            self.members.put(replace(member, collections=_without(member.collections, collection.id)))
        self.collections.remove(collection.id)

    def occupied_seats(self) -> int:
        """Return the seats taken by members and sponsorships."""
        return self.settings.sponsorships + sum(member.status in OCCUPYING for member in self.members)

    def has_confirmed_owner_except(self, member_id: str) -> bool:
        """Tell whether somebody other than this member is a confirmed owner; a provider counts as one."""
        return self.settings.has_provider or any(
            member.type == Role.OWNER and member.status == Status.CONFIRMED and member.id != member_id
            for member in self.members
        )

    def policy_enabled(self, policy_type: int) -> bool:
        """Tell whether a policy is switched on."""
        return any(policy.type == policy_type and policy.enabled for policy in self.policies)

    def log(
        self,
        event_type: EventType,
        *,
        member_id: str | None = None,
        group_id: str | None = None,
        collection_id: str | None = None,
        policy_id: str | None = None,
        acting_user_id: str | None = None,
        date: float | None = None,
    ) -> Event:
        """Write an event. Actions of the API have no acting user."""
        return self.events.put(
            Event(
                f"{len(self.events) + 1:09}",
                event_type,
                self.clock.now() if date is None else date,
                member_id=member_id,
                group_id=group_id,
                collection_id=collection_id,
                policy_id=policy_id,
                acting_user_id=acting_user_id,
            )
        )


def new_id() -> str:
    """Return a new GUID in lower case."""
    return str(uuid.uuid4())


def _without(associations: list[dict[str, object]], key: str) -> list[dict[str, object]]:
    return [association for association in associations if association["id"] != key]
