# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a directory holds, as immutable data: users, groups and the readings and snapshots made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

UserStatus = Literal["active", "disabled", "deleted"]


@dataclass(frozen=True, slots=True)
class User:
    """One person of a directory.

    ``external_id`` is the stable identity key of the source (never an e-mail). ``email`` is trimmed and lower-case;
    it is None where the directory has none, which is normal for a deleted user. ``status_reason`` says in a few words
    why the user is not active (for instance ``userAccountControl: disabled``), or carries a note on an active one.
    """

    external_id: str
    email: str | None
    name: str | None
    status: UserStatus
    source: str
    status_reason: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One group with the external ids of its users, flattened over nested groups, sorted and without duplicates."""

    external_id: str
    name: str
    source: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordWarning:
    """Something about one record that the operator should know; the rest of the run goes on.

    ``code`` is a stable identifier such as ``email_invalid``; ``record`` names the object (external id, DN or e-mail).
    """

    code: str
    record: str
    message: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class DirectGroup:
    """A group as a provider reads it: direct members only, as positions in the reading's users and groups.

    One that is not ``listed`` only passes its members on to the groups that it is nested in.
    """

    external_id: str
    name: str
    users: Sequence[int] = ()
    groups: Sequence[int] = ()
    everyone: bool = False
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """The complete result of reading one source, before nesting is flattened and before any selection.

    ``server`` names what was read (host and base, tenant or file), ``details`` holds provenance worth keeping
    (server kind, page counts, calls). ``state`` is what an incremental read needs next time, or None.
    """

    users: Sequence[User]
    groups: Sequence[DirectGroup]
    warnings: Sequence[RecordWarning] = ()
    server: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """Provenance of one source in a snapshot: what was read, when (UTC, ISO 8601) and how much remained of it.

    ``external_id_prefix`` begins the external ids of all its users and groups.
    """

    name: str
    type: str
    server: str
    read_at: str
    users: int
    groups: int
    details: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] | None = None
    external_id_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Users, groups and memberships of one read of all sources.

    Users are sorted by external id and groups by external id; external ids are unique within each kind.
    """

    users: tuple[User, ...]
    groups: tuple[Group, ...]
    sources: tuple[SourceSummary, ...] = ()
    warnings: tuple[RecordWarning, ...] = ()
    created: str = ""

    def counts(self) -> dict[str, int]:
        """Return how many users there are by status, how many groups, memberships and warnings."""
        statuses = {"active": 0, "disabled": 0, "deleted": 0}
        for user in self.users:
            statuses[user.status] += 1
        return {
            "users": len(self.users),
            **statuses,
            "groups": len(self.groups),
            "memberships": sum(len(group.members) for group in self.groups),
            "warnings": len(self.warnings),
        }
