# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider of sources of type ``entra_id``: Microsoft Entra ID, read through Microsoft Graph v1.0."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id import queries
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.authentication import SignIn
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.client import GraphClient, verdict
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.delta import read_changes
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.reader import HIDDEN, TenantReader
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.records import (
    State,
    TenantRecords,
    decode,
    encode,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.semantics import reading_of
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.settings import settings_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.incremental import (
    FullReadNeededError,
    check_age,
    read_details,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import TokenCache
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading

SAMPLES = 3


class EntraIdProvider:
    """Reads the people and groups of one tenant.

    ``clock`` and ``sleep`` measure and make waits; ``now`` is the time in seconds since 1970.
    """

    def __init__(
        self,
        name: str,
        options: Mapping[str, Any],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._name = name
        self._now = now
        self._settings = settings = settings_from(name, options)
        self._http = HttpClient(
            settings.http, pool_size=settings.connections, verdict=verdict, clock=clock, sleep=sleep
        )
        self._sign_in = SignIn(settings, self._http)
        self._client = GraphClient(
            self._http,
            TokenCache(self._sign_in.fetch, clock=clock),
            settings.graph_url,
            Pacer(concurrency=settings.connections, clock=clock, sleep=sleep),
            settings.http.retries,
        )

    def read(self, previous: Mapping[str, Any] | None = None) -> Reading:
        """Return all users and groups; raises DirectoryError unless everything was read.

        With ``incremental``, only changes since ``previous`` are read where that is possible.
        """
        if not self._settings.incremental:
            return self._read_all({})
        try:
            return self._read_changes(previous)
        except FullReadNeededError as doubt:
            reason = str(doubt)
        return self._read_all(read_details(reason))

    def probe(self) -> Mapping[str, Any]:
        """Return the tenant, the permissions of the application, how much Graph counts, and some of its records."""
        gets = [queries.sample(queries.users(self._settings), SAMPLES)]
        if self._settings.read_groups:
            gets.append(queries.sample(queries.groups(self._settings), SAMPLES))
        pages = self._client.first_pages(gets)
        users = TenantRecords(users={record["id"]: record for record in pages[0]["value"]})
        sample = reading_of(users, replace(self._settings, administrative_units=frozenset()), self._name, {})
        result: dict[str, Any] = {
            "server": sample.server,
            "permissions": sorted(self._sign_in.permissions.granted),
            "users": pages[0].get("@odata.count"),
            "sample_users": [
                {"external_id": user.external_id, "email": user.email, "name": user.name, "status": user.status}
                for user in sample.users
            ],
        }
        if len(pages) > 1:
            result["groups"] = pages[1].get("@odata.count")
            result["sample_groups"] = [group.get("displayName") for group in pages[1]["value"]]
        return result

    def _read_all(self, details: Mapping[str, Any]) -> Reading:
        records, links = TenantReader(self._client, self._settings).read()
        reading = self._reading(records, details)
        if links is None:
            return reading
        return replace(reading, state=encode(State(records, links, self._now()), self._settings))

    def _read_changes(self, previous: Mapping[str, Any] | None) -> Reading:
        state = decode(previous, self._settings)
        if state is None:
            raise FullReadNeededError("there is no saved state of this tenant and selection")
        full_read_at = state.full_read_at
        longest = timedelta(hours=self._settings.full_read_hours)
        check_age(timedelta(seconds=self._now() - full_read_at), longest)
        records, links = read_changes(self._client, self._settings, state)
        reading = self._reading(records, read_details(None))
        return replace(reading, state=encode(State(records, links, full_read_at), self._settings))

    def _reading(self, records: TenantRecords, details: Mapping[str, Any]) -> Reading:
        if records.hidden_units or any(group.get("visibility") == HIDDEN for group in records.groups.values()):
            self._sign_in.require("Member.Read.Hidden")
        statistics = self._http.statistics
        counts = {"calls": statistics.calls, "retries": statistics.retries}
        return reading_of(records, self._settings, self._name, {**details, **counts})
