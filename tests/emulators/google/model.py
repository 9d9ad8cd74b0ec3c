# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Google Workspace account holds, in the terms of the Directory API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

USER_SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"
GROUP_SCOPE = "https://www.googleapis.com/auth/admin.directory.group.readonly"
CUSTOMER_ID = "C01abc2de"


@dataclass(slots=True)
class User:
    """A user; ``deletion_time`` (RFC 3339) makes it one that can still be restored. Guests have no mailbox here."""

    id: str
    primary_email: str
    given_name: str = ""
    family_name: str = ""
    org_unit_path: str = "/"
    suspended: bool = False
    suspension_reason: str = ""
    archived: bool = False
    is_admin: bool = False
    is_guest: bool = False
    aliases: list[str] = field(default_factory=list)
    non_editable_aliases: list[str] = field(default_factory=list)
    deletion_time: str | None = None
    customer_id: str = CUSTOMER_ID

    @property
    def full_name(self) -> str:
        """The given name and the family name."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def addresses(self) -> list[str]:
        """All addresses, the primary one first."""
        return [self.primary_email, *self.aliases, *self.non_editable_aliases]

    def resource(self) -> dict[str, Any]:
        """Return the User resource; what is empty is left out, as the service does."""
        resource: dict[str, Any] = {
            "kind": "admin#directory#user",
            "id": self.id,
            "etag": f'"{self.id}"',
            "primaryEmail": self.primary_email,
            "name": {"givenName": self.given_name, "familyName": self.family_name, "fullName": self.full_name},
            "isAdmin": self.is_admin,
            "isDelegatedAdmin": False,
            "lastLoginTime": "1970-01-01T00:00:00.000Z",
            "creationTime": "2026-01-01T00:00:00.000Z",
            "agreedToTerms": True,
            "suspended": self.suspended,
            "archived": self.archived,
            "emails": [{"address": address, "primary": address == self.primary_email} for address in self.addresses],
            "customerId": self.customer_id,
            "orgUnitPath": self.org_unit_path,
            "isGuestUser": self.is_guest,
        }
        optional = {
            "suspensionReason": self.suspension_reason,
            "aliases": self.aliases,
            "nonEditableAliases": self.non_editable_aliases,
            "deletionTime": self.deletion_time,
        }
        return resource | {name: value for name, value in optional.items() if value}


@dataclass(slots=True)
class Member:
    """One entry of a group. ``type`` is USER, GROUP, CUSTOMER or EXTERNAL; the account itself has no e-mail."""

    id: str
    type: str = "USER"
    email: str | None = None
    status: str | None = "ACTIVE"
    role: str = "MEMBER"

    def resource(self) -> dict[str, Any]:
        """Return the Member resource."""
        resource = {"kind": "admin#directory#member", "etag": f'"{self.id}"', "id": self.id}
        resource |= {"role": self.role, "type": self.type}
        optional = {"email": self.email, "status": self.status}
        return resource | {name: value for name, value in optional.items() if value}


@dataclass(slots=True)
class Group:
    """A group and its direct members."""

    id: str
    email: str
    name: str
    description: str = ""
    members: list[Member] = field(default_factory=list)

    def resource(self) -> dict[str, Any]:
        """Return the Group resource; ``directMembersCount`` counts users only."""
        users = sum(member.type == "USER" for member in self.members)
        return {
            "kind": "admin#directory#group",
            "id": self.id,
            "etag": f'"{self.id}"',
            "email": self.email,
            "name": self.name,
            "directMembersCount": str(users),
            "description": self.description,
            "adminCreated": True,
        }


@dataclass(slots=True)
class ServiceAccount:
    """A service account of a Google Cloud project.

    ``keys`` are PEM public keys by key id; ``delegated_scopes`` are those that the account's administrator entered
    under domain-wide delegation for ``client_id``.
    """

    email: str
    client_id: str
    keys: dict[str, str] = field(default_factory=dict)
    delegated_scopes: list[str] = field(default_factory=lambda: [USER_SCOPE, GROUP_SCOPE])
