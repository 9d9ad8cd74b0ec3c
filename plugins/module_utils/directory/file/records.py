# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From records of whatever file format to a reading: checked values, and members found by id or e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast, get_args

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import choose_email
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    DirectGroup,
    Reading,
    RecordWarning,
    User,
    UserStatus,
)

_STATUSES = get_args(UserStatus)


@dataclass(slots=True)
class GroupRecord:
    """A group as a file names it: ``members`` are external ids or e-mails, ``groups`` external ids or names."""

    external_id: str
    name: str
    members: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


class Records:
    """The users and groups of one file, in its order."""

    def __init__(self, source: str) -> None:
        self.users: list[User] = []
        self.groups: list[GroupRecord] = []
        self._source = source

    def add_user(self, where: str, values: Mapping[str, str]) -> None:
        """Add a user from ``external_id``, ``email``, ``name`` and ``status``; a missing status means active.

        ``where`` names the record in errors. Raises ConfigurationError without external id or with another status.
        """
        external_id = values.get("external_id", "").strip()
        if not external_id:
            raise ConfigurationError(
                f"{where}: external_id is missing",
                hint="Every user needs a key that never changes, also when the e-mail does: a staff number or login",
            )
        status = values.get("status", "").strip().lower() or "active"
        if status not in _STATUSES:
            raise ConfigurationError(f"{where}: the status {status!r} is none of: {', '.join(_STATUSES)}")
        self.users.append(
            User(
                external_id=external_id,
                email=choose_email([values.get("email")]),
                name=values.get("name", "").strip() or None,
                status=cast(UserStatus, status),
                source=self._source,
            )
        )

    def reading(self, server: str) -> Reading:
        """Return the reading of the file ``server``; members that fit nobody, or several, are reported and left out."""
        ids = {user.external_id: position for position, user in enumerate(self.users)}
        emails = _unique(user.email or "" for user in self.users)
        group_ids = {group.external_id: position for position, group in enumerate(self.groups)}
        names = _unique(group.name.lower() for group in self.groups)
        warnings: list[RecordWarning] = []

        def found(group: GroupRecord, wanted: str, first: Mapping[str, int], second: Mapping[str, int]) -> list[int]:
            position = first.get(wanted, second.get(wanted.lower()))
            if position is not None:
                return [position]
            message = f"the group {group.name} names {wanted}, which fits no record of the file or several"
            warnings.append(RecordWarning("member_unknown", wanted, message, self._source))
            return []

        groups = [
            DirectGroup(
                external_id=group.external_id,
                name=group.name,
                users=[position for member in group.members for position in found(group, member, ids, emails)],
                groups=[position for nested in group.groups for position in found(group, nested, group_ids, names)],
            )
            for group in self.groups
        ]
        return Reading(users=self.users, groups=groups, warnings=warnings, server=server)


def _unique(keys: Iterable[str]) -> dict[str, int]:
    """Return the position of each key that occurs once; the empty key does not count."""
    positions: dict[str, int] = {}
    repeated = {""}
    for position, key in enumerate(keys):
        if positions.setdefault(key, position) != position:
            repeated.add(key)
    return {key: position for key, position in positions.items() if key not in repeated}
