# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables of dataclass rows, read from memory and written through to SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar


@dataclass(frozen=True, slots=True)
class Identified:
    """The base of rows: ``id`` is the primary key."""

    id: str


Row = TypeVar("Row", bound=Identified)


def connect(database: str) -> sqlite3.Connection:
    """Open a database file, or ``:memory:``. The file survives a killed process, not a power failure."""
    connection = sqlite3.connect(database, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    return connection


class Table(Generic[Row]):
    """The rows of one dataclass by id, in the order of their creation."""

    def __init__(self, connection: sqlite3.Connection, name: str, row_type: type[Row]) -> None:
        self._connection = connection
        self._name = name
        self._row_type = row_type
        self._columns = [(column.name, str(column.type)) for column in fields(row_type)]
        names = ", ".join(column for column, _type in self._columns if column != "id")
        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} (id TEXT PRIMARY KEY, {names})")
        marks = ", ".join("?" * len(self._columns))
        updates = ", ".join(f"{column} = excluded.{column}" for column, _type in self._columns)
        self._upsert = f"INSERT INTO {name} VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {updates}"
        self._rows: dict[str, Row] = {}
        for values in connection.execute(f"SELECT * FROM {name} ORDER BY rowid"):
            row = self._decode(values)
            self._rows[row.id] = row

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def get(self, key: str) -> Row | None:
        """Return the row with this id, or None."""
        return self._rows.get(key)

    def put(self, row: Row) -> Row:
        """Insert the row or replace the one with its id."""
        self._rows[row.id] = row
        self._connection.execute(self._upsert, self._encode(row))
        return row

    def remove(self, key: str) -> None:
        """Delete the row with this id."""
        del self._rows[key]
        self._connection.execute(f"DELETE FROM {self._name} WHERE id = ?", (key,))

    def clear(self) -> None:
        """Delete all rows."""
        self._rows = {}
        self._connection.execute(f"DELETE FROM {self._name}")

    def _encode(self, row: Row) -> list[Any]:
        values = (getattr(row, column) for column, _type in self._columns)
        return [json.dumps(value) if isinstance(value, (dict, list)) else value for value in values]

    def _decode(self, values: tuple[Any, ...]) -> Row:
        decoded: dict[str, Any] = {}
        for (column, kind), value in zip(self._columns, values, strict=True):
            if value is not None and kind.startswith(("dict", "list")):
                decoded[column] = json.loads(value)
            else:
                decoded[column] = bool(value) if kind == "bool" else value
        return self._row_type(**decoded)
