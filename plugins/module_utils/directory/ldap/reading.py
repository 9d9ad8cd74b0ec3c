# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One complete read of a directory server, the same for every kind, with what a kind does in its own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.connection import DirectoryConnection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import NoSuchObjectError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.groups import GroupReader
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.incremental import (
    ChangeTracker,
    read_incrementally,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import Layout
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Searcher
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.primary_groups import (
    PrimaryGroupRule,
    PrimaryGroups,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.status import AttributeStatus, StatusRule
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.users import UserReader
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    DirectGroup,
    Reading,
    RecordWarning,
    User,
)

DeletedUsers = tuple[list[User], list[RecordWarning]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The ways of one kind of server: who is active, primary groups, and where deleted users are found."""

    status_rule: StatusRule
    read_deleted: Callable[[Searcher], DeletedUsers]
    primary_group_rule: PrimaryGroupRule | None = None


def read_connection(
    connection: DirectoryConnection,
    read: Callable[[Searcher], Reading],
    tracker: ChangeTracker | None,
    options: Mapping[str, Any],
    previous: Mapping[str, Any] | None,
) -> Reading:
    """Return what ``read`` makes of the server's entries, with the server in it.

    With ``tracker``, unchanged entries come from ``previous``, the state of the last reading.
    """
    reader = connection.reader
    if tracker is None:
        reading = read(reader)
    else:
        longest = timedelta(hours=options["full_read_hours"])
        reading = read_incrementally(reader, tracker, previous, longest, read)
    details = {**reading.details, "pages": reader.pages, "references": reader.references}
    return replace(reading, server=str(connection.address), details=details)


def read_entries(searcher: Searcher, layout: Layout, dialect: Dialect, source: str, *, with_groups: bool) -> Reading:
    """Return what the searches of a layout find, without the provenance that only a server has."""
    primary_groups = PrimaryGroups(dialect.primary_group_rule) if dialect.primary_group_rule else None
    group_reader = GroupReader(layout, primary_groups)
    if with_groups:
        group_reader.read(searcher)
    user_reader = UserReader(layout, dialect.status_rule, source, primary_groups)
    people = user_reader.read(searcher, with_logins=group_reader.refers_to_logins())
    _require_emails(people.users, layout)
    warnings: list[RecordWarning] = []
    groups: list[DirectGroup] = []
    details: dict[str, Any] = {"users_by_base": people.bases}
    if with_groups:
        found = group_reader.resolve(people)
        groups = found.groups
        warnings += found.resolver.warnings
        details.update(
            groups_by_base=found.bases,
            unresolved_members=found.resolver.unresolved,
            unresolved_samples=found.resolver.samples,
        )
    deleted, deleted_warnings = dialect.read_deleted(searcher)
    return Reading(
        users=[*people.users, *deleted],
        groups=groups,
        warnings=[replace(warning, source=source) for warning in (*warnings, *deleted_warnings)],
        details=details,
    )


def read_deleted_bases(searcher: Searcher, layout: Layout, source: str) -> DeletedUsers:
    """Return the users below the folders where a server keeps deleted ones.

    A folder that does not exist, or is hidden from this account, makes a warning: its users are merely absent.
    """
    users: list[User] = []
    warnings: list[RecordWarning] = []
    for base in layout.deleted_bases:
        below = replace(layout, user_bases=(base,), user_scope="subtree", user_filter=layout.deleted_filter)
        try:
            found = UserReader(below, AttributeStatus({}), source).read(searcher).users
        except NoSuchObjectError as error:
            warnings.append(RecordWarning("deleted_unreadable", base, str(error)))
        else:
            users += [replace(user, status="deleted") for user in found]
    return users, warnings


def _require_emails(users: Sequence[User], layout: Layout) -> None:
    if users and not any(user.email for user in users):
        raise DirectoryError(
            f"None of {len(users)} users has a value of {' or '.join(layout.email_attributes)}",
            hint="Check email_attributes, and whether the account may read them",
        )
