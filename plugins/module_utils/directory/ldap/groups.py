# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading groups and whom they contain directly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import (
    Attributes,
    Values,
    first_text,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.identity import Identity
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import Layout
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.members import MemberResolver
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Search, Searcher
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.primary_groups import PrimaryGroups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.users import People
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import DirectGroup


@dataclass(slots=True)
class Groups:
    """The groups that were read, what their members could not be resolved to, and how many groups each base added."""

    groups: list[DirectGroup]
    resolver: MemberResolver
    bases: dict[str, int]


class GroupReader:
    """Reads the groups of a layout first and, once the users are known, says who is in which.

    The order spares asking for the login names of users where no group refers to them.
    """

    def __init__(self, layout: Layout, primary_groups: PrimaryGroups | None = None) -> None:
        attributes = Attributes()
        self._layout = layout
        self._primary_groups = primary_groups
        self._identity = Identity(layout.external_id, attributes)
        self._name = attributes.add(layout.group_name_attribute)
        self._names = [self._name, attributes.add("cn")]
        self._members = attributes.add_all(layout.member_attributes)
        self._primary = attributes.add_all(primary_groups.rule.group_attributes if primary_groups else ())
        self._attributes = tuple(attributes.names)
        self._entries: dict[bytes, list[Values]] = {}
        self._bases: dict[str, int] = {}

    def read(self, searcher: Searcher) -> None:
        """Read the entries of all bases; one below two bases counts once."""
        layout = self._layout
        entries = self._entries
        for base in layout.group_bases:
            known = len(entries)
            search = Search(base, layout.group_filter, self._attributes, layout.group_scope)
            for batch in searcher.read(search):
                for dn, row in batch:
                    entries.setdefault(dn, row)
            self._bases[base] = len(entries) - known

    def refers_to_logins(self) -> bool:
        """Return whether any member is a login name and no DN."""
        return any(b"=" not in value for row in self._entries.values() for value in self._member_values(row))

    def resolve(self, people: People) -> Groups:
        """Return the groups with the positions of their members.

        Raises DirectoryError where entries lack their identity, or all of them the attributes named in the options.
        """
        positions = {dn: position for position, dn in enumerate(self._entries)}
        resolver = MemberResolver(people.positions, positions, people.logins)
        groups = [self._group(dn, row, resolver) for dn, row in self._entries.items()]
        self._identity.check("groups", len(groups))
        self._check_attributes(list(self._entries.values()))
        return Groups(groups, resolver, self._bases)

    def _member_values(self, row: list[Values]) -> list[bytes]:
        return [value for column in self._members for value in row[column] or ()]

    def _group(self, dn: bytes, row: list[Values], resolver: MemberResolver) -> DirectGroup:
        users, groups = resolver.resolve(self._member_values(row))
        if self._primary_groups:
            users += self._primary_groups.members([row[column] for column in self._primary])
        return DirectGroup(
            external_id=self._identity.read(dn, row),
            name=first_text(row, self._names) or "",
            users=users,
            groups=groups,
        )

    def _check_attributes(self, rows: Sequence[list[Values]]) -> None:
        """Raise DirectoryError where all groups lack a name, or the member attributes that the options name."""
        required = {"group_name_attribute": [self._name]}
        if self._layout.members_required:
            required["member_attributes"] = self._members
        for option, columns in required.items():
            if rows and not any(row[column] is not None for row in rows for column in columns):
                names = " or ".join(self._attributes[column] for column in columns)
                raise DirectoryError(
                    f"None of {len(rows)} groups has the attribute {names}",
                    hint=f"Check {option}, and whether the account may read it",
                )
