# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The query language of users.list and groups.list, as far as tests need it.

Clauses ``field operator value`` are separated by blanks and all must fit. ``=`` compares, ``:`` looks for a word,
``:prefix*`` for a beginning; values with blanks stand in single quotes, in which ``\\'`` is a quote
(https://developers.google.com/workspace/admin/directory/v1/guides/search-users and search-groups).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .errors import invalid_input
from .model import Group, User

_clause = re.compile(r"\s*([A-Za-z]+)\s*([=:])\s*('(?:[^'\\]|\\.)*'|[^\s']+)(?=\s|$)")

_USER_TEXTS: dict[str, Callable[[User], list[str]]] = {
    "email": lambda user: user.addresses,
    "givenName": lambda user: [user.given_name],
    "familyName": lambda user: [user.family_name],
    "name": lambda user: [user.full_name],
}
_USER_FLAGS: dict[str, Callable[[User], bool]] = {
    "isSuspended": lambda user: user.suspended,
    "isArchived": lambda user: user.archived,
    "isAdmin": lambda user: user.is_admin,
}
_GROUP_TEXTS: dict[str, Callable[[Group], list[str]]] = {
    "email": lambda group: [group.email],
    "name": lambda group: [group.name],
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison."""

    field: str
    operator: str
    value: str

    def fits(self, texts: Iterable[str]) -> bool:
        """Tell whether any of the texts fits, without regard to case."""
        value = self.value.lower()
        lowered = [text.lower() for text in texts]
        if self.operator == "=":
            return value in lowered
        if value.endswith("*"):
            return any(text.startswith(value[:-1]) for text in lowered)
        return any(value in re.split(r"[^\w]+", text) or value == text for text in lowered)


def parse(query: str, check: Callable[[Clause], bool]) -> list[Clause]:
    """Return the clauses of a query; raises the service's error for what it cannot read or ``check`` refuses."""
    clauses: list[Clause] = []
    position = 0
    while position < len(query.rstrip()):
        match = _clause.match(query, position)
        if match is None:
            raise invalid_input("query")
        field, operator, value = match.groups()
        if value.startswith("'"):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        clauses.append(Clause(field, operator, value))
        position = match.end()
    if not all(map(check, clauses)):
        raise invalid_input("query")
    return clauses


def check_user_clause(clause: Clause) -> bool:
    """Tell whether users can be compared like this."""
    if clause.field in _USER_FLAGS:
        return clause.operator == "=" and clause.value in ("true", "false")
    return clause.field in _USER_TEXTS or (clause.field, clause.operator) == ("orgUnitPath", "=")


def check_group_clause(clause: Clause) -> bool:
    """Tell whether groups can be compared like this."""
    return clause.field in _GROUP_TEXTS or (clause.field, clause.operator) == ("memberKey", "=")


def user_fits(clause: Clause, user: User) -> bool:
    """Tell whether a user fits; an organizational unit has those below it in it."""
    if clause.field == "orgUnitPath":
        return f"{user.org_unit_path.rstrip('/')}/".startswith(f"{clause.value.rstrip('/')}/")
    if clause.field in _USER_FLAGS:
        return _USER_FLAGS[clause.field](user) is (clause.value == "true")
    return clause.fits(_USER_TEXTS[clause.field](user))


def group_fits(clause: Clause, group: Group) -> bool:
    """Tell whether a group fits."""
    if clause.field == "memberKey":
        return any(clause.value in (member.id, member.email) for member in group.members)
    return clause.fits(_GROUP_TEXTS[clause.field](group))
