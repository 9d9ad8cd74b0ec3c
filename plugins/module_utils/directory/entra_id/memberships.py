# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the direct members of many groups, 20 in one call."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.client import (
    BATCH_SIZE,
    RESTARTS,
    Get,
    GraphClient,
    Page,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.errors import (
    EXPIRED_PAGE,
    GraphRefusedError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.records import Members
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.parallel import map_concurrently


def read_members(client: GraphClient, listings: Mapping[str, Get], workers: int) -> dict[str, Members | None]:
    """Return the members of each group or unit, by the keys of ``listings``; None for one that no longer exists.

    Raises DirectoryError unless every page of every listing is read.
    """
    keys = list(listings)
    portions = [keys[start : start + BATCH_SIZE] for start in range(0, len(keys), BATCH_SIZE)]

    def read(portion: list[str]) -> dict[str, Members | None]:
        return _Portion(client, {key: listings[key] for key in portion}).read()

    result: dict[str, Members | None] = {}
    for part in map_concurrently(read, portions, workers):
        result |= part
    return result


class _Portion:
    """Up to 20 listings that share their calls, until the last of them has no further page."""

    def __init__(self, client: GraphClient, listings: Mapping[str, Get]) -> None:
        self._client = client
        self._listings = listings
        self._pending = dict(listings)
        self._result: dict[str, Members | None] = {key: Members() for key in listings}
        self._seen: set[str] = set()
        self._restarts = 0

    def read(self) -> dict[str, Members | None]:
        while self._pending:
            keys = list(self._pending)
            outcomes = self._client.batch(list(self._pending.values()))
            for key, outcome in zip(keys, outcomes, strict=True):
                if isinstance(outcome, GraphRefusedError):
                    self._refused(key, outcome)
                else:
                    self._add(key, outcome)
        return self._result

    def _add(self, key: str, page: Page) -> None:
        members = self._result[key] or Members()
        for member in page["value"]:
            odata_type = member.get("@odata.type")
            if not isinstance(odata_type, str):
                raise IncompleteReadError(f"Microsoft Graph lists {self._listings[key].subject} without their type")
            members.of_type(odata_type).add(member["id"])
        link = page.get("@odata.nextLink")
        if not link:
            del self._pending[key]
            return
        get = self._listings[key]
        path = self._client.relative(link, get.subject)
        if path in self._seen:
            raise IncompleteReadError(f"Microsoft Graph's list of {get.subject} goes round in a circle")
        self._seen.add(path)
        self._pending[key] = Get(path, get.subject, get.headers)

    def _refused(self, key: str, refusal: GraphRefusedError) -> None:
        if refusal.status == 404:
            self._result[key] = None
            del self._pending[key]
        elif refusal.code == EXPIRED_PAGE and self._restarts < RESTARTS:
            self._restarts += 1
            self._result[key] = Members()
            self._pending[key] = self._listings[key]
        else:
            raise refusal
