# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller in which one organization has been declared: that takes half a minute, so the suite does it once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.emulator import AwxEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.server import AwxServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import bitwarden_server
from ansible_collections.dirsync.bitwarden.tests.support.awx_declaring import Declaring

__all__ = ["bitwarden_server"]


@pytest.fixture(scope="session")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Declaring]:
    """Yield the playbook after its first run."""
    with AwxServer(AwxEmulator(playbooks=("preview.yml", "sync.yml"))) as server:
        server.store.add("teams", {"name": "identity", "organization": 1})
        declaring = Declaring(tmp_path_factory.mktemp("declared"), server)
        output = declaring.run()
        assert "failed=0" in output, output
        yield declaring
