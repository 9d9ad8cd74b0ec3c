# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling what changed on a domain controller: by its update sequence numbers (MS-ADTS 3.1.1.1.9, 3.1.1.5.1.6).

Each change gives an entry the next number of the controller that it happens on, ``uSNChanged``. Deleted entries keep
theirs. What changes an entry without giving it a number has to be ruled out: when an entry or a folder above it gets
another name, groups that contain the entry show its new DN, and when it is deleted they do not show it any more. So
folders must not have changed, and every changed entry must be in just those groups that it says it is in, ``memberOf``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryAuthenticationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.dn import normal_form
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.incremental import FullReadNeededError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.active_directory_deleted import (
    SHOW_DELETED,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import Values, whole_number
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import NoSuchObjectError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import parse_filter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.incremental import Entries, Update
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import Layout
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import ANY_ENTRY, Search
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.reader import SearchReader
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.root_dse import RootDse
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.wire import Entry

_IDENTITY = "objectGUID"
_MEMBERS = "member"
_LOCKOUT = "msDS-User-Account-Control-Computed"
# Attributes of which every change gives the entry a new number: stored, and no links to other entries.
_TRACKED = frozenset(
    name.lower()
    for name in (
        *("objectClass", "objectCategory", "cn", "name", "displayName", "givenName", "sn", "description", "info"),
        *("sAMAccountName", "sAMAccountType", "userPrincipalName", "mail", "proxyAddresses", "otherMailbox"),
        *("company", "department", "division", "title", "employeeID", "employeeNumber", "employeeType"),
        *("physicalDeliveryOfficeName", "l", "st", "c", "co", "postalCode", "street", "streetAddress"),
        *("userAccountControl", "accountExpires", "primaryGroupID", "groupType", "adminCount"),
        *("isCriticalSystemObject", "isDeleted", "objectGUID", "objectSid", "uid", "uidNumber", "gidNumber"),
        *(f"extensionAttribute{number}" for number in range(1, 16)),
    )
)
_BIT_RULES = ("", ":1.2.840.113556.1.4.803:", ":1.2.840.113556.1.4.804:")
_FILTER_ITEM = re.compile(r"\(\s*([A-Za-z0-9.;-]*)((?::[^()=]*)?)\s*[~<>]?=")
# Renaming or moving one of these changes the DNs of everything below it.
_FOLDERS = frozenset({b"organizationalunit", b"container", b"builtindomain", b"domaindns"})


@dataclass(frozen=True, slots=True)
class _Change:
    """A changed entry; ``groups`` are the DNs of the groups that contain it, None for a deleted one."""

    dn: bytes
    is_new: bool
    groups: frozenset[bytes] | None


class UpdateNumberTracker:
    """Finds the entries that changed on one controller since the last read, deleted ones included."""

    def __init__(self, reader: SearchReader, root_dse: RootDse, layout: Layout) -> None:
        self._reader = reader
        self._root_dse = root_dse
        self._layout = layout
        self._domain = root_dse.value("defaultNamingContext")

    def marker(self) -> Mapping[str, Any]:
        """Return the controller and its highest number; raises FullReadNeededError where changes could be missed."""
        self._check_query()
        self._check_deleted_objects()
        return {"invocation_id": self._invocation_id(), "usn": int(self._root_dse.value("highestCommittedUSN") or -1)}

    def _check_query(self) -> None:
        layout = self._layout
        domain = normal_form(self._domain)
        for base in (*layout.user_bases, *layout.group_bases):
            if normal_form(base) != domain:
                raise FullReadNeededError(f"only a part of the domain is read: {base}")
        if {layout.user_scope, layout.group_scope} != {"subtree"} or layout.external_id.lower() != _IDENTITY.lower():
            raise FullReadNeededError("the scope is not subtree or the identity is not objectGUID")
        used = {name.lower() for name in (*layout.email_attributes, *layout.user_name_attributes)}
        used |= {layout.group_name_attribute.lower(), layout.email_prefix_attribute.lower()}
        for item in (layout.user_filter, layout.group_filter):
            for name, rule in _FILTER_ITEM.findall(item.text):
                used.add(name.lower() if rule in _BIT_RULES else name + rule)
        untracked = sorted(used - _TRACKED)
        if [name.lower() for name in layout.member_attributes] != ["member"]:
            untracked.append("members other than member")
        if untracked:
            raise FullReadNeededError(f"changes of these are not tracked: {', '.join(untracked)}")

    def _check_deleted_objects(self) -> None:
        container = Search(f"CN=Deleted Objects,{self._domain}", ANY_ENTRY, ("cn",), "base", (SHOW_DELETED,))
        try:
            visible = self._reader.read_entry(container)
        except (NoSuchObjectError, DirectoryAuthenticationError):
            visible = None
        if visible is None:
            raise FullReadNeededError("the account may not see deleted objects")

    def _invocation_id(self) -> str:
        """Return what identifies the controller's database; restoring it from a backup changes it."""
        service = self._root_dse.value("dsServiceName")
        found = self._reader.read_entry(Search(service, ANY_ENTRY, ("invocationId",), "base")) if service else None
        values = found[1][0] if found else None
        if not values:
            raise FullReadNeededError("the domain controller does not show its invocationId")
        return values[0].hex()

    def changes_between(self, earlier: Mapping[str, Any], present: Mapping[str, Any]) -> Update:
        """Return what puts the changes of this controller into remembered entries."""
        if earlier.get("invocation_id") != present["invocation_id"] or not 0 <= earlier["usn"] <= present["usn"]:
            raise FullReadNeededError("the last read was made on another domain controller")
        since = earlier["usn"] + 1
        changes = self._changes(since)

        def update(search: Search, entries: Entries) -> Entries:
            return self._merge(search, entries, changes, since)

        return update

    def _changes(self, since: int) -> dict[bytes, _Change]:
        """Return the entries of any kind that changed, by objectGUID."""
        changed = parse_filter(f"(uSNChanged>={since})", "the filter of changes")
        attributes = (_IDENTITY, "objectClass", "uSNCreated", "isDeleted", "memberOf")
        changes = {}
        for batch in self._reader.read(Search(self._domain, changed, attributes, controls=(SHOW_DELETED,))):
            for dn, (identity, classes, created, deleted, groups) in batch:
                is_new = (whole_number(created) or 0) >= since
                if not deleted and not is_new and self._is_folder(dn, classes):
                    raise FullReadNeededError("a folder changed, perhaps its name or place")
                if identity:
                    changes[identity[0]] = _Change(dn, is_new, None if deleted else frozenset(groups or ()))
        return changes

    def _is_folder(self, dn: bytes, classes: Values) -> bool:
        """Return whether users and groups may lie below an entry, other than the domain, which keeps its name."""
        names = {name.lower() for name in classes or ()}
        return not _FOLDERS.isdisjoint(names) and dn.lower() != self._domain.lower().encode()

    def _merge(self, search: Search, entries: Entries, changes: Mapping[bytes, _Change], since: int) -> Entries:
        """Return the entries of a search, without those that changed, with those of them that it still finds."""
        column = _column(search, _IDENTITY)
        remembered = {_identity(entry, column): entry for entry in entries}
        narrowed = parse_filter(f"(&{search.filter.text}(uSNChanged>={since}))", "the filter of changes")
        found = [entry for batch in self._reader.read(replace(search, filter=narrowed)) for entry in batch]
        if any(_identity(entry, column) not in changes for entry in found):
            raise FullReadNeededError("an entry changed while changes were read")
        for identity in changes:
            remembered.pop(identity, None)
        remembered.update((_identity(entry, column), entry) for entry in found)
        merged = list(remembered.values())
        if _MEMBERS in (name.lower() for name in search.attributes):
            _check_groups(merged, _column(search, _MEMBERS), changes.values())
        self._refresh_lockouts(search, column, merged)
        return merged

    def _refresh_lockouts(self, search: Search, column: int, entries: Entries) -> None:
        """Read anew who is locked out: the end of a lockout is no change of the entry."""
        if _LOCKOUT not in search.attributes:
            return
        lockout = search.attributes.index(_LOCKOUT)
        narrowed = parse_filter(f"(&{search.filter.text}(lockoutTime>=1))", "the filter of lockouts")
        found = self._reader.read(replace(search, filter=narrowed, attributes=(_IDENTITY, _LOCKOUT)))
        locked: dict[bytes, Values] = {_identity(entry, 0): entry[1][1] for batch in found for entry in batch}
        for entry in entries:
            entry[1][lockout] = locked.get(_identity(entry, column))


def _check_groups(groups: Entries, column: int, changes: Iterable[_Change]) -> None:
    """Raise FullReadNeededError where a changed entry is not in just those of the groups that it says it is in.

    That is so for a member with a new name or place, for somebody who was deleted and restored, and for the namesake
    of somebody deleted.
    """
    present = {change.dn: change.groups for change in changes if change.groups is not None}
    containing: dict[bytes, set[bytes]] = {dn: set() for dn in present}
    for dn, row in groups:
        for member in row[column] or ():
            if member in containing:
                containing[member].add(dn)
    known = {dn for dn, _unused in groups}
    if any(containing[dn] != of & known for dn, of in present.items()):
        raise FullReadNeededError("an entry is in other groups than remembered")


def _column(search: Search, attribute: str) -> int:
    return [name.lower() for name in search.attributes].index(attribute.lower())


def _identity(entry: Entry, column: int) -> bytes:
    values = entry[1][column]
    if not values:
        raise FullReadNeededError("an entry shows no objectGUID")
    return values[0]
