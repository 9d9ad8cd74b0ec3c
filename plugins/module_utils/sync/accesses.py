# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collections that the policy wants for groups of the directory, as options and as what exists. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Access,
    Association,
    Collection,
)


@dataclass(frozen=True, slots=True)
class WantedAccess:
    """Access to a collection, which is given by external id or id."""

    collection: str
    read_only: bool = False
    hide_passwords: bool = False
    manage: bool = False


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """The accesses of a group of the directory; with ``exclusive`` it has no others."""

    group: str
    accesses: tuple[WantedAccess, ...]
    exclusive: bool = False


class CollectionNames:
    """The collections of an organization, by id and by external id."""

    def __init__(self, collections: Sequence[Collection]) -> None:
        counts = Counter(collection.external_id for collection in collections)
        self._shared = {external_id for external_id, count in counts.items() if count > 1}
        self._ids = {collection.external_id: collection.id for collection in collections if collection.external_id}
        self._names = {
            collection.id: collection.external_id
            for collection in collections
            if collection.external_id and collection.external_id not in self._shared
        }
        self._known = {collection.id for collection in collections}

    def find(self, wanted: WantedAccess) -> Access | None:
        """Return the access to the collection with this id, else to the only one with this external id, or None."""
        by_id = wanted.collection.lower()
        id_ = by_id if by_id in self._known else self._ids.get(wanted.collection)
        if id_ is None or (id_ != by_id and wanted.collection in self._shared):
            return None
        return self.access(Association(id_, wanted.read_only, wanted.hide_passwords, wanted.manage))

    def why_not(self, wanted: WantedAccess) -> str:
        """Say why :meth:`find` finds nothing."""
        if wanted.collection in self._shared:
            return f"several collections have the external id {wanted.collection}: use the id"
        return f"no shared collection has the id or external id {wanted.collection}"

    def access(self, association: Association) -> Access:
        """Return an association with the name of its collection."""
        return Access(self._names.get(association.id, association.id), association)


def access_entries(options: Sequence[Mapping[str, Any]]) -> tuple[AccessEntry, ...]:
    """Return the entries of the option ``policy.group_collections``.

    Raises ConfigurationError for what contradicts itself.
    """
    entries = tuple(_entry(option) for option in options)
    _refuse_duplicates("group", [entry.group for entry in entries], "policy.group_collections")
    return entries


def _entry(option: Mapping[str, Any]) -> AccessEntry:
    accesses = tuple(WantedAccess(**access) for access in option["collections"])
    where = f"policy.group_collections: the entry for the group {option['group']}"
    _refuse_duplicates("collection", [access.collection for access in accesses], where)
    for access in accesses:
        if access.manage and (access.read_only or access.hide_passwords):
            raise ConfigurationError(
                f"{where} gives the collection {access.collection} with manage and with a restriction",
                hint="Whoever manages a collection sees and edits everything: leave out read_only and hide_passwords",
            )
    return AccessEntry(option["group"], accesses, option["exclusive"])


def _refuse_duplicates(what: str, names: Sequence[str], where: str) -> None:
    duplicates = sorted(name for name, count in Counter(names).items() if count > 1)
    if duplicates:
        raise ConfigurationError(f"{where} names the {what} {', '.join(duplicates)} more than once")
