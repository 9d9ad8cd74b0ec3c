# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of the role in the inventory, where the playbooks take others."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.tests.support.playbook import run_playbook

HOST = {
    "ansible_connection": "local",
    "ansible_python_interpreter": sys.executable,
    "bitwarden_sync_sources": [],
}


@pytest.mark.parametrize("name", ["organization", "sources", "policy", "approve"])
def test_what_the_playbooks_would_not_look_at_is_named(tmp_path: Path, name: str) -> None:
    hosts = {"acme": {**HOST, f"directory_sync_{name}": []}}
    run = run_playbook(tmp_path, hosts, "preview")
    assert run.returncode != 0
    assert f"Name it bitwarden_sync_{name} instead." in run.stdout


def test_the_command_line_may_use_the_names_of_the_role(tmp_path: Path) -> None:
    hosts = {"acme": {**HOST, "directory_sync_folder": str(tmp_path / "work")}}
    run = run_playbook(
        tmp_path, hosts, "preview", "-e", "directory_sync_approve=0123", "-e", '{"directory_sync_policy": {}}'
    )
    assert "instead." not in run.stdout
    assert "directory_sync : Read the directory" in run.stdout
