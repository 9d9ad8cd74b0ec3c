# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter language of Bitwarden Directory Connector, read so that a filter means here what it meant there.

A filter that Directory Connector cannot read it ignores, and then synchronizes everybody; here it is an error
(https://bitwarden.com/help/user-group-filters/). ::

    filter := clause [ "|" part ... ]        clause := keyword ":" value { "," value }

Keywords and values count without regard to case and outer blanks. What may stand in the parts depends on the type of
source: one query for the service itself (Google Workspace, Okta, OneLogin) or further clauses (Entra ID). For LDAP the
whole filter is an LDAP filter (RFC 4515), or several of which all must hold; LDIF files have the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError

Kind = Literal["users", "groups"]
LDAP_TYPES = ("ldap", "active_directory", "file")
QUERY_TYPES = ("google_workspace", "okta", "onelogin")

_LIST_KEYWORDS = ("include", "exclude")
_UNIT_KEYWORDS = ("includeadministrativeunit", "excludeadministrativeunit")
_ENTRA_KEYWORDS: Mapping[Kind, tuple[str, ...]] = {
    "users": (*_LIST_KEYWORDS, "includegroup", "excludegroup"),
    "groups": (*_LIST_KEYWORDS, *_UNIT_KEYWORDS),
}
_AFTER_INCLUDE_GROUP = ("excludegroup", "exclude")


@dataclass(frozen=True, slots=True)
class Clause:
    """One keyword with its values, all of them in lower case.

    ``include`` and ``exclude`` list e-mails (of users) or names (of groups); the longer keywords list ids.
    """

    keyword: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BwdcFilter:
    """A filter: clauses that apply one after the other to what was read, and a query that the service applies."""

    clauses: tuple[Clause, ...] = ()
    query: str | None = None


def parse_bwdc_filter(source_type: str, kind: Kind, text: str, option: str) -> BwdcFilter:
    """Return what the filter means for users or groups of this type of source; blank text means no filter.

    ``option`` names where the filter was given. Raises ConfigurationError for whatever Directory Connector would
    ignore: an unknown keyword, a second colon, parts that its reader never reaches, a list without values.
    """
    text = text.strip()
    if not text:
        return BwdcFilter()
    if source_type in LDAP_TYPES:
        return BwdcFilter(query=f"(&{text})")
    first, *parts = [part.strip() for part in text.split("|")]
    if source_type in QUERY_TYPES:
        if len(parts) > 1:
            raise _error(option, text, "only one query may follow the first |, and the query may not contain a |")
        query = parts[0] if parts else ""
        clauses = (_clause(first, _LIST_KEYWORDS, option, text),) if first or not query else ()
        return BwdcFilter(clauses, query or None)
    clause = _clause(first, _ENTRA_KEYWORDS[kind], option, text)
    if parts and clause.keyword != "includegroup":
        raise _error(option, text, "nothing may follow this clause; only includeGroup takes further clauses")
    if clause.keyword in _UNIT_KEYWORDS:
        # Which groups lie in a unit only the service knows.
        return BwdcFilter((clause,), f"{clause.keyword}:{','.join(clause.values)}")
    return BwdcFilter((clause, *(_clause(part, _AFTER_INCLUDE_GROUP, option, text) for part in parts)))


def _clause(clause: str, keywords: tuple[str, ...], option: str, text: str) -> Clause:
    """Return one clause; raises ConfigurationError unless it is one of ``keywords``, one colon and some values."""
    keyword, *rest = clause.lower().split(":")
    if keyword.strip() not in keywords:
        raise _error(option, text, f"{clause!r} does not begin with one of: {', '.join(keywords)}")
    if len(rest) != 1:
        raise _error(option, text, f"{clause!r} must have exactly one colon, after {keyword.strip()}")
    values = tuple(value.strip() for value in rest[0].split(",") if value.strip())
    if not values:
        raise _error(option, text, f"{clause!r} lists nothing")
    return Clause(keyword.strip(), values)


def _error(option: str, text: str, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"{option} is {text!r}, which is no filter of Directory Connector: {reason}",
        hint="Directory Connector would have ignored the filter and synchronized everybody",
    )
