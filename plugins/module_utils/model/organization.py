# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Bitwarden organization holds, as immutable data, in the terms of Bitwarden's Public API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class MemberStatus(IntEnum):
    """Where a member is on the way from invitation to full access (``OrganizationUserStatusType``)."""

    REVOKED = -1
    INVITED = 0
    ACCEPTED = 1
    CONFIRMED = 2
    STAGED = 3


class MemberType(IntEnum):
    """The role of a member (``OrganizationUserType``); 3 was the manager role, which no longer exists."""

    OWNER = 0
    ADMIN = 1
    USER = 2
    CUSTOM = 4


@dataclass(frozen=True, slots=True)
class Role:
    """What a member may do in the organization; ``permissions`` are those that a custom role grants, by our names."""

    type: MemberType = MemberType.USER
    permissions: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Return the role for people: ``admin``, ``custom (manage_groups, manage_users)``."""
        name = self.type.name.lower()
        return f"{name} ({', '.join(sorted(self.permissions))})" if self.permissions else name

    def exceeds(self, other: Role) -> bool:
        """Say whether this role allows anything that the other one does not."""
        if self.type == other.type:
            return not self.permissions <= other.permissions
        return POWER.index(self.type) > POWER.index(other.type)


POWER = (MemberType.USER, MemberType.CUSTOM, MemberType.ADMIN, MemberType.OWNER)
"""The types of member, from the one that may do least."""


@dataclass(frozen=True, slots=True)
class Association:
    """Access of a member or a group to one collection."""

    id: str
    read_only: bool = False
    hide_passwords: bool = False
    manage: bool = False

    def exceeds(self, other: Association) -> bool:
        """Say whether this access allows anything that the other one does not."""
        return (
            (self.manage and not other.manage)
            or (other.read_only and not self.read_only)
            or (other.hide_passwords and not self.hide_passwords)
        )

    def __str__(self) -> str:
        """Return what the access allows, in the words of Bitwarden's web vault."""
        if self.manage:
            return "manage"
        return ("view" if self.read_only else "edit") + (" with hidden passwords" if self.hide_passwords else "")


@dataclass(frozen=True, slots=True)
class Access:
    """Access to a collection, with the name of the collection for people: its external id, else its id."""

    collection: str
    association: Association

    def __str__(self) -> str:
        """Return the collection and what may be done there: ``servers (manage)``."""
        return f"{self.collection} ({self.association})"


@dataclass(frozen=True, slots=True)
class Member:
    """One membership; ``id`` is the membership id that URLs take, ``email`` is lower-case."""

    id: str
    email: str
    status: MemberStatus
    type: MemberType
    external_id: str | None = None
    name: str | None = None
    user_id: str | None = None
    collections: tuple[Association, ...] | None = None
    permissions: Mapping[str, bool] | None = None
    two_factor_enabled: bool = False


@dataclass(frozen=True, slots=True)
class OrganizationGroup:
    """One group of the organization."""

    id: str
    name: str
    external_id: str | None = None
    collections: tuple[Association, ...] | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection; its name is encrypted and therefore unknown here."""

    id: str
    external_id: str | None = None
    groups: tuple[Association, ...] | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the event log; ``date`` is UTC in ISO 8601, ``type`` Bitwarden's number for what happened.

    ``acting_user_id`` is None where no person acted, as with the Public API, SCIM and policies.
    """

    type: int
    date: str
    member_id: str | None = None
    group_id: str | None = None
    acting_user_id: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedMember:
    """One member in an import; ``deleted`` asks for the member with this external id to go."""

    external_id: str
    email: str | None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ImportedGroup:
    """One group in an import, with the external ids of all its members."""

    external_id: str
    name: str
    member_external_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seats:
    """Password Manager seats: how many are paid for, and up to how many the subscription grows by itself."""

    seats: int | None
    max_auto_scale_seats: int | None


@dataclass(frozen=True, slots=True)
class Server:
    """What answers at the other end, from ``GET /config``."""

    version: str
    product: str = "Bitwarden"
    cloud_region: str | None = None
    feature_states: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Organization:
    """The current state of an organization.

    ``memberships`` maps the id of each group that was read to the ids of its members; a group that is missing there
    was not read, which is not the same as being empty. ``collections`` are there where they were read. ``stages`` says
    whether its server is known to stage members.
    """

    members: tuple[Member, ...] = ()
    groups: tuple[OrganizationGroup, ...] = ()
    memberships: Mapping[str, frozenset[str]] = field(default_factory=dict)
    collections: tuple[Collection, ...] = ()
    stages: bool = False

    def occupied_seats(self) -> int:
        """Return how many members occupy a seat: all but the revoked and the staged."""
        return sum(member.status not in (MemberStatus.REVOKED, MemberStatus.STAGED) for member in self.members)
