# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the module documentation run as they are written.

Only addresses and paths are replaced by those of servers and files that exist here; emulators answer at the addresses
of the cloud directories. The example with Active Directory is run by tests/integration/directory_servers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.documented import (
    DIRECTORY_FACTS,
    examples,
    prepare_directory,
    run_play,
    source_types,
)

CHECKOUT = Path(__file__).parents[2]
MODULES = (CHECKOUT / "plugins" / "modules").glob("*.py")
ORGANIZATION_MODULES = sorted(path for path in MODULES if path.name != DIRECTORY_FACTS.name)
HERE = [task for task in examples(DIRECTORY_FACTS) if "active_directory" not in source_types(task)]


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(tls=True)


@pytest.mark.parametrize("module", ORGANIZATION_MODULES, ids=lambda path: path.stem)
def test_examples_of_organization_modules_run(
    module: Path, tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer
) -> None:
    prepare_directory(slapd, tmp_path)
    tasks = examples(module)
    if not any("dirsync.bitwarden.directory_facts" in task for task in tasks):
        tasks = [examples(DIRECTORY_FACTS)[0], *tasks]
    output = run_play(tasks, tmp_path, slapd, bitwarden)
    assert "failed=0" in output, output


@pytest.mark.parametrize("task", HERE, ids=lambda task: task["name"])
def test_examples_of_directory_facts_run(
    task: dict[str, Any], tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer
) -> None:
    prepare_directory(slapd, tmp_path)
    output = run_play([task], tmp_path, slapd, bitwarden)
    assert "failed=0" in output, output
