# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rows of the Directory API mean: users with one e-mail and one status, groups with direct members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import EmailRule, choose_email
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.client import Row
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.reader import Rows
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    DirectGroup,
    RecordWarning,
    User,
    UserStatus,
)

NAMED_MEMBERS = 5


@dataclass(frozen=True, slots=True)
class Meaning:
    """How to read the rows of the source called ``source``.

    ``all_users`` says that the users are all of the account, so that a member who is none of them is a stranger.
    """

    source: str
    email_rule: EmailRule | None = None
    with_guests: bool = True
    all_users: bool = True


def users_from(rows: Rows, meaning: Meaning) -> list[User]:
    """Return each user once; who is listed both as a user and as deleted was restored or deleted in between."""
    users: dict[str, User] = {}
    for row in rows.users:
        if meaning.with_guests or not row.get("isGuestUser"):
            users.setdefault(row["id"], _user(row, meaning, *_status(row)))
    for row in rows.deleted:
        reason = f"deleted {row.get('deletionTime', '')}".strip()
        users.setdefault(row["id"], _user(row, meaning, "deleted", reason))
    return list(users.values())


def groups_from(rows: Rows, users: Sequence[User], meaning: Meaning) -> tuple[list[DirectGroup], list[RecordWarning]]:
    """Return the listed groups, and a warning for each that vanished or has members who are nobody we know."""
    gone = {row["id"] for row in rows.vanished}
    listed = [row for row in rows.groups if row["id"] not in gone]
    warnings = [
        RecordWarning(
            "group_vanished", row["id"], f"{_name(row)} was deleted while the account was read", meaning.source
        )
        for row in rows.vanished
    ]
    resolver = _Resolver(rows, users, {row["id"]: position for position, row in enumerate(listed)})
    groups = []
    for row in listed:
        group, strangers = resolver.group(row)
        groups.append(group)
        if strangers and meaning.all_users:
            warnings.append(_strangers(row, strangers, meaning.source))
    return groups, warnings


class _Resolver:
    """Turns members into positions; through nested groups that are not listed it looks at what they contain."""

    def __init__(self, rows: Rows, users: Sequence[User], group_positions: Mapping[str, int]) -> None:
        self._members = rows.members
        self._groups = group_positions
        self._user_by_id = {user.external_id: position for position, user in enumerate(users)}
        self._user_by_email = {user.email: position for position, user in enumerate(users) if user.status != "deleted"}
        self._guests = {row["id"] for row in rows.users if row.get("isGuestUser")}

    def group(self, row: Row) -> tuple[DirectGroup, list[Row]]:
        """Return a group, and those of its members who are neither users nor groups of the account."""
        users: dict[int, None] = {}
        groups: dict[int, None] = {}
        strangers: dict[str, Row] = {}
        everyone = False
        for member in self._reachable(row["id"]):
            position = self._user(member)
            if member.get("type") == "CUSTOMER":
                everyone = True
            elif position is not None:
                users[position] = None
            elif member["id"] in self._groups:
                groups[self._groups[member["id"]]] = None
            elif member["id"] not in self._members and member["id"] not in self._guests:
                strangers[member["id"]] = member
        return DirectGroup(row["id"], _name(row), list(users), list(groups), everyone), list(strangers.values())

    def _reachable(self, group: str) -> Iterable[Row]:
        """Yield the members of a group and of the groups in it that are not listed, each group once."""
        waiting, seen = [group], {group}
        while waiting:
            for member in self._members[waiting.pop()]:
                yield member
                nested = member["id"]
                if nested in self._members and nested not in self._groups and nested not in seen:
                    seen.add(nested)
                    waiting.append(nested)

    def _user(self, member: Row) -> int | None:
        """Return the position of the user that a member is; the id decides before the e-mail."""
        position = self._user_by_id.get(member["id"])
        if position is None and member.get("type") != "GROUP":
            position = self._user_by_email.get(str(member.get("email", "")).lower())
        return position


def _user(row: Row, meaning: Meaning, status: UserStatus, reason: str) -> User:
    name = row.get("name")
    candidates = [row.get("primaryEmail"), *row.get("aliases", ()), *row.get("nonEditableAliases", ())]
    return User(
        external_id=row["id"],
        email=choose_email(candidates, meaning.email_rule),
        name=(name.get("fullName") if isinstance(name, dict) else None) or None,
        status=status,
        source=meaning.source,
        status_reason=reason,
    )


def _status(row: Row) -> tuple[UserStatus, str]:
    """Return the status of a listed user, and why it is that."""
    if row.get("archived"):
        return "disabled", "archived"
    if row.get("suspended"):
        return "disabled", f"suspended: {row['suspensionReason']}" if row.get("suspensionReason") else "suspended"
    return "active", ""


def _name(group: Row) -> str:
    return str(group.get("name") or group.get("email") or "")


def _strangers(group: Row, strangers: Sequence[Row], source: str) -> RecordWarning:
    named = ", ".join(str(member.get("email") or member["id"]) for member in strangers[:NAMED_MEMBERS])
    more = f" and {len(strangers) - NAMED_MEMBERS} more" if len(strangers) > NAMED_MEMBERS else ""
    message = f"{_name(group)} has members from outside the account, who are left out: {named}{more}"
    return RecordWarning("member_external", group["id"], message, source)
