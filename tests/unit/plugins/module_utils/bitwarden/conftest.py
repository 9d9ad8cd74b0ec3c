# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and connections for tests of the Bitwarden side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import BitwardenConnection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.doubles.scripted_http import ScriptedServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import bitwarden_server

__all__ = ["bitwarden_server"]

CLIENT_ID = "organization.5f0b3c8e-8f4f-4c11-9f5c-3a6f4f2d7a10"
CLIENT_SECRET = "s3cret-of-the-organization"


@pytest.fixture
def make_options() -> Callable[..., dict[str, Any]]:
    """Return a function that completes connection options with their defaults."""
    defaults = {name: option.get("default") for name, option in bitwarden_spec().items()}

    def make(**given: Any) -> dict[str, Any]:
        assert given.keys() <= defaults.keys()
        return {**defaults, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **given}

    return make


@pytest.fixture
def connection(server: ScriptedServer) -> BitwardenConnection:
    """Return the connection to the scripted server, the API and the identity service below /api and /identity."""
    return BitwardenConnection(f"{server.url}/api", f"{server.url}/identity", CLIENT_ID, CLIENT_SECRET)


@pytest.fixture
def client(connection: BitwardenConnection, fake_time: FakeTime) -> BitwardenClient:
    """Return a client of the scripted server that never really waits."""
    return BitwardenClient(connection, clock=fake_time.clock, sleep=fake_time.sleep)


@pytest.fixture
def client_of(fake_time: FakeTime) -> Callable[[BitwardenServer], BitwardenClient]:
    """Return a function that makes a client of an emulator that never really waits."""

    def make(emulator: BitwardenServer) -> BitwardenClient:
        connection = BitwardenConnection(
            emulator.api_url, emulator.identity_url, emulator.client_id, emulator.client_secret
        )
        return BitwardenClient(connection, clock=fake_time.clock, sleep=fake_time.sleep)

    return make
