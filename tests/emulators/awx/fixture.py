# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pytest fixture that runs AWX controllers.

Suites take it up in their conftest.py with ``from ... .awx.fixture import awx_server``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from .emulator import AwxEmulator
from .server import AwxServer


class StartAwx(Protocol):
    """Starts a server; it stops with the test."""

    def __call__(self, **options: Any) -> AwxServer:
        """Return a running server. ``options`` are those of :class:`AwxEmulator`."""


@pytest.fixture
def awx_server() -> Iterator[StartAwx]:
    """Yield a function that starts a server for the duration of the test."""
    servers: list[AwxServer] = []

    def start(**options: Any) -> AwxServer:
        servers.append(AwxServer(AwxEmulator(**options)).start())
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
