# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Bitwarden organization holds, as the server stores it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any

from .store import Identified


class Mode(str, Enum):
    """Which server is emulated."""

    CLOUD = "cloud"
    SELF_HOSTED = "self_hosted"
    VAULTWARDEN = "vaultwarden"


class Status(IntEnum):
    """Status of a member (OrganizationUserStatusType)."""

    REVOKED = -1
    INVITED = 0
    ACCEPTED = 1
    CONFIRMED = 2
    STAGED = 3


OCCUPYING = frozenset({Status.INVITED, Status.ACCEPTED, Status.CONFIRMED})
"""The statuses that take a seat."""


class Role(IntEnum):
    """Type of a member (OrganizationUserType). 3 was the manager, which no longer exists."""

    OWNER = 0
    ADMIN = 1
    USER = 2
    CUSTOM = 4


class PolicyType(IntEnum):
    """The policies whose effects are emulated; others are only stored and listed."""

    TWO_FACTOR = 0
    SINGLE_ORGANIZATION = 3


class EventType(IntEnum):
    """The events that the emulated endpoints write."""

    COLLECTION_UPDATED = 1301
    GROUP_CREATED = 1400
    GROUP_UPDATED = 1401
    MEMBER_INVITED = 1500
    MEMBER_CONFIRMED = 1501
    MEMBER_UPDATED = 1502
    MEMBER_REMOVED = 1503
    MEMBER_GROUPS_UPDATED = 1504
    MEMBER_REVOKED = 1511
    MEMBER_RESTORED = 1512
    MEMBER_STAGED = 1523
    POLICY_UPDATED = 1700


PERMISSIONS = (
    "accessEventLogs",
    "accessImportExport",
    "accessReports",
    "createNewCollections",
    "editAnyCollection",
    "deleteAnyCollection",
    "manageGroups",
    "managePolicies",
    "manageSso",
    "manageUsers",
    "manageResetPassword",
    "manageScim",
    "manageAccessRules",
)


@dataclass(frozen=True, slots=True)
class Settings(Identified):
    """The organization itself: plan, seats, server configuration and what is to go wrong.

    ``seats`` None is a plan without a limit. ``seat_purchase_refusal`` is the text with which billing refuses to sell
    a seat, ``invitation_failure`` the text with which sending invitations fails (and is rolled back).
    ``admins_manage_collections`` is the organization's setting that admins have access to all collections.
    The last three belong to Vaultwarden: addresses with an account, addresses to which mail fails, and whether
    ``ORG_GROUPS_ENABLED`` and SMTP are set.
    """

    enabled: bool = True
    has_api_access: bool = True
    free_plan: bool = False
    use_groups: bool = True
    use_directory: bool = True
    use_custom_permissions: bool = True
    has_provider: bool = False
    seats: int | None = None
    max_autoscale_seats: int | None = None
    sponsorships: int = 0
    seat_purchase_refusal: str | None = None
    invitation_failure: str | None = None
    admins_manage_collections: bool = True
    staged_status_flag: bool = False
    vaultwarden_groups_enabled: bool = False
    vaultwarden_mail_enabled: bool = True
    vaultwarden_keeps_unmailed: bool = True
    accounts: list[str] = field(default_factory=list)
    undeliverable: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Member(Identified):
    """A membership. ``revoked_from`` is the status before the revocation.

    ``collections`` are associations: ``id``, ``readOnly``, ``hidePasswords``, ``manage``.

    Hidden from the API: ``has_master_password``, ``belongs_elsewhere`` (another organization) and
    ``administers_free_organization`` (another one).
    """

    email: str
    status: int = Status.INVITED
    type: int = Role.USER
    external_id: str | None = None
    user_id: str | None = None
    name: str | None = None
    permissions: dict[str, bool] | None = None
    collections: list[dict[str, Any]] = field(default_factory=list)
    two_factor_enabled: bool = False
    reset_password_enrolled: bool = False
    sso_external_id: str | None = None
    revoked_from: int | None = None
    has_master_password: bool = False
    belongs_elsewhere: bool = False
    administers_free_organization: bool = False


@dataclass(frozen=True, slots=True)
class Group(Identified):
    """A group without its members, which the state keeps on their own."""

    name: str
    external_id: str | None = None
    collections: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Collection(Identified):
    """A collection. Its name is encrypted, so nothing here knows it; ``personal`` ones are somebody's "My items"."""

    external_id: str | None = None
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Policy(Identified):
    """A policy of the organization, configured at least once."""

    type: int
    enabled: bool
    data: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Event(Identified):
    """An entry of the event log. ``id`` grows with time; ``date`` is seconds since 1970."""

    type: int
    date: float
    member_id: str | None = None
    group_id: str | None = None
    collection_id: str | None = None
    policy_id: str | None = None
    acting_user_id: str | None = None
