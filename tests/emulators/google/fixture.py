# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a pytest fixture; a conftest.py imports it by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .server import GoogleServer


@pytest.fixture
def google_server() -> Iterator[GoogleServer]:
    """Yield a running emulator over https with nobody but the administrator."""
    with GoogleServer(tls=True) as server:
        yield server
