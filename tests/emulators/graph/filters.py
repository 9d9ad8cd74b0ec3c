# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of OData's $filter that Graph knows for users and groups, parsed and applied.

``eq``, ``ne``, ``not``, ``and``, ``or``, ``in``, ``startsWith``, ``endsWith`` and ``any`` over a list of texts, as in
https://learn.microsoft.com/graph/filter-query-parameter. Texts compare without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .answers import bad_request

Test = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[A-Za-z_][\w/]*|[(),:]|\S)")
_CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter; ``advanced`` ones need ConsistencyLevel and $count (advanced queries)."""

    matches: Test
    advanced: bool


def parse_filter(text: str, properties: Mapping[str, Any] | frozenset[str]) -> Filter:
    """Return the filter; raises GraphError 400 for what is no filter or names an unknown property."""
    parser = _Parser(_TOKEN.findall(text), properties)
    test = parser.disjunction()
    if parser.rest:
        raise bad_request(f"Invalid filter clause: Syntax error at '{parser.rest[0]}'.")
    return Filter(test, parser.advanced)


class _Parser:
    def __init__(self, tokens: list[str], properties: Mapping[str, Any] | frozenset[str]) -> None:
        self.rest = tokens
        self.advanced = False
        self._properties = properties

    def disjunction(self) -> Test:
        tests = [self._conjunction()]
        while self._accept("or"):
            tests.append(self._conjunction())
        return lambda item: any(test(item) for test in tests)

    def _conjunction(self) -> Test:
        tests = [self._negation()]
        while self._accept("and"):
            tests.append(self._negation())
        return lambda item: all(test(item) for test in tests)

    def _negation(self) -> Test:
        if self._accept("not"):
            self.advanced = True
            test = self._negation()
            return lambda item: not test(item)
        if self._accept("("):
            test = self.disjunction()
            self._expect(")")
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        word = self._take()
        if word.lower() in ("startswith", "endswith"):
            return self._affix(word.lower())
        if word.endswith("/any"):
            return self._any(word.removesuffix("/any"))
        name = self._property(word)
        operator = self._take().lower()
        if operator == "in":
            values = self._list()
            return lambda item: _folded(item.get(name)) in values
        if operator not in ("eq", "ne"):
            raise bad_request(f"Invalid filter clause: Unsupported operator '{operator}'.")
        value = self._value()
        if operator == "eq":
            return lambda item: bool(_folded(item.get(name)) == value)
        self.advanced = True
        return lambda item: bool(_folded(item.get(name)) != value)

    def _affix(self, function: str) -> Test:
        self._expect("(")
        name = self._property(self._take())
        self._expect(",")
        value = self._value()
        self._expect(")")
        if function == "startswith":
            return lambda item: (_folded(item.get(name)) or "").startswith(value)
        self.advanced = True
        return lambda item: (_folded(item.get(name)) or "").endswith(value)

    def _any(self, word: str) -> Test:
        name = self._property(word)
        self._expect("(")
        variable = self._take()
        self._expect(":")
        self._expect(variable)
        self._expect("eq")
        value = self._value()
        self._expect(")")
        return lambda item: any(_folded(element) == value for element in item.get(name) or ())

    def _list(self) -> list[Any]:
        self._expect("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")")
        return values

    def _property(self, name: str) -> str:
        if name not in self._properties:
            raise bad_request(f"Invalid filter clause: Could not find a property named '{name}'.")
        return name

    def _value(self) -> Any:
        token = self._take()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'").lower()
        if token not in _CONSTANTS:
            raise bad_request(f"Invalid filter clause: '{token}' is no value.")
        return _CONSTANTS[token]

    def _take(self) -> str:
        if not self.rest:
            raise bad_request("Invalid filter clause: Unexpected end.")
        return self.rest.pop(0)

    def _accept(self, token: str) -> bool:
        if self.rest and self.rest[0].lower() == token:
            self.rest.pop(0)
            return True
        return False

    def _expect(self, token: str) -> None:
        if self._take().lower() != token.lower():
            raise bad_request(f"Invalid filter clause: '{token}' expected.")


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
