# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LDIF (RFC 2849): the entries that slapcat, ldapsearch, ldifde or an editor left in a file.

Only content records are read, and records to add, as ldifde exports entries. Other change records say what to do, not
what there is; values behind URLs would make a file reach for other files; both are refused.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    IncompleteReadError,
)


@dataclass(frozen=True, slots=True)
class LdifEntry:
    """One entry: its DN as spelled in the file, and its values by attribute description in lower case."""

    dn: bytes
    attributes: dict[str, list[bytes]]


class _Line(NamedTuple):
    """One logical line: the number of its first physical line, the attribute description in lower case, the value."""

    number: int
    name: str
    value: bytes


def parse_ldif(content: bytes, path: str) -> Iterator[LdifEntry]:
    """Yield the entries of an LDIF file; ``path`` names it in errors.

    The record that ldapsearch puts at the end is checked, and its references are skipped. Raises ConfigurationError
    with the line for anything that is no content record, and IncompleteReadError where ldapsearch recorded that its
    search failed.
    """
    for record in _records(content, path):
        first = record[0]
        if first.name == "version" and len(record) > 1:
            record = record[1:]
            first = record[0]
        if first.name == "dn":
            yield _entry(record, path)
        elif first.name == "search":
            _check_search_result(record, path)
        elif first.name not in ("version", "ref"):
            raise _error(path, first.number, f"a record begins with {first.name} instead of dn")


def _entry(record: list[_Line], path: str) -> LdifEntry:
    attributes: dict[str, list[bytes]] = {}
    for line in record[1:]:
        if line.name == "changetype" and line.value == b"add":
            continue
        if line.name in ("changetype", "control"):
            raise _error(path, line.number, "this is a change record; only entries themselves can be read")
        if line.name == "dn":
            raise _error(path, line.number, "a record has two DNs; an empty line between entries is missing")
        name, is_range, last = line.name.partition(";range=")
        if is_range and last != "0-*":
            raise IncompleteReadError(
                f"{path}, line {line.number}: the entry has only a part of its values of {name} ({line.name})",
                hint="Export the directory with a tool that fetches large groups completely, such as ldifde",
            )
        attributes.setdefault(name.removesuffix(";binary"), []).append(line.value)
    return LdifEntry(record[0].value, attributes)


def _check_search_result(record: list[_Line], path: str) -> None:
    for line in record:
        if line.name == "result" and not line.value.startswith(b"0"):
            raise IncompleteReadError(
                f"The search that made {path} failed: {line.value.decode('utf-8', 'replace')} (line {line.number})",
                hint="Export the directory again, completely",
            )


def _records(content: bytes, path: str) -> Iterator[list[_Line]]:
    """Yield runs of logical lines between empty lines."""
    record: list[_Line] = []
    for number, text in _logical_lines(content, path):
        if text:
            record.append(_line(number, text, path))
        elif record:
            yield record
            record = []
    if record:
        yield record


def _logical_lines(content: bytes, path: str) -> Iterator[tuple[int, bytes]]:
    """Yield lines with their continuations joined, without comments; a line that is empty separates records."""
    number, parts = 0, [b"#"]
    for current, physical in enumerate(io.BytesIO(content), 1):
        text = physical.rstrip(b"\r\n")
        if text.startswith(b" ") and number:
            parts.append(text[1:])
            continue
        if text.startswith(b" "):
            raise _error(path, current, "a continuation line has nothing to continue")
        if not parts[0].startswith(b"#"):
            yield number, b"".join(parts)
        number, parts = (current if text else 0), [text]
    if not parts[0].startswith(b"#"):
        yield number, b"".join(parts)


def _line(number: int, text: bytes, path: str) -> _Line:
    description, colon, value = text.partition(b":")
    name = _name(description)
    if not colon or not name:
        raise _error(path, number, "attribute: value is expected")
    if value.startswith(b"<"):
        raise _error(path, number, "values behind URLs are not read; put the value itself into the file")
    if value.startswith(b":"):
        try:
            return _Line(number, name, base64.b64decode(value[1:].strip(), validate=True))
        except binascii.Error as error:
            raise _error(path, number, f"the value is not valid Base64: {error}") from error
    return _Line(number, name, value.lstrip(b" "))


@lru_cache(1000)
def _name(description: bytes) -> str:
    """Return an attribute description in lower case, empty where it is none; few different ones occur in a file."""
    return description.decode().lower() if description.isascii() and b" " not in description else ""


def _error(path: str, number: int, reason: str) -> ConfigurationError:
    return ConfigurationError(f"{path}, line {number}: {reason}", hint="The format is LDIF (RFC 2849)")
