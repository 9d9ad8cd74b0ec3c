# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small inline lists of members and groups, as GitOps repositories keep them, turned into a snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import choose_email, email_problem
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    Group,
    Snapshot,
    SourceSummary,
    User,
)

SOURCE = "inline"


def inline_snapshot(members: Sequence[Mapping[str, Any]], groups: Sequence[Mapping[str, Any]], now: str) -> Snapshot:
    """Return the snapshot that the lists describe; ``now`` is the time of reading (UTC, ISO 8601).

    A member's external id defaults to the e-mail, a group's to its name. Members of a group are e-mails or external
    ids of the list of members. Raises ConfigurationError for entries that are wrong, ambiguous or unknown.
    """
    users = tuple(_user(member) for member in members)
    names = [(name, user.external_id) for user in users for name in dict.fromkeys((user.email, user.external_id))]
    _refuse_duplicates("members", "email or external_id", (name for name, _unused in names))
    known = dict(names)
    listed = tuple(_group(group, known) for group in groups)
    _refuse_duplicates("groups", "external_id", (group.external_id for group in listed))
    summary = SourceSummary(SOURCE, SOURCE, "the task", now, len(users), len(listed))
    return Snapshot(
        users=tuple(sorted(users, key=lambda user: user.external_id)),
        groups=tuple(sorted(listed, key=lambda group: group.external_id)),
        sources=(summary,),
        created=now,
    )


def _user(member: Mapping[str, Any]) -> User:
    email = choose_email([member["email"]])
    problem = email_problem(email) if email else "it is empty"
    if email is None or problem:
        raise ConfigurationError(f"members: the e-mail {member['email']!r} cannot be invited: {problem}")
    return User(member.get("external_id") or email, email, member.get("name"), member["status"], SOURCE)


def _group(group: Mapping[str, Any], known: Mapping[str | None, str]) -> Group:
    members = set()
    for entry in group["members"]:
        user = known.get(entry) or known.get(entry.strip().lower())
        if user is None:
            raise ConfigurationError(
                f"groups: the group {group['name']} names {entry}, who is not in members",
                hint="Give every member of a group in the members option too, by the same e-mail or external id",
            )
        members.add(user)
    return Group(group.get("external_id") or group["name"], group["name"], SOURCE, tuple(sorted(members)))


def _refuse_duplicates(option: str, field: str, values: Iterable[str | None]) -> None:
    duplicates = sorted(value for value, count in Counter(values).items() if value is not None and count > 1)
    if duplicates:
        raise ConfigurationError(f"{option}: the {field} {', '.join(duplicates)} occurs more than once")
