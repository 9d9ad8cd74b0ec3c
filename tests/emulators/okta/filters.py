# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``filter`` expressions of the user and group listings: comparisons joined by ``and``, ``or`` and parentheses.

https://developer.okta.com/docs/reference/core-okta-api/#filter
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from .errors import invalid_search, unsupported_filter

TOKEN = re.compile(r"\s*(\(|\)|[A-Za-z_.]+|\"(?:[^\"\\]|\\.)*\")")
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
Value = str | float
Row = Mapping[str, Value]
Condition = Callable[[Row], bool]


def parse_filter(text: str, attributes: Collection[str], dates: Collection[str]) -> Condition:
    """Return the condition that ``text`` expresses over rows with these attributes; ``dates`` are those in seconds.

    Only dates can be compared by order. Raises OktaError as Okta refuses an expression.
    """
    return _Parser(text, attributes, dates).parse()


class _Parser:
    """Recursive descent; ``and`` binds tighter than ``or``."""

    def __init__(self, text: str, attributes: Collection[str], dates: Collection[str]) -> None:
        self._text = text
        self._attributes = attributes
        self._dates = dates
        self._tokens = self._tokenize()

    def parse(self) -> Condition:
        condition = self._either()
        if self._tokens:
            raise invalid_search(self._text)
        return condition

    def _tokenize(self) -> list[str]:
        tokens, position = [], 0
        while self._text[position:].strip():
            match = TOKEN.match(self._text, position)
            if match is None:
                raise invalid_search(self._text)
            tokens.append(match[1])
            position = match.end()
        return tokens

    def _next(self) -> str:
        if not self._tokens:
            raise invalid_search(self._text)
        return self._tokens.pop(0)

    def _accept(self, word: str) -> bool:
        if self._tokens and self._tokens[0].lower() == word:
            self._tokens.pop(0)
            return True
        return False

    def _either(self) -> Condition:
        conditions = [self._all()]
        while self._accept("or"):
            conditions.append(self._all())
        return lambda row: any(condition(row) for condition in conditions)

    def _all(self) -> Condition:
        conditions = [self._term()]
        while self._accept("and"):
            conditions.append(self._term())
        return lambda row: all(condition(row) for condition in conditions)

    def _term(self) -> Condition:
        if self._accept("("):
            condition = self._either()
            if not self._accept(")"):
                raise invalid_search(self._text)
            return condition
        attribute, name, literal = self._next(), self._next().lower(), self._next()
        if attribute not in self._attributes:
            raise unsupported_filter(attribute)
        if name not in COMPARISONS or (name != "eq" and attribute not in self._dates) or not literal.startswith('"'):
            raise invalid_search(self._text)
        value: Value = literal[1:-1].replace('\\"', '"')
        if attribute in self._dates:
            value = self._seconds(str(value))
        compare = COMPARISONS[name]
        return lambda row: compare(row[attribute], value)

    def _seconds(self, value: str) -> float:
        try:
            return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
        except ValueError:
            raise invalid_search(self._text) from None
