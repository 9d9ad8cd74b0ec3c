# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real servers and emulators for whole runs of the playbooks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import bitwarden_server
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd

__all__ = ["bitwarden_server"]


@pytest.fixture
def slapd(tmp_path: Path) -> Iterator[Slapd]:
    """Yield a running OpenLDAP with empty folders for people and groups."""
    with Slapd(tmp_path / "slapd") as server:
        yield server
