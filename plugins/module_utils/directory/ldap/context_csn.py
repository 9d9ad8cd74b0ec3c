# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling whether anything changed on OpenLDAP: the contextCSN of its databases (RFC 4533, slapo-syncprov)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.incremental import FullReadNeededError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import value_text
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import NoSuchObjectError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import parse_filter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.incremental import Entries, Update
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import Layout
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import ANY_ENTRY, Search
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.reader import SearchReader
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.root_dse import RootDse


class ContextCsnTracker:
    """Nothing changed as long as no contextCSN did. What did change, deletions above all, it does not tell.

    Locks by the password policy are the exception: servers keep them to themselves, without a new contextCSN. They are
    read each time.
    """

    def __init__(self, reader: SearchReader, root_dse: RootDse, layout: Layout) -> None:
        self._reader = reader
        self._suffixes = root_dse.values("namingContexts")
        self._lock_attribute = layout.lock_attribute
        self._filters = (layout.user_filter, layout.group_filter)

    def marker(self) -> Mapping[str, Any]:
        """Return the change numbers of all databases; they are there where the overlay syncprov is."""
        lock = self._lock_attribute.lower()
        if lock and any(lock in each.text.lower() for each in self._filters):
            raise FullReadNeededError("a filter asks for locks, which come and go without a new contextCSN")
        numbers = {suffix: self._numbers(suffix) for suffix in self._suffixes}
        if not numbers or not all(numbers.values()):
            raise FullReadNeededError("the server has no contextCSN (overlay syncprov)")
        return {"context_csn": numbers}

    def _numbers(self, suffix: str) -> list[str]:
        try:
            found = self._reader.read_entry(Search(suffix, ANY_ENTRY, ("contextCSN",), "base"))
        except NoSuchObjectError:
            return []
        return sorted(value_text(value) for value in found[1][0] or ()) if found else []

    def changes_between(self, earlier: Mapping[str, Any], present: Mapping[str, Any]) -> Update:
        """Return what refreshes the locks, provided that nothing else changed."""
        if earlier != present:
            raise FullReadNeededError("the directory changed")
        return self._refresh_locks

    def _refresh_locks(self, search: Search, entries: Entries) -> Entries:
        columns = [name.lower() for name in search.attributes]
        if not self._lock_attribute or self._lock_attribute.lower() not in columns:
            return entries
        column = columns.index(self._lock_attribute.lower())
        locked = parse_filter(f"(&{search.filter.text}({self._lock_attribute}=*))", "user_filter")
        found = self._reader.read(replace(search, filter=locked, attributes=(self._lock_attribute,)))
        locks = {dn: row[0] for batch in found for dn, row in batch}
        for dn, row in entries:
            row[column] = locks.get(dn)
        return entries
