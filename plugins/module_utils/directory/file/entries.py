# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searching the entries of an LDIF file as if it were a server, so that both are read by the same code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.dn import normal_form
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.ldif import parse_ldif
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.matching import condition_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Search
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.wire import Entry

_BATCH = 1000
_first_rdn = re.compile(r"(?:[^\\,]|\\.)*,?", re.DOTALL)


class LdifSearcher:
    """Runs searches over the content of an LDIF file; ``path`` names it in errors."""

    def __init__(self, content: bytes, path: str) -> None:
        self._content = content
        self._path = path

    def read(self, search: Search) -> Iterator[list[Entry]]:
        """Yield all entries that the search selects, some at a time; an empty base stands for the whole file."""
        fits = condition_from(search.filter)
        in_scope = self._scope_test(search)
        names = [name.lower() for name in search.attributes]
        batch: list[Entry] = []
        for entry in parse_ldif(self._content, self._path):
            attributes = entry.attributes
            if fits(attributes) and in_scope(entry.dn):
                batch.append((entry.dn, [attributes.get(name) for name in names]))
                if len(batch) == _BATCH:
                    yield batch
                    batch = []
        yield batch

    def _scope_test(self, search: Search) -> Callable[[bytes], bool]:
        """Return the function that says whether a DN lies in the scope of the search (RFC 4511, 4.5.1.2)."""
        if not search.base:
            return lambda dn: True
        base = self._normal_form(search.base)
        if search.scope == "base":
            return lambda dn: self._normal_form(dn.decode("utf-8", "replace")) == base
        if search.scope == "one":
            return lambda dn: _parent(self._normal_form(dn.decode("utf-8", "replace"))) == base
        return lambda dn: f",{self._normal_form(dn.decode('utf-8', 'replace'))}".endswith(f",{base}")

    def _normal_form(self, dn: str) -> str:
        try:
            return normal_form(dn)
        except ValueError as error:
            raise ConfigurationError(f"{self._path}: {dn} is no DN: {error}") from error


def _parent(dn: str) -> str:
    """Return the normal form of a DN without its first RDN."""
    match = _first_rdn.match(dn)
    return dn[match.end() :] if match else ""
