# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The handle by which tests fill an organization, act as its administrator and look at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from .member_status import MemberStatus
from .model import Collection, Event, EventType, Group, Member, Mode, Policy, Role, Settings, Status
from .state import State, new_id

FOUNDER = "founder@example.org"
"""The confirmed owner that a new organization begins with, as a real one does."""


class Organization:
    """The emulated organization, past its API: nothing here is validated, paced or recorded as a request.

    Members are named by their e-mail address, groups by their name.
    """

    def __init__(self, state: State, mode: Mode) -> None:
        self._state = state
        self._status = MemberStatus(state, mode)
        if state.is_new:
            self.found()

    def found(self) -> None:
        """Begin anew with default settings and the founder."""
        self._state.clear()
        self.add_member(FOUNDER, type=Role.OWNER)

    @property
    def settings(self) -> Settings:
        """The plan, the seats and the configuration."""
        return self._state.settings

    def configure(self, **changes: Any) -> None:
        """Change settings, for instance ``configure(seats=10, max_autoscale_seats=12)``."""
        self._state.settings = replace(self._state.settings, **changes)
        self._state.commit()

    def add_member(
        self,
        email: str,
        *,
        status: int = Status.CONFIRMED,
        type: int = Role.USER,
        external_id: str | None = None,
        groups: Iterable[str] = (),
        **other: Any,
    ) -> Member:
        """Add a member, with an account unless invited or staged. ``other`` are further fields of :class:`Member`.

        A revoked member was confirmed before; ``revoked_from`` says otherwise.
        """
        before = other.setdefault("revoked_from", Status.CONFIRMED if status == Status.REVOKED else None)
        if (status if before is None else before) not in (Status.INVITED, Status.STAGED):
            other = {"user_id": new_id(), "name": email.split("@")[0], "has_master_password": True, **other}
        values = {"id": new_id(), "status": status, "type": type, "external_id": external_id, **other}
        member = self._state.members.put(Member(email=email, **values))
        self._state.memberships.replace_groups(member.id, [self.group(name).id for name in groups])
        self._state.commit()
        return member

    def add_group(self, name: str, external_id: str | None = None, members: Iterable[str] = (), **other: Any) -> Group:
        """Add a group of these members. ``other`` are further fields of :class:`Group`."""
        group = self._state.groups.put(Group(**{"id": new_id(), "name": name, "external_id": external_id, **other}))
        self._state.memberships.replace_members(group.id, [self.member(email).id for email in members])
        self._state.commit()
        return group

    def add_collection(self, external_id: str | None = None, **other: Any) -> Collection:
        """Add a collection. ``other`` are further fields of :class:`Collection`."""
        collection = self._state.collections.put(Collection(**{"id": new_id(), "external_id": external_id, **other}))
        self._state.commit()
        return collection

    def set_policy(self, type: int, enabled: bool = True, data: dict[str, Any] | None = None) -> Policy:
        """Configure a policy."""
        known = next((policy for policy in self._state.policies if policy.type == type), None)
        policy = self._state.policies.put(Policy(new_id() if known is None else known.id, type, enabled, data))
        self._state.commit()
        return policy

    def change_member(self, email: str, **changes: Any) -> Member:
        """Change any fields of a member, as an administrator, the person or another system might have."""
        member = self._state.members.put(replace(self.member(email), **changes))
        self._state.commit()
        return member

    def set_group_members(self, name: str, emails: Iterable[str]) -> None:
        """Make these the members of a group, as an administrator does in the web vault."""
        members = [self.member(email).id for email in emails]
        self._state.memberships.replace_members(self.group(name).id, members)
        self._state.commit()

    def accept(self, email: str, account_email: str | None = None) -> Member:
        """Let an invited person accept, with an account that may have another address."""
        member = replace(
            self.member(email),
            email=account_email or email,
            status=Status.ACCEPTED,
            user_id=new_id(),
            has_master_password=True,
        )
        self._state.members.put(member)
        self._state.commit()
        return member

    def confirm(self, email: str, acting_user_id: str | None = None) -> Member:
        """Let an administrator confirm somebody who has accepted."""
        member = self.change_member(email, status=Status.CONFIRMED)
        self.record_event(EventType.MEMBER_CONFIRMED, member.id, acting_user_id or new_id())
        return member

    def revoke_by_hand(self, email: str, acting_user_id: str | None = None) -> None:
        """Let an administrator revoke a member in the web vault: the event has an acting user."""
        self._status.revoke(self.member(email), acting_user_id or new_id())
        self._state.commit()

    def restore_by_hand(self, email: str, acting_user_id: str | None = None) -> None:
        """Let an administrator restore a member in the web vault."""
        self._status.restore(self.member(email), acting_user_id or new_id())
        self._state.commit()

    def remove_by_hand(self, email: str, acting_user_id: str | None = None) -> None:
        """Let an administrator remove a member in the web vault."""
        member = self.member(email)
        self._state.remove_member(member)
        self.record_event(EventType.MEMBER_REMOVED, member.id, acting_user_id or new_id())

    def record_event(
        self,
        type: EventType,
        member_id: str | None = None,
        acting_user_id: str | None = None,
        date: float | None = None,
        group_id: str | None = None,
    ) -> Event:
        """Write an event; ``date`` is seconds since 1970, by default the emulator's now."""
        event = self._state.log(type, member_id=member_id, group_id=group_id, acting_user_id=acting_user_id, date=date)
        self._state.commit()
        return event

    def let_days_pass(self, days: float) -> None:
        """Make everything in the event log happen so many days earlier, for clients whose clocks cannot be moved."""
        for event in self.events():
            self._state.events.put(replace(event, date=event.date - days * 24 * 3600))
        self._state.commit()

    def members(self) -> dict[str, Member]:
        """Return all members by e-mail address."""
        return {member.email: member for member in self._state.members}

    def member(self, email: str) -> Member:
        """Return a member; raises KeyError when there is none."""
        member = self._state.members.by_email(email)
        if member is None:
            raise KeyError(email)
        return member

    def groups(self) -> list[Group]:
        """Return all groups; names need not be unique."""
        return list(self._state.groups)

    def group(self, name: str) -> Group:
        """Return the first group of this name; raises KeyError when there is none."""
        for group in self._state.groups:
            if group.name == name:
                return group
        raise KeyError(name)

    def memberships(self) -> dict[str, set[str]]:
        """Return the e-mail addresses of the members by the name of the group."""
        result: dict[str, set[str]] = {group.name: set() for group in self._state.groups}
        addresses = {member.id: member.email for member in self._state.members}
        for group in self._state.groups:
            result[group.name].update(addresses[key] for key in self._state.memberships.members_of(group.id))
        return result

    def collections(self) -> list[Collection]:
        """Return all collections."""
        return list(self._state.collections)

    def events(self) -> list[Event]:
        """Return all events, oldest first."""
        return list(self._state.events)

    def occupied_seats(self) -> int:
        """Return the number of seats taken."""
        return self._state.occupied_seats()

    def dump(self) -> dict[str, Any]:
        """Return everything as JSON values, in the shape that :meth:`load` takes."""
        members = self._state.memberships
        return {
            "settings": asdict(self.settings),
            "collections": [asdict(collection) for collection in self._state.collections],
            "members": [asdict(member) for member in self._state.members],
            "groups": [{**asdict(group), "member_ids": members.members_of(group.id)} for group in self._state.groups],
            "policies": [asdict(policy) for policy in self._state.policies],
            "events": [asdict(event) for event in self._state.events],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Replace everything. Parts may be missing, and ids too: then they are made.

        Groups name their members by ``member_ids`` or, easier by hand, by e-mail address in ``members``. The founder
        stays only where ``members`` is missing.
        """
        self.found()
        self._state.settings = replace(self.settings, **state.get("settings", {}))
        if "members" in state:
            self._state.remove_member(self.member(FOUNDER))
        for collection in state.get("collections", ()):
            self.add_collection(**collection)
        for member in state.get("members", ()):
            self.add_member(**member)
        for group in state.get("groups", ()):
            fields = {name: value for name, value in group.items() if name != "member_ids"}
            created = self.add_group(**fields)
            if "member_ids" in group:
                self._state.memberships.replace_members(created.id, group["member_ids"])
        for policy in state.get("policies", ()):
            self._state.policies.put(Policy(**{"id": new_id(), **policy}))
        for event in state.get("events", ()):
            self._state.events.put(Event(**event))
        self._state.commit()
