# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV (RFC 4180): one file with a user per row, and optionally one with a membership per row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.records import GroupRecord, Records

USER_COLUMNS = ("external_id", "email", "name", "status")
MEMBERSHIP_COLUMNS = ("group", "group_id", "member", "member_group")
_REQUIRED = frozenset({"external_id", "email", "group"})


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its decoded text, its ``path`` for errors, what separates values, and renamed columns."""

    text: str
    path: str
    delimiter: str
    columns: Mapping[str, str]

    def rows(self, wanted: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield where each row is and its values of the ``wanted`` columns; a column that is absent has none.

        Raises ConfigurationError with the line where the file is no CSV, lacks a column or has a row of another width.
        """
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        try:
            header = [title.strip() for title in next(reader, [])]
            places = self._places(header, wanted)
            for row in reader:
                if not row:
                    continue
                where = f"{self.path}, line {reader.line_num}"
                if len(row) != len(header):
                    raise ConfigurationError(f"{where}: the row has {len(row)} values, the header {len(header)}")
                yield where, {name: row[place] for name, place in places.items()}
        except csv.Error as error:
            raise ConfigurationError(f"{self.path}, line {reader.line_num}: this is not CSV: {error}") from error

    def _places(self, header: list[str], wanted: tuple[str, ...]) -> dict[str, int]:
        """Return at which position each wanted column stands; a column must exist when renamed or indispensable."""
        places = {}
        for name in wanted:
            title = self.columns.get(name) or name
            if header.count(title) == 1:
                places[name] = header.index(title)
            elif title in header or name in _REQUIRED or self.columns.get(name):
                problem = "occurs twice" if title in header else "is missing"
                found = ", ".join(header) or "none"
                raise ConfigurationError(
                    f"{self.path}, line 1: the column {title} {problem}; the columns are: {found}",
                    hint="Name the columns of your file in columns, and check the delimiter",
                )
        return places


def add_users(records: Records, table: Table) -> None:
    """Add the users of a table with the columns ``external_id``, ``email``, ``name`` and ``status``."""
    for where, values in table.rows(USER_COLUMNS):
        records.add_user(where, values)


def add_memberships(records: Records, table: Table) -> None:
    """Add the groups of a table with the columns ``group``, ``group_id``, ``member`` and ``member_group``.

    Each row names a user or a nested group as a member of ``group``; a row with neither declares an empty group.
    Without ``group_id`` the name is the external id.
    """
    groups: dict[str, GroupRecord] = {}
    for where, values in table.rows(MEMBERSHIP_COLUMNS):
        name = values["group"].strip()
        if not name:
            raise ConfigurationError(f"{where}: the group has no name")
        external_id = values.get("group_id", "").strip() or name
        group = groups.setdefault(external_id, GroupRecord(external_id, name))
        if group.name != name:
            raise ConfigurationError(f"{where}: the group {external_id} is called {group.name} above and {name} here")
        group.members += filter(None, [values.get("member", "").strip()])
        group.groups += filter(None, [values.get("member_group", "").strip()])
    records.groups.extend(groups.values())
