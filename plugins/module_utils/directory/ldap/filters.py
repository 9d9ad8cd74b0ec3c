# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Search filters: their text form (RFC 4515) checked and turned into what goes over the wire (RFC 4511, 4.5.1.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.ber import (
    OCTET_STRING,
    SEQUENCE,
    boolean,
    element,
    text,
)

_AND, _OR, _NOT = 0xA0, 0xA1, 0xA2
_EQUAL, _SUBSTRINGS, _PRESENT, _EXTENSIBLE = 0xA3, 0xA4, 0x87, 0xA9
_COMPARISONS = {"=": _EQUAL, ">=": 0xA5, "<=": 0xA6, "~=": 0xA8}
_INITIAL, _ANY, _FINAL = 0x80, 0x81, 0x82
_RULE, _TYPE, _MATCH_VALUE, _DN_ATTRIBUTES = 0x81, 0x82, 0x83, 0x84

_DEEPEST = 100
_DESCRIPTION = r"(?:[A-Za-z][A-Za-z0-9_-]*|[0-9]+(?:\.[0-9]+)*)(?:;[A-Za-z0-9-]+)*"
_SPACE = re.compile(r"\s*")
_ITEM = re.compile(rf"\s*({_DESCRIPTION})\s*(=|>=|<=|~=)")
_MATCH = re.compile(rf"\s*({_DESCRIPTION})?(:dn)?(?::({_DESCRIPTION}))?:=")
_VALUE = re.compile(r"(?:[^()*\\\0]|\\[0-9A-Fa-f]{2})*")


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as text, for messages, and as it goes over the wire."""

    text: str
    encoded: bytes


def parse_filter(filter_text: str, option: str) -> Filter:
    """Return the checked filter; ``option`` names where it was written, for the error.

    White space around components is allowed, as ldapsearch does. Raises ConfigurationError with the position of the
    first character that does not fit: a server would find nothing for many a broken filter, which looks like an empty
    directory.
    """
    try:
        return Filter(filter_text, _Parser(filter_text).parse())
    except _FilterError as error:
        raise ConfigurationError(
            f'The filter "{filter_text}" in {option} is not valid at character {error.position + 1}: {error.reason}',
            hint="The syntax is that of RFC 4515, for instance (&(objectClass=person)(mail=*))",
        ) from None


class _FilterError(Exception):
    def __init__(self, position: int, reason: str) -> None:
        super().__init__(reason)
        self.position = position
        self.reason = reason


class _Parser:
    def __init__(self, filter_text: str) -> None:
        self._text = filter_text
        self._position = 0

    def parse(self) -> bytes:
        encoded = self._filter(0)
        self._skip_space()
        if self._position < len(self._text):
            raise self._error("nothing may follow the closing parenthesis")
        return encoded

    def _filter(self, depth: int) -> bytes:
        if depth > _DEEPEST:
            raise self._error(f"the filter is nested more than {_DEEPEST} deep")
        self._expect("(")
        self._skip_space()
        operator = self._text[self._position : self._position + 1]
        if operator in ("&", "|"):
            self._position += 1
            encoded = element(_AND if operator == "&" else _OR, *self._filters(depth + 1))
        elif operator == "!":
            self._position += 1
            encoded = element(_NOT, self._filter(depth + 1))
        else:
            encoded = self._item()
        self._expect(")")
        return encoded

    def _filters(self, depth: int) -> list[bytes]:
        """Return the components of an AND or OR; none at all is the absolute true or false (RFC 4526)."""
        components = []
        self._skip_space()
        while self._text.startswith("(", self._position):
            components.append(self._filter(depth))
            self._skip_space()
        return components

    def _item(self) -> bytes:
        item = _ITEM.match(self._text, self._position)
        if item is None:
            return self._extensible_match()
        self._position = item.end()
        description = text(item[1])
        parts = self._value_parts() if item[2] == "=" else [self._value()]
        if len(parts) == 1:
            return element(_COMPARISONS[item[2]], description, element(OCTET_STRING, parts[0]))
        if parts == [b"", b""]:
            return text(item[1], _PRESENT)
        return element(_SUBSTRINGS, description, element(SEQUENCE, *_substrings(parts)))

    def _value_parts(self) -> list[bytes]:
        """Return the pieces of a value between its asterisks."""
        parts = [self._value()]
        while self._text.startswith("*", self._position):
            self._position += 1
            parts.append(self._value())
        return parts

    def _extensible_match(self) -> bytes:
        match = _MATCH.match(self._text, self._position)
        if match is None or not (match[1] or match[3]):
            raise self._error("an attribute name and one of = >= <= ~= := are needed here")
        self._position = match.end()
        return element(
            _EXTENSIBLE,
            text(match[3], _RULE) if match[3] else b"",
            text(match[1], _TYPE) if match[1] else b"",
            element(_MATCH_VALUE, self._value()),
            boolean(True, _DN_ATTRIBUTES) if match[2] else b"",
        )

    def _value(self) -> bytes:
        match = _VALUE.match(self._text, self._position)
        value = match.group() if match else ""
        self._position += len(value)
        if self._text.startswith("\\", self._position):
            raise self._error("a backslash must be followed by two hexadecimal digits")
        pieces = value.split("\\")
        return pieces[0].encode() + b"".join(bytes.fromhex(piece[:2]) + piece[2:].encode() for piece in pieces[1:])

    def _expect(self, character: str) -> None:
        self._skip_space()
        if not self._text.startswith(character, self._position):
            raise self._error(f"{character} is missing")
        self._position += 1

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._position)
        self._position = match.end() if match else self._position

    def _error(self, reason: str) -> _FilterError:
        return _FilterError(self._position, reason)


def _substrings(parts: list[bytes]) -> list[bytes]:
    first, *middle, last = parts
    tagged = [(_INITIAL, first), *((_ANY, part) for part in middle), (_FINAL, last)]
    return [element(tag, part) for tag, part in tagged if part]
