# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read from a tenant, before anything is decided about it, and how it is kept for an incremental read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.client import Record
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.queries import (
    GROUP_PROPERTIES,
    USER_PROPERTIES,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.settings import Settings

STATE_VERSION = 1


@dataclass(slots=True)
class Members:
    """The direct members of a group or administrative unit by kind; ``others`` (devices, contacts) are only counted."""

    users: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)

    def of_type(self, odata_type: str) -> set[str]:
        """Return the set for members of a type such as ``#microsoft.graph.user``."""
        kind = odata_type.rpartition(".")[2].lower()
        return {"user": self.users, "group": self.groups}.get(kind, self.others)


@dataclass(slots=True)
class TenantRecords:
    """Users, deleted users and groups by id, with the properties that were selected.

    ``members`` has an entry for each group, and for each group outside of the listing that is nested in one. ``units``
    are the members of administrative units, ``hidden_units`` says whether one of these hides them. ``vanished`` counts
    groups that were deleted while they were read.
    """

    users: dict[str, Record] = field(default_factory=dict)
    deleted: dict[str, Record] = field(default_factory=dict)
    groups: dict[str, Record] = field(default_factory=dict)
    members: dict[str, Members] = field(default_factory=dict)
    units: dict[str, Members] = field(default_factory=dict)
    hidden_units: bool = False
    vanished: int = 0


@dataclass(frozen=True, slots=True)
class Links:
    """Where to ask what has changed since; without ``groups`` no groups are read."""

    users: str
    groups: str | None


@dataclass(frozen=True, slots=True)
class State:
    """What an incremental read begins with; ``full_read_at`` is the time of the last full read, seconds since 1970."""

    records: TenantRecords
    links: Links
    full_read_at: float


def encode(state: State, settings: Settings) -> dict[str, Any]:
    """Return the state as JSON-compatible values. Members are places in ``ids``, which keeps it small."""
    records = state.records
    places: dict[str, int] = {}

    def listed(ids: set[str]) -> list[int]:
        return [places.setdefault(each, len(places)) for each in sorted(ids)]

    groups = []
    for group_id, group in records.groups.items():
        members = records.members[group_id]
        groups.append(
            [*_values(group, GROUP_PROPERTIES), *map(listed, (members.users, members.groups, members.others))]
        )
    return {
        "version": STATE_VERSION,
        "scope": _scope(settings),
        "full_read_at": state.full_read_at,
        "links": [state.links.users, state.links.groups],
        "users": [_values(user, USER_PROPERTIES) for user in records.users.values()],
        "deleted": list(records.deleted),
        "groups": groups,
        "ids": list(places),
    }


def decode(state: Mapping[str, Any] | None, settings: Settings) -> State | None:
    """Return the state that ``encode`` wrote, or None where it is none or belongs to another tenant or selection."""
    try:
        if not state or (state["version"], state["scope"]) != (STATE_VERSION, _scope(settings)):
            return None
        ids = state["ids"]
        records = TenantRecords(
            users={user[0]: dict(zip(USER_PROPERTIES, user, strict=True)) for user in state["users"]},
            deleted={user_id: {} for user_id in state["deleted"]},
        )
        width = len(GROUP_PROPERTIES)
        for row in state["groups"]:
            records.groups[row[0]] = dict(zip(GROUP_PROPERTIES, row[:width], strict=True))
            records.members[row[0]] = Members(*({ids[place] for place in places} for places in row[width:]))
        users_link, groups_link = state["links"]
        return State(records, Links(users_link, groups_link), float(state["full_read_at"]))
    except (KeyError, TypeError, ValueError, IndexError):
        return None


def _values(record: Record, names: tuple[str, ...]) -> list[Any]:
    return [record.get(name) for name in names]


def _scope(settings: Settings) -> str:
    """Return what identifies the tenant and the properties that a state is about."""
    scope = [
        settings.graph_url,
        settings.tenant_id,
        settings.client_id,
        settings.read_groups,
        USER_PROPERTIES,
        GROUP_PROPERTIES,
    ]
    return hashlib.sha256(json.dumps(scope).encode()).hexdigest()
