# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory of one tenant, and the log of its changes that delta queries are answered from."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from ..common import Clock

Kind = Literal["user", "group"]
EVERYTHING = frozenset({"*"})
"""The properties of a change that made, removed or restored the whole object."""


@dataclass(slots=True)
class DirectoryObject:
    """A user, group, device, contact or administrative unit; ``kind`` is its type without the namespace.

    ``number`` counts objects in the order of their creation, which is the order of every listing. ``members`` are ids
    in the order in which they were added.
    """

    id: str
    kind: str
    number: int
    properties: dict[str, Any]
    members: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of ``properties`` (their names), or of the membership of ``member``."""

    kind: Kind
    id: str
    properties: frozenset[str] = frozenset()
    member: str | None = None


class Tenant:
    """Users, groups, administrative units and other members, with the deleted ones that can be restored.

    Properties have Graph's names. ``log`` only grows; positions in it are what delta tokens stand for.
    """

    def __init__(self, clock: Clock, tenant_id: str, domain: str) -> None:
        self.id = tenant_id
        self.domain = domain
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Forget every object and every change."""
        self.objects: dict[str, DirectoryObject] = {}
        self.deleted: dict[str, DirectoryObject] = {}
        self._memberships_of_deleted: dict[str, list[str]] = {}
        self.log: list[Change] = []
        self._count = 0

    def of_kind(self, kind: str) -> list[DirectoryObject]:
        """Return the objects of a kind that exist, in the order of listings."""
        return [item for item in self.objects.values() if item.kind == kind]

    def deleted_of_kind(self, kind: str) -> list[DirectoryObject]:
        """Return the objects of a kind that are in deletedItems."""
        return [item for item in self.deleted.values() if item.kind == kind]

    def add_user(self, name: str, *, id: str | None = None, **properties: Any) -> str:
        """Add an enabled member called ``name`` with userPrincipalName and mail in the tenant's domain."""
        address = name if "@" in name else f"{name}@{self.domain}"
        defaults = {
            "userPrincipalName": address,
            "mail": address,
            "displayName": name.partition("@")[0].replace(".", " ").title(),
            "accountEnabled": True,
            "userType": "Member",
            "externalUserState": None,
        }
        return self._add("user", id, defaults | properties)

    def add_guest(self, home: str, *, state: str | None = "Accepted", **properties: Any) -> str:
        """Add a guest as invitations make them: the home address mangled into the userPrincipalName."""
        mangled = f"{home.replace('@', '_')}#EXT#@{self.domain}"
        guest = {"userPrincipalName": mangled, "mail": home, "userType": "Guest", "externalUserState": state}
        return self.add_user(home, **(guest | properties))

    def add_group(self, name: str, members: Iterable[str] = (), *, id: str | None = None, **properties: Any) -> str:
        """Add a security group."""
        defaults = {
            "displayName": name,
            "mailEnabled": False,
            "securityEnabled": True,
            "groupTypes": [],
            "visibility": None,
        }
        group = self._add("group", id, defaults | properties)
        for member in members:
            self.add_member(group, member)
        return group

    def add_unit(self, name: str, members: Iterable[str] = (), *, id: str | None = None) -> str:
        """Add an administrative unit."""
        unit = self._add("administrativeUnit", id, {"displayName": name})
        self.objects[unit].members.update(dict.fromkeys(members))
        return unit

    def add_other(self, kind: Literal["device", "servicePrincipal", "orgContact"], name: str) -> str:
        """Add an object that may be in groups but is neither a user nor a group."""
        return self._add(kind, None, {"displayName": name})

    def update(self, object_id: str, **properties: Any) -> None:
        """Change properties of a user or group."""
        item = self.objects[object_id]
        item.properties |= properties
        self._note(item, frozenset(properties))

    def add_member(self, group: str, member: str) -> None:
        """Put a member into a group."""
        self.objects[group].members[member] = None
        self.log.append(Change("group", group, member=member))

    def remove_member(self, group: str, member: str) -> None:
        """Take a member out of a group."""
        del self.objects[group].members[member]
        self.log.append(Change("group", group, member=member))

    def delete(self, object_id: str) -> None:
        """Delete a user or group: into deletedItems, but security groups for good."""
        item = self.objects.pop(object_id)
        parents = [group.id for group in self.objects.values() if object_id in group.members]
        for parent in parents:
            if self.objects[parent].kind == "group":
                self.remove_member(parent, object_id)
            else:
                del self.objects[parent].members[object_id]
        if item.kind == "user" or "Unified" in item.properties["groupTypes"]:
            item.properties["deletedDateTime"] = self._clock.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
            self.deleted[object_id] = item
            self._memberships_of_deleted[object_id] = parents
        if item.kind == "user":
            mangled = f"{object_id.replace('-', '')}{item.properties['userPrincipalName']}"
            item.properties["userPrincipalName"] = mangled
        self._note(item, EVERYTHING)

    def restore(self, object_id: str) -> None:
        """Bring a deleted user or group back, into the groups that it was in and that still exist."""
        item = self.deleted.pop(object_id)
        del item.properties["deletedDateTime"]
        if item.kind == "user":
            name = item.properties["userPrincipalName"].removeprefix(object_id.replace("-", ""))
            item.properties["userPrincipalName"] = name
        self.objects[object_id] = item
        self._note(item, EVERYTHING)
        for parent in self._memberships_of_deleted.pop(object_id):
            if parent in self.objects:
                self.add_member(parent, object_id)

    def purge(self, object_id: str) -> None:
        """Delete something for good that is in deletedItems."""
        self._note(self.deleted.pop(object_id), EVERYTHING)

    def dump(self) -> dict[str, Any]:
        """Return all objects as JSON-compatible values."""
        return {
            "objects": [_as_json(item) for item in self.objects.values()],
            "deleted": [_as_json(item) for item in self.deleted.values()],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Replace all objects by those of a state in the shape of :meth:`dump`; delta begins anew."""
        self.clear()
        for target, items in ((self.objects, state["objects"]), (self.deleted, state.get("deleted", []))):
            for item in items:
                members = dict.fromkeys(item.get("members", []))
                properties = dict(item["properties"])
                target[item["id"]] = DirectoryObject(item["id"], item["kind"], self._next(), properties, members)

    def _add(self, kind: str, object_id: str | None, properties: dict[str, Any]) -> str:
        item = DirectoryObject(object_id or str(uuid.uuid4()), kind, self._next(), properties)
        self.objects[item.id] = item
        self._note(item, EVERYTHING)
        return item.id

    def _note(self, item: DirectoryObject, properties: frozenset[str]) -> None:
        if item.kind == "user":
            self.log.append(Change("user", item.id, properties))
        elif item.kind == "group":
            self.log.append(Change("group", item.id, properties))

    def _next(self) -> int:
        self._count += 1
        return self._count


def _as_json(item: DirectoryObject) -> dict[str, Any]:
    return {"id": item.id, "kind": item.kind, "properties": item.properties, "members": list(item.members)}
