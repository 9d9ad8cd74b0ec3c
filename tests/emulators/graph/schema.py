# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which properties the types of Graph have here, and which permissions show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EntityType:
    """One type: all its properties, those that come without $select, and who may read it.

    ``basic`` are the properties that ``basic_permission`` alone shows; the others are null then.
    """

    set_name: str
    properties: frozenset[str]
    default: tuple[str, ...]
    permissions: frozenset[str]
    basic: frozenset[str] = frozenset()
    basic_permission: str = ""


_DIRECTORY = {"Directory.Read.All", "Directory.ReadWrite.All"}
_USER_DEFAULT = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)
_GROUP_DEFAULT = (
    "id",
    "deletedDateTime",
    "description",
    "displayName",
    "groupTypes",
    "mail",
    "mailEnabled",
    "securityEnabled",
    "visibility",
)

USER = EntityType(
    "users",
    frozenset(_USER_DEFAULT)
    | {"accountEnabled", "companyName", "deletedDateTime", "department", "externalUserState", "userType"},
    _USER_DEFAULT,
    frozenset({"User.Read.All", "User.ReadWrite.All"} | _DIRECTORY),
    frozenset({"id", "displayName", "givenName", "surname", "mail", "userPrincipalName"}),
    "User.ReadBasic.All",
)
GROUP = EntityType(
    "groups",
    frozenset(_GROUP_DEFAULT),
    _GROUP_DEFAULT,
    frozenset(
        {"GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All"} | _DIRECTORY
    ),
)
DEVICE = EntityType("devices", frozenset({"id", "displayName"}), ("id", "displayName"), frozenset({"Device.Read.All"}))
SERVICE_PRINCIPAL = EntityType(
    "servicePrincipals", frozenset({"id", "displayName"}), ("id", "displayName"), frozenset({"Application.Read.All"})
)
CONTACT = EntityType(
    "contacts", frozenset({"id", "displayName"}), ("id", "displayName"), frozenset({"OrgContact.Read.All"})
)
UNIT = EntityType(
    "directory/administrativeUnits",
    frozenset({"id", "displayName", "visibility"}),
    ("id", "displayName", "visibility"),
    frozenset({"AdministrativeUnit.Read.All", "AdministrativeUnit.ReadWrite.All"} | _DIRECTORY),
)

TYPES: Mapping[str, EntityType] = {
    "user": USER,
    "group": GROUP,
    "device": DEVICE,
    "servicePrincipal": SERVICE_PRINCIPAL,
    "orgContact": CONTACT,
    "administrativeUnit": UNIT,
}
HIDDEN_MEMBERS_PERMISSIONS = frozenset({"Member.Read.Hidden"})
