# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pytest fixture that runs Bitwarden servers.

Suites take it up in their conftest.py with ``from ... .bitwarden.fixture import bitwarden_server``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from .emulator import BitwardenEmulator
from .server import BitwardenServer


class StartBitwarden(Protocol):
    """Starts a server; it stops with the test."""

    def __call__(self, *, tls: bool = False, latency: float = 0.0, **options: Any) -> BitwardenServer:
        """Return a running server. ``options`` are those of :class:`BitwardenEmulator`."""


@pytest.fixture
def bitwarden_server() -> Iterator[StartBitwarden]:
    """Yield a function that starts a server for the duration of the test."""
    servers: list[BitwardenServer] = []

    def start(*, tls: bool = False, latency: float = 0.0, **options: Any) -> BitwardenServer:
        server = BitwardenServer(BitwardenEmulator(**options), tls=tls, latency=latency)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()
