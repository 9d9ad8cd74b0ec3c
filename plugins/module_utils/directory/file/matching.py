# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which entries a search filter selects, decided here because a file has no server (RFC 4511, 4.5.1.7).

Values compare as directory strings without regard to case, whatever their syntax; whole numbers compare as numbers in
``>=`` and ``<=``. Extensible matches need a server's matching rules and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.ber import content
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import Filter

Attributes = Mapping[str, Sequence[bytes]]
Condition = Callable[[Attributes], bool]

_AND, _OR, _NOT = 0xA0, 0xA1, 0xA2
_EQUAL, _SUBSTRINGS, _AT_LEAST, _AT_MOST, _PRESENT, _SIMILAR = 0xA3, 0xA4, 0xA5, 0xA6, 0x87, 0xA8
_INITIAL, _FINAL = 0x80, 0x82
_spaces = re.compile(r"\s+")
_whole_number = re.compile(r"-?[0-9]{1,40}").fullmatch
# RFC 4512 (2.4.1), RFC 4519, RFC 2798: an entry of a class is one of its superclasses too, even if it does not say so.
_SUPERCLASSES = {
    "inetorgperson": "organizationalperson",
    "user": "organizationalperson",
    "organizationalperson": "person",
}


def condition_from(search_filter: Filter) -> Condition:
    """Return the function that says whether an entry, with its attribute names in lower case, fits the filter.

    Raises ConfigurationError for an extensible match.
    """
    return _condition(search_filter.encoded, 0, search_filter)


def _condition(encoded: bytes, position: int, search_filter: Filter) -> Condition:
    tag = encoded[position]
    start, end = content(encoded, position)
    if tag in (_AND, _OR, _NOT):
        parts = [_condition(encoded, child, search_filter) for child in _children(encoded, start, end)]
        if tag == _NOT:
            return lambda entry: not parts[0](entry)
        combine = all if tag == _AND else any
        return lambda entry: combine(part(entry) for part in parts)
    if tag == _PRESENT:
        name = encoded[start:end].decode().lower()
        return lambda entry: name in entry
    if tag in (_SUBSTRINGS, _EQUAL, _SIMILAR, _AT_LEAST, _AT_MOST):
        description, operand = _children(encoded, start, end)
        return _comparison(tag, _body(encoded, description).decode().lower(), encoded, operand)
    raise ConfigurationError(
        f'The filter "{search_filter.text}" has an extensible match (:=), which only a server can decide',
        hint="Leave it out for a file, and select with include and exclude",
    )


def _children(encoded: bytes, start: int, end: int) -> Iterator[int]:
    """Yield the positions of the elements between ``start`` and ``end``."""
    while start < end:
        yield start
        start = content(encoded, start)[1]


def _body(encoded: bytes, position: int) -> bytes:
    """Return the content of the element at ``position``."""
    return encoded[slice(*content(encoded, position))]


def _comparison(tag: int, name: str, encoded: bytes, operand: int) -> Condition:
    """Return the condition that any value of the attribute ``name`` fits the operand."""
    if tag == _SUBSTRINGS:
        children = _children(encoded, *content(encoded, operand))
        pieces = [(encoded[child], _piece(_body(encoded, child))) for child in children]
        return lambda entry: any(_fits(_folded(value), pieces) for value in entry.get(name, ()))
    wanted = _folded(_body(encoded, operand))
    if tag == _AT_LEAST:
        return lambda entry: any(_order(_folded(value), wanted) >= 0 for value in entry.get(name, ()))
    if tag == _AT_MOST:
        return lambda entry: any(_order(_folded(value), wanted) <= 0 for value in entry.get(name, ()))
    if name == "objectclass":
        return lambda entry: wanted in _classes(entry.get(name, ()))
    if name == "objectcategory":
        # Active Directory stores a DN and lets filters name its first value only (MS-ADTS, 3.1.1.3.1.3.5).
        return lambda entry: any(
            _folded(value) == wanted or _folded(value).startswith(f"cn={wanted},") for value in entry.get(name, ())
        )
    return lambda entry: any(_folded(value) == wanted for value in entry.get(name, ()))


def _classes(values: Sequence[bytes]) -> set[str]:
    classes = {"top"}
    for value in values:
        name: str | None = _folded(value)
        while name:
            classes.add(name)
            name = _SUPERCLASSES.get(name)
    return classes


def _fits(value: str, pieces: Sequence[tuple[int, str]]) -> bool:
    """Say whether the pieces of a substring filter occur in the value, in their order and places."""
    position = 0
    for tag, piece in pieces:
        if tag == _FINAL:
            return len(value) - len(piece) >= position and value.endswith(piece)
        found = value.find(piece, position)
        if found < 0 or (tag == _INITIAL and found > 0):
            return False
        position = found + len(piece)
    return True


def _order(value: str, limit: str) -> int:
    """Return whether the value comes before (-1), with (0) or after (1) the limit."""
    if _whole_number(value) and _whole_number(limit):
        number, other = int(value), int(limit)
        return (number > other) - (number < other)
    return (value > limit) - (value < limit)


def _folded(value: bytes) -> str:
    """Return a value in the form in which values are compared (RFC 4518, much simplified)."""
    return _piece(value).strip()


def _piece(value: bytes) -> str:
    """Return a part of a value in that form; its outer spaces count."""
    return _spaces.sub(" ", value.decode("utf-8", "surrogateescape").casefold())
