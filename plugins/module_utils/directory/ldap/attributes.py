# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes that a search asks for, and their values in its entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

Values: TypeAlias = "list[bytes] | None"
"""The values of one attribute of an entry, None where it is absent."""


class Attributes:
    """The attributes of a search, each requested once, whoever asks for it."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def add(self, name: str) -> int:
        """Return the position at which the values of this attribute will come."""
        for position, known in enumerate(self.names):
            if known.lower() == name.lower():
                return position
        self.names.append(name)
        return len(self.names) - 1

    def add_all(self, names: Iterable[str]) -> list[int]:
        """Return the positions of several attributes."""
        return [self.add(name) for name in names]


def value_text(value: bytes) -> str:
    """Return a value or DN as text; what is not UTF-8 shows as replacement characters."""
    return value.decode("utf-8", "replace")


def whole_number(values: Values) -> int | None:
    """Return the first value as a number, None where there is none or it is no number."""
    try:
        return int(values[0]) if values else None
    except ValueError:
        return None


def first_text(row: Sequence[Values], positions: Iterable[int]) -> str | None:
    """Return the first value that is not blank, trimmed, of the first attribute that has one."""
    for position in positions:
        for value in row[position] or ():
            text = value_text(value).strip()
            if text:
                return text
    return None
