# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of an Okta org as they are stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal[
    "STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED", "DEPROVISIONED"
]
GroupType = Literal["OKTA_GROUP", "APP_GROUP", "BUILT_IN"]

USER_CLASS = "okta:user_group"
WINDOWS_CLASS = "okta:windows_security_principal"
EVERYONE = "Everyone"


@dataclass(slots=True)
class User:
    """One user; times are seconds since 1970."""

    id: str
    profile: dict[str, Any]
    created: float
    last_updated: float
    status: Status = "ACTIVE"


@dataclass(slots=True)
class Group:
    """One group; ``object_class`` tells groups of Active Directory from other groups of applications.

    The members of the built-in group Everyone are not kept: everybody who is not deprovisioned is in it.
    """

    id: str
    name: str
    created: float
    last_updated: float
    last_membership_updated: float
    type: GroupType = "OKTA_GROUP"
    object_class: str = USER_CLASS
    members: dict[str, None] = field(default_factory=dict)

    @property
    def is_everyone(self) -> bool:
        """Whether this is the built-in group of everybody."""
        return self.type == "BUILT_IN" and self.name == EVERYONE
