# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading people: one search per base, each entry straight into a user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import choose_email
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import (
    Attributes,
    Values,
    first_text,
    value_text,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.identity import Identity
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import Layout
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Search, Searcher
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.primary_groups import PrimaryGroups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.status import StatusRule
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User

_PROXY_ADDRESSES = "proxyaddresses"


@dataclass(slots=True)
class People:
    """The users that were read, and how groups may name them: by DN, or by one of their login names.

    ``logins`` holds the login names of each user, if they were asked for. ``bases`` counts the users that each base
    added.
    """

    users: list[User] = field(default_factory=list)
    positions: dict[bytes, int] = field(default_factory=dict)
    logins: list[Values] = field(default_factory=list)
    bases: dict[str, int] = field(default_factory=dict)


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
        self._emails = [(attributes.add(name), name.lower() == _PROXY_ADDRESSES) for name in layout.email_attributes]
        self._names = attributes.add_all(layout.user_name_attributes)
        self._prefix = attributes.add_all([layout.email_prefix_attribute] if layout.email_rule.suffix else [])
        self._status = attributes.add_all(status_rule.attributes)
        self._primary = attributes.add_all(primary_groups.rule.user_attributes if primary_groups else ())
        self._attributes = attributes
        self._login: int | None = None

    def read(self, reader: Searcher, *, with_logins: bool = False) -> People:
        """Return all users of all bases; an entry below two bases counts once.

        Raises DirectoryError where entries lack their identity.
        """
        people = People()
        layout = self._layout
        if with_logins:
            self._login = self._attributes.add(layout.login_attribute)
        attributes = tuple(self._attributes.names)
        for base in layout.user_bases:
            known = len(people.users)
            self._read_base(reader, people, Search(base, layout.user_filter, attributes, layout.user_scope))
            people.bases[base] = len(people.users) - known
        self._identity.check("users", len(people.users))
        return people

    def _read_base(self, reader: Searcher, people: People, search: Search) -> None:
        for batch in reader.read(search):
            for dn, row in batch:
                if dn not in people.positions:
                    self._add(people, dn, row)

    def _add(self, people: People, dn: bytes, row: Sequence[Values]) -> None:
        position = len(people.users)
        people.positions[dn] = position
        if self._login is not None:
            people.logins.append(row[self._login])
        if self._primary_groups:
            self._primary_groups.add_user(position, [row[column] for column in self._primary])
        people.users.append(self._user(dn, row))

    def _user(self, dn: bytes, row: Sequence[Values]) -> User:
        status, reason = self._rule.status([row[column] for column in self._status])
        emails: list[str] = []
        for column, proxies in self._emails:
            values = row[column]
            if values:
                emails += proxy_addresses(values) if proxies else [value_text(value) for value in values]
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


def proxy_addresses(values: Sequence[bytes]) -> list[str]:
    """Return the e-mail addresses among the values of proxyAddresses, the primary one first.

    Each value has a scheme, and that of the primary address is in capitals: ``SMTP:ann@example.org``.
    """
    addresses = [value_text(value) for value in values if value[:5].lower() == b"smtp:"]
    return [address[5:] for address in sorted(addresses, key=lambda address: not address.startswith("SMTP:"))]
