# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to previews, followed from its first command to its last: one inventory, one organization, some weeks."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by
from ansible_collections.dirsync.bitwarden.tests.support.snippets import Snippet
from ansible_collections.dirsync.bitwarden.tests.support.terminal import follow

PEOPLE = [f"p{number:02}" for number in range(24)]


class World:
    """The folder of an inventory that reads a file, and the organization that it converges."""

    def __init__(self, folder: Path, bitwarden: BitwardenServer) -> None:
        self.folder = folder
        self.bitwarden = bitwarden
        self.declare(
            "connection",
            {
                "ansible_connection": "local",
                "ansible_python_interpreter": sys.executable,
                "bitwarden_sync_organization": {
                    "server_url": bitwarden.url,
                    "ca_file": bitwarden.ca_file,
                    "client_id": bitwarden.client_id,
                    "client_secret": bitwarden.client_secret,
                },
                "bitwarden_sync_sources": [
                    {"name": "hr", "type": "file", "file": {"path": str(folder / "people.json")}}
                ],
                "directory_sync_folder": str(folder / "work"),
            },
        )

    def declare(self, name: str, content: Any, folder: str = "group_vars/bitwarden_organizations") -> None:
        """Put variables of all organizations, or another file, into the inventory."""
        path = self.folder / "inventory" / folder / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content).replace("/mnt/dirsync", str(self.folder)))

    def directory(self, people: Iterable[str], staff: Iterable[str]) -> None:
        """Let the directory hold these people, of whom some are in the group staff."""
        users = [{"external_id": name, "email": f"{name}@example.org"} for name in people]
        groups = [{"external_id": "g", "name": "staff", "members": list(staff)}]
        (self.folder / "people.json").write_text(json.dumps({"users": users, "groups": groups}))

    def follow(self, block: Snippet, **options: Any) -> str:
        """Run the commands of a block beside the inventory."""
        return follow(block, self.folder, environment={"HOME": str(self.folder)}, **options)

    def digest(self) -> str:
        """Return the digest in the last report."""
        digest: str = json.loads((self.folder / "work" / "report.json").read_text())["digest"]
        return digest


@pytest.mark.timeout(600)
def test_the_guide_to_previews_is_followed(tmp_path: Path, bitwarden_server: StartBitwarden) -> None:
    bitwarden = bitwarden_server(tls=True)
    blocks = iter(executed_by("test_the_guide_to_previews_is_followed"))
    preview_and_sync, approve, guards, changed, nothing, plan_path, report, approved = blocks
    world = World(tmp_path, bitwarden)
    world.declare("hosts", plan_path.yaml(), "")
    world.declare("report", report.yaml())

    world.directory(PEOPLE, staff=["p23"])
    output = world.follow(preview_and_sync)
    assert "Planned: invite_member 24" in output
    assert "Done: invite_member 24" in output
    assert "26 actions done" in (tmp_path / "work" / "report.md").read_text()

    # A quarter leaves: more than the guards allow, until somebody has looked at it.
    preview, sync = preview_and_sync.commands
    world.directory(PEOPLE[6:], staff=["p23"])
    stopped = world.follow(with_commands(preview_and_sync, preview), failing=True)
    assert "6 of 24 members would be revoked" in stopped
    world.follow(approve, replaced={"sha256:...": world.digest()})
    assert len(bitwarden.recorder.requests("POST", "/revoke$")) == 6

    # Another quarter leaves. With the raised limit that is allowed, and its plan is approved.
    world.declare("guards", guards.yaml())
    bob, cleo, zoe = "bob", "p06", "zoe"
    world.directory([*PEOPLE[11:], bob], staff=["p23", bob])
    world.follow(with_commands(preview_and_sync, preview))
    approved_digest = world.digest()
    bitwarden.recorder.clear()
    world.directory([*PEOPLE[11:], cleo, bob, zoe], staff=["p23", zoe])
    [zeros] = approved.yaml()["bitwarden_sync_approve"]
    (tmp_path / "approved.yml").write_text(approved.text.replace(zeros, approved_digest))
    refused = world.follow(with_commands(preview_and_sync, f"{sync} -e @approved.yml"), failing=True)
    shown = re.sub(r" \*+$", "", refused, flags=re.MULTILINE).replace(cleo, "cleo")
    assert changed.text.strip() in shown, shown

    (tmp_path / "nothing.yml").write_text(nothing.text)
    world.follow(with_commands(preview_and_sync, f"{sync} -e @nothing.yml"), failing=True)
    assert bitwarden.recorder.writes() == []


def with_commands(block: Snippet, *commands: str) -> Snippet:
    """Return a block with other commands, at the same place."""
    return Snippet(block.page, block.line, "shell", block.caption, "\n".join(commands))
