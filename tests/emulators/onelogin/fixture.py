# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pytest fixture that runs OneLogin accounts.

Suites take it up in their conftest.py with ``from ... .onelogin.fixture import onelogin_server``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from .emulator import OneLoginEmulator
from .server import OneLoginServer


class StartOneLogin(Protocol):
    """Starts a server; it stops with the test."""

    def __call__(self, *, latency: float = 0.0, **options: Any) -> OneLoginServer:
        """Return a running server. ``options`` are those of :class:`OneLoginEmulator`."""


@pytest.fixture
def onelogin_server() -> Iterator[StartOneLogin]:
    """Yield a function that starts a server for the duration of the test."""
    servers: list[OneLoginServer] = []

    def start(*, latency: float = 0.0, **options: Any) -> OneLoginServer:
        servers.append(OneLoginServer(OneLoginEmulator(**options), latency=latency).start())
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
