# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a file into an organization on Vaultwarden, which can be written to but not read, through the playbook."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.support.playbook import sync_playbook


def write_directory(path: Path, *names: str) -> None:
    """Write a directory of these people, all of them in the group staff."""
    users = [{"external_id": f"id-{name}", "email": f"{name}@example.org", "name": name} for name in names]
    groups = [{"external_id": "id-staff", "name": "staff", "members": [f"id-{name}" for name in names]}]
    path.write_text(json.dumps({"users": users, "groups": groups}))


def test_people_come_leave_and_come_back(tmp_path: Path, bitwarden_server: StartBitwarden) -> None:
    vaultwarden = bitwarden_server(tls=True, mode=Mode.VAULTWARDEN, rate_limits=False)
    organization = vaultwarden.organization
    organization.configure(vaultwarden_groups_enabled=True)
    directory = tmp_path / "people.json"
    source = {"name": "people", "type": "file", "file": {"path": str(directory)}}
    playbook = sync_playbook(tmp_path, vaultwarden, source)

    write_directory(directory, "ann", "bob", "cleo")
    preview = playbook.run("--check", "--diff")
    assert preview.status == 0, preview.output
    assert "no earlier run is recorded" in preview.output
    assert vaultwarden.recorder.writes() == []
    run = playbook.run("-vvvv", "--diff")
    assert run.status == 0, run.output
    assert vaultwarden.client_secret not in run.output
    assert run.report is not None
    assert preview.report is not None
    assert run.report["digest"] == preview.report["digest"]
    assert organization.memberships() == {"staff": {f"{name}@example.org" for name in ("ann", "bob", "cleo")}}

    vaultwarden.recorder.clear()
    again = playbook.run()
    assert (again.status, again.changed) == (0, False), again.output
    assert vaultwarden.recorder.writes() == []

    write_directory(directory, "ann", "bob")
    preview = playbook.run("--check", "--diff")
    assert "-  status: confirmed\n+  status: revoked" in preview.output
    assert playbook.run().status == 0
    assert organization.member("cleo@example.org").status == Status.REVOKED
    assert organization.memberships() == {"staff": {"ann@example.org", "bob@example.org"}}

    write_directory(directory, "ann", "bob", "cleo")
    assert playbook.run().status == 0
    assert organization.member("cleo@example.org").status == Status.INVITED
