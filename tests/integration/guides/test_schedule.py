# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventories of the guide to scheduled runs, with the role itself, in check mode on this machine.

It shows what it would install, and installs nothing. That this works is shown by extensions/molecule, on hosts of its
own.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by
from ansible_collections.dirsync.bitwarden.tests.support.snippets import Snippet
from ansible_collections.dirsync.bitwarden.tests.support.terminal import follow

HERE = {
    "ansible_connection": "local",
    "ansible_python_interpreter": "/usr/bin/python3",
    # What this machine would choose depends on whether it runs systemd.
    "directory_sync_schedule_scheduler": "cron",
    "vault_webhook_url": "https://chat.example.org/hooks/identity",
    "vault_heartbeat_url": "https://beat.example.org",
}
HOST = "sync.example.org"


def preview(folder: Path, inventory: Snippet, console: Snippet, variables: str) -> str:
    """Run the first command of the guide, with variables of the host beside the inventory; return what it printed."""
    (folder / "inventory" / "host_vars" / HOST).mkdir(parents=True)
    (folder / "inventory" / "hosts.yml").write_text(inventory.text)
    (folder / "inventory" / "host_vars" / HOST / "here.yml").write_text(yaml.safe_dump(HERE))
    (folder / "inventory" / "host_vars" / HOST / "guide.yml").write_text(variables)
    secrets = dict.fromkeys(("SYNC_VAULT_PASSWORD", "ACME_CLIENT_SECRET", "GIT_TOKEN"), "s3cret")
    check = Snippet(console.page, console.line, "shell", "", console.commands[0])
    assert check.text.endswith(" --check --diff")
    printed = follow(check, folder, environment={"HOME": str(folder), **secrets})
    assert "s3cret" not in printed
    return printed


def cron_table(printed: str) -> list[tuple[str, str]]:
    """Return when each run is due."""
    return re.findall(r"^\+@(\w+) dirsync-bitwarden .*/run (\w+ \w+) ", printed, re.MULTILINE)


@pytest.mark.timeout(300)
def test_the_role_takes_what_its_readme_declares(tmp_path: Path) -> None:
    inventory, console = executed_by("test_the_role_takes_what_its_readme_declares")
    runs = [("hourly", "sync acme"), ("daily", "sync globex"), ("daily", "drift acme"), ("daily", "drift globex")]
    assert sorted(cron_table(preview(tmp_path, inventory, console, ""))) == sorted(runs)


@pytest.mark.timeout(300)
def test_the_role_takes_what_the_guide_declares(tmp_path: Path) -> None:
    inventory, console, *blocks = executed_by("test_the_role_takes_what_the_guide_declares")
    (tmp_path / "dirsync-bitwarden-1.0.0.tar.gz").write_text("a release")
    variables = "".join(block.text for block in blocks).replace("/srv/collections", str(tmp_path))
    printed = preview(tmp_path, inventory, console, variables)
    assert cron_table(printed) == [("daily", "sync globex"), ("daily", "drift acme"), ("daily", "drift globex")]
    assert "report_failure" in printed


@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [0, 1], ids=["token", "key"])
def test_the_role_takes_a_repository_in_the_place_of_a_project(tmp_path: Path, number: int) -> None:
    inventory, console = executed_by("test_the_role_takes_what_the_guide_declares")[:2]
    block = executed_by("test_the_role_takes_a_repository_in_the_place_of_a_project")[number]
    declared = [line for line in inventory.text.splitlines() if "directory_sync_schedule_project" not in line]
    inventory = Snippet(inventory.page, inventory.line, "yaml", "", "\n".join(declared))
    (tmp_path / ".ssh").mkdir()
    for name in ("deploy_key", "git.example.org.pub"):
        (tmp_path / ".ssh" / name).write_text("git.example.org ssh-ed25519 AAAA\n")
    printed = preview(tmp_path, inventory, console, block.text)
    assert block.yaml()["directory_sync_schedule_repository"]["url"] in printed
