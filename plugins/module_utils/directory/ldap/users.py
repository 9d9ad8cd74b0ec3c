# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading people: one search per base, each entry straight into a user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import choose_email
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import (
    Attributes,
    Values,
    first_text,
    value_text,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import NoSuchObjectError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.identity import Identity
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import Layout
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Search, Searcher
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.primary_groups import PrimaryGroups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.status import StatusRule
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import RecordWarning, User


@dataclass(slots=True)
class People:
    """The users that were read, and how groups may name them: by DN, or by login name with ASCII in lower case.

    A login name that two users have stands for None.
    """

    users: list[User] = field(default_factory=list)
    positions: dict[bytes, int] = field(default_factory=dict)
    logins: dict[bytes, int | None] = field(default_factory=dict)


class UserReader:
    """Turns the entries of a layout's user bases into users of the source called ``source``."""

    def __init__(
        self, layout: Layout, status_rule: StatusRule, source: str, primary_groups: PrimaryGroups | None = None
    ) -> None:
        attributes = Attributes()
        self._layout = layout
        self._rule = status_rule
        self._source = source
        self._primary_groups = primary_groups
        self._identity = Identity(layout.external_id, attributes)
        self._emails = attributes.add_all(layout.email_attributes)
        self._names = attributes.add_all(layout.user_name_attributes)
        self._login = attributes.add(layout.login_attribute)
        self._prefix = attributes.add_all([layout.email_prefix_attribute] if layout.email_rule.suffix else [])
        self._status = attributes.add_all(status_rule.attributes)
        self._primary = attributes.add_all(primary_groups.rule.user_attributes if primary_groups else ())
        self._attributes = tuple(attributes.names)

    def read(self, reader: Searcher) -> People:
        """Return all users of all bases; an entry below two bases counts once.

        Raises DirectoryError where entries lack their identity, or all of them an e-mail.
        """
        people = People()
        layout = self._layout
        for base in layout.user_bases:
            self._read_base(reader, people, Search(base, layout.user_filter, self._attributes, layout.user_scope))
        self._identity.check("users", len(people.users))
        if people.users and not any(user.email for user in people.users):
            raise DirectoryError(
                f"None of {len(people.users)} users has a value of {' or '.join(layout.email_attributes)}",
                hint="Check email_attributes, and whether the account may read them",
            )
        return people

    def read_deleted(self, reader: Searcher, people: People) -> list[RecordWarning]:
        """Add the deleted users that the server keeps in folders of their own.

        A folder that does not exist, or is hidden from this account, makes a warning: such users are merely absent.
        """
        warnings = []
        first = len(people.users)
        for base in self._layout.deleted_bases:
            try:
                self._read_base(reader, people, Search(base, self._layout.user_filter, self._attributes))
            except NoSuchObjectError as error:  # noqa: PERF203 (a few bases)
                warnings.append(RecordWarning("deleted_unreadable", base, str(error), self._source))
        people.users[first:] = [replace(user, status="deleted", status_reason="") for user in people.users[first:]]
        self._identity.check("users", len(people.users))
        return warnings

    def _read_base(self, reader: Searcher, people: People, search: Search) -> None:
        for batch in reader.read(search):
            for dn, row in batch:
                if dn not in people.positions:
                    self._add(people, dn, row)

    def _add(self, people: People, dn: bytes, row: Sequence[Values]) -> None:
        position = len(people.users)
        people.positions[dn] = position
        for value in row[self._login] or ():
            login = value.lower()
            people.logins[login] = None if login in people.logins else position
        if self._primary_groups:
            self._primary_groups.add_user(position, [row[column] for column in self._primary])
        people.users.append(self._user(dn, row))

    def _user(self, dn: bytes, row: Sequence[Values]) -> User:
        status, reason = self._rule.status([row[column] for column in self._status])
        emails = [value_text(value) for column in self._emails for value in row[column] or ()]
        prefix = first_text(row, self._prefix) if self._prefix else None
        # Positional, because keywords cost a third more, 100,000 times.
        return User(
            self._identity.read(dn, row),
            choose_email(emails, self._layout.email_rule, prefix),
            first_text(row, self._names),
            status,
            self._source,
            reason,
        )
