# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The full read: all chains of pages at once, members in batches.

For 10,000 users in 500 groups that makes one call for the token, one to open all listings, ten for the other pages of
users and 25 for members, the longest chain of which has 12 round trips.
"""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id import queries
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.client import (
    Get,
    GraphClient,
    Page,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.memberships import read_members
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.records import (
    Links,
    TenantRecords,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.settings import Settings
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.parallel import map_concurrently

HIDDEN = "HiddenMembership"


class TenantReader:
    """Reads a whole tenant."""

    def __init__(self, client: GraphClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        # One connection is left to the pages of users, the longest chain.
        self._workers = max(1, settings.connections - 1)

    def read(self) -> tuple[TenantRecords, Links | None]:
        """Return all records, and with ``incremental`` the links for the next read.

        The links are opened before anything else is read, so that no change falls between them and the listings.
        Raises DirectoryError unless everything was read.
        """
        first, links = self._open()
        records = TenantRecords()

        def read_users() -> None:
            records.users = self._drain(queries.users(self._settings), first)

        def read_deleted() -> None:
            records.deleted = self._drain(queries.deleted_users(), first)

        def read_groups() -> None:
            records.groups = dict(self._drain(queries.groups(self._settings), first))
            self.read_memberships(records, list(records.groups))

        tasks: list[Callable[[], None]] = [read_users]
        tasks += [read_deleted] if self._settings.reads_deleted else []
        tasks += [read_groups] if self._settings.read_groups else []
        map_concurrently(lambda task: task(), tasks, workers=len(tasks))
        return records, links

    def read_memberships(self, records: TenantRecords, groups: list[str]) -> None:
        """Read the members of these groups into the records, then those of the units and of unknown nested groups.

        Groups that no longer exist leave the records.
        """
        units = set(self._settings.units)
        vanished: set[str] = set()
        listings = {group: queries.group_members(group) for group in groups}
        listings |= {unit: queries.unit_members(unit) for unit in units}
        while listings:
            for key, members in read_members(self._client, listings, self._workers).items():
                if members is None:
                    vanished.add(key)
                elif key in units:
                    records.units[key] = members
                else:
                    records.members[key] = members
            nested = {group for members in records.members.values() for group in members.groups}
            unknown = sorted(nested - records.members.keys() - vanished)
            listings = {group: queries.group_members(group) for group in unknown}
        for unit in units & vanished:
            raise DirectoryError(
                f"There is no administrative unit {unit}",
                hint="Check administrative_units and groups.bwdc_filter: they take the object ids of units",
            )
        for group in vanished:
            records.groups.pop(group, None)
        records.vanished += len(vanished)
        records.hidden_units = bool(units) and self._hides_members(units)

    def _hides_members(self, units: set[str]) -> bool:
        """Say whether one of the units has a hidden membership, which Graph leaves out without the permission."""
        get = queries.units()
        (first,) = self._client.first_pages([get])
        found = self._client.drain(get, first)
        return any(found[unit].get("visibility") == HIDDEN for unit in units & found.keys())

    def _open(self) -> tuple[dict[str, Page], Links | None]:
        """Return the first pages of all listings by their paths, and the links, all in one call."""
        settings = self._settings
        links: list[Get] = []
        if settings.incremental:
            links = [queries.user_changes_from_now()]
            links += [queries.group_changes_from_now()] if settings.read_groups else []
        gets = [*links, queries.users(settings)]
        gets += [queries.deleted_users()] if settings.reads_deleted else []
        gets += [queries.groups(settings)] if settings.read_groups else []
        found = self._client.first_pages(gets, in_order=bool(links))
        pages = {get.path: page for get, page in zip(gets, found, strict=True)}
        targets = [delta_link(pages[get.path], get.subject) for get in links]
        return pages, Links(targets[0], targets[1] if settings.read_groups else None) if targets else None

    def _drain(self, get: Get, first: dict[str, Page]) -> dict[str, Page]:
        return self._client.drain(get, first[get.path])


def delta_link(page: Page, subject: str) -> str:
    """Return the link at the end of a delta query; raises DirectoryError where there is none."""
    link = page.get("@odata.deltaLink")
    if not isinstance(link, str):
        raise DirectoryError(f"Microsoft Graph gave no link for the {subject}")
    return link
