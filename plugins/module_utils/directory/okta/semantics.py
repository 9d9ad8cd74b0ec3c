# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Okta's users and groups mean (https://developer.okta.com/docs/reference/api/users/#user-status)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import choose_email
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User

GroupType = Literal["okta", "active_directory", "app", "built_in"]

DEPROVISIONED = "DEPROVISIONED"
WINDOWS_CLASS = "okta:windows_security_principal"


@dataclass(frozen=True, slots=True)
class Person:
    """A user as Okta has it; ``status`` is Okta's own, ``email`` is chosen and normal, ``updated`` in UTC, ISO 8601."""

    id: str
    status: str
    email: str | None
    name: str | None
    updated: str = ""


@dataclass(frozen=True, slots=True)
class OktaGroup:
    """A group without its members; ``users_count`` is what Okta's statistics say, None where they are missing.

    ``everyone`` marks the built-in group of everybody who is not deprovisioned.
    """

    id: str
    name: str
    type: GroupType
    users_count: int | None
    membership_updated: str = ""
    everyone: bool = False


def person_from(row: Mapping[str, Any], email_attributes: Sequence[str]) -> Person:
    """Return a user from its JSON; raises IncompleteReadError where status or profile are missing."""
    status, profile = row.get("status"), row.get("profile")
    if not isinstance(status, str) or not isinstance(profile, dict):
        raise IncompleteReadError(f"The user {row['id']} came without status or profile")
    names = (profile.get("firstName"), profile.get("lastName"))
    candidates = [_text(profile.get(attribute)) for attribute in email_attributes]
    name = " ".join(str(name) for name in names if name) or None
    return Person(row["id"], status, choose_email(candidates), name, row.get("lastUpdated") or "")


def group_from(row: Mapping[str, Any]) -> OktaGroup:
    """Return a group from its JSON; raises IncompleteReadError where type or name are missing."""
    profile = row.get("profile")
    name = profile.get("name") if isinstance(profile, dict) else None
    if not isinstance(name, str) or not isinstance(row.get("type"), str):
        raise IncompleteReadError(f"The group {row['id']} came without type or name")
    count = ((row.get("_embedded") or {}).get("stats") or {}).get("usersCount")
    kind = _group_type(row["type"], row.get("objectClass") or [])
    return OktaGroup(
        id=row["id"],
        name=name,
        type=kind,
        users_count=count if isinstance(count, int) else None,
        membership_updated=row.get("lastMembershipUpdated") or "",
        everyone=kind == "built_in" and name == "Everyone",
    )


def user_from(person: Person, statuses: Mapping[str, str], source: str) -> User | None:
    """Return the user of the model, None where the status is to be ignored.

    A status that is not known, such as a transitional one, counts as active, so that nobody loses access over it.
    """
    status = statuses.get(person.status.lower(), "active")
    if status == "ignore":
        return None
    reason = "" if person.status == "ACTIVE" else f"Okta status {person.status}"
    return User(person.id, person.email, person.name, status, source, reason)  # type: ignore[arg-type]


def _group_type(okta_type: str, classes: Sequence[str]) -> GroupType:
    if okta_type == "BUILT_IN":
        return "built_in"
    if okta_type == "OKTA_GROUP":
        return "okta"
    return "active_directory" if WINDOWS_CLASS in classes else "app"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
