# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an access token may read, told from its claims before Graph is asked.

Graph does not always refuse what is not permitted: members it merely hides, properties it leaves null. So missing
permissions are an error here (https://learn.microsoft.com/graph/permissions-overview, "limited information").
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryAuthenticationError

_DIRECTORY = ("Directory.Read.All", "Directory.ReadWrite.All")
SUFFICIENT: Mapping[str, tuple[str, ...]] = {
    "User.Read.All": ("User.Read.All", "User.ReadWrite.All", *_DIRECTORY),
    "GroupMember.Read.All": (
        "GroupMember.Read.All",
        "GroupMember.ReadWrite.All",
        "Group.Read.All",
        "Group.ReadWrite.All",
        *_DIRECTORY,
    ),
    "AdministrativeUnit.Read.All": ("AdministrativeUnit.Read.All", "AdministrativeUnit.ReadWrite.All", *_DIRECTORY),
    "Member.Read.Hidden": ("Member.Read.Hidden",),
}
"""The least permission for each need, with all that include it (https://learn.microsoft.com/graph/permissions-reference)."""

_NO_ROLE = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"
"""The role template that every application has, and that gives no right."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """The application permissions of a token.

    ``conclusive`` is False where they do not tell all: the token is not readable, or the application also has a
    directory role, whose rights no token lists.
    """

    granted: frozenset[str] = frozenset()
    conclusive: bool = False

    def lacks(self, need: str) -> bool:
        """Say whether the token surely lacks what ``need``, a key of SUFFICIENT, stands for."""
        return self.conclusive and self.granted.isdisjoint(SUFFICIENT[need])


def permissions_of(token: str) -> Permissions:
    """Return what the claims ``roles`` and ``wids`` of an access token say."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        granted = frozenset(map(str, claims.get("roles") or ()))
        has_directory_role = bool(set(claims.get("wids") or ()) - {_NO_ROLE})
    except (IndexError, ValueError, AttributeError, TypeError):
        return Permissions()
    return Permissions(granted, conclusive=not has_directory_role)


def missing_permissions(who: str, missing: list[str], granted: frozenset[str]) -> DirectoryAuthenticationError:
    """Return the error that names the permissions to grant."""
    return DirectoryAuthenticationError(
        f"{who} may not read all that it should: it lacks {' and '.join(missing)}",
        hint="Grant these application permissions of Microsoft Graph in the app registration, with admin consent. "
        f"Granted so far: {', '.join(sorted(granted)) or 'none'}",
    )
