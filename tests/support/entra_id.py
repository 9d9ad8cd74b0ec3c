# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers of type ``entra_id`` that read the Graph emulator."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.entra_id import entra_id_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.settings import (
    Settings,
    settings_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.source import EntraIdProvider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer, Tenant


def with_defaults(options: dict[str, Any]) -> dict[str, Any]:
    """Return options as the module hands them on: each that is not given has its default."""
    return {**{name: each.get("default") for name, each in entra_id_spec().items()}, **options}


def settings(**options: Any) -> Settings:
    """Return the settings of a source with these options, and a tenant, a client id and a secret unless given."""
    given = {"tenant_id": "example.onmicrosoft.com", "client_id": "app", "client_secret": "s3cret", **options}
    return settings_from("entra", with_defaults(given))


def entra_id_provider(server: GraphServer, time: FakeTime | None = None, **options: Any) -> EntraIdProvider:
    """Return a provider that never really waits and whose wall clock is that of the server."""
    time = time or FakeTime()
    chosen = with_defaults(server.source_options(**options))
    return EntraIdProvider("entra", chosen, clock=time.clock, sleep=time.sleep, now=server.clock.now)


def fill(tenant: Tenant, *, users: int, groups: int, members: int) -> None:
    """Add users, and groups with that many of them each."""
    ids = [tenant.add_user(f"user{number}") for number in range(users)]
    for number in range(groups):
        start = number * members
        tenant.add_group(f"group{number}", [ids[place % users] for place in range(start, start + members)])


def members_by_name(reading: Reading) -> dict[str, list[str]]:
    """Return the names of the direct members (users, then groups) of each listed group by its name."""
    return {
        group.name: [
            *(reading.users[place].name or "" for place in group.users),
            *(reading.groups[place].name for place in group.groups),
        ]
        for group in reading.groups
        if group.listed
    }
