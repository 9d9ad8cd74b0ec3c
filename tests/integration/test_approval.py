# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A preview job, an approval and an apply job, as the nodes of a workflow: each job starts in an empty folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by
from ansible_collections.dirsync.bitwarden.tests.support.playbook import PlaybookRun, SyncPlaybook, sync_playbook

Job = Callable[[str], SyncPlaybook]

PEOPLE = [f"p{number:02}" for number in range(12)]


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(tls=True)


@pytest.fixture
def job(tmp_path: Path, bitwarden: BitwardenServer) -> Job:
    """Return a function that makes a job in a container of its own."""

    def call(name: str) -> SyncPlaybook:
        source = {"name": "people", "type": "file", "file": {"path": str(tmp_path / "people.json")}}
        (tmp_path / name).mkdir()
        playbook = sync_playbook(tmp_path / name, bitwarden, source)
        playbook.environment |= {"HOME": str(tmp_path / name), "ANSIBLE_SHOW_CUSTOM_STATS": "1"}
        return playbook

    return call


@pytest.fixture
def directory(tmp_path: Path) -> Callable[[Iterable[str]], None]:
    """Return a function that fills the directory with these people, all of them in the group staff."""

    def call(names: Iterable[str]) -> None:
        names = list(names)
        users = [{"external_id": f"id-{name}", "email": f"{name}@example.org", "name": name} for name in names]
        groups = [{"external_id": "id-staff", "name": "staff", "members": [f"id-{name}" for name in names]}]
        (tmp_path / "people.json").write_text(json.dumps({"users": users, "groups": groups}))

    return call


def handed_on(run: PlaybookRun) -> dict[str, Any]:
    """Return what a job hands on to the next one, where a workflow takes it from (set_stats)."""
    [text] = re.findall(r"RUN: (\{.*\})", run.output)
    stats: dict[str, Any] = json.loads(text)
    return stats


def test_a_workflow_carries_out_what_was_approved_and_nothing_else(
    job: Job, directory: Callable[[Iterable[str]], None], bitwarden: BitwardenServer, tmp_path: Path
) -> None:
    for name in PEOPLE:
        bitwarden.organization.add_member(f"{name}@example.org", external_id=f"id-{name}")
    directory(PEOPLE[:6])
    shared = {"directory_sync_plan": str(tmp_path / "plan.json")}
    preview = job("preview").run(playbook="preview", **shared)
    assert "6 of 12 members would be revoked" in preview.output
    assert preview.report is not None
    approval = handed_on(preview)
    assert approval["bitwarden_sync_approve"] == [preview.report["digest"]]

    directory([*PEOPLE[1:6], "zoe"])
    refused = job("too late").run(**approval, directory_sync_approved_plan=shared["directory_sync_plan"])
    assert refused.status != 0
    lines = re.findall(r'^ +"([-+~] .*)",?$', refused.output, re.MULTILINE)
    assert lines == [
        "+ invite_member zoe@example.org (new_user)",
        "+ revoke_member p00@example.org (absent_from_directory)",
        "~ set_group_members staff: also joining zoe@example.org; not joining p00@example.org",
    ]
    without_file = job("without file").run(**approval)
    assert without_file.status != 0
    assert "there is no saved plan" in without_file.output
    assert bitwarden.recorder.writes() == []

    directory(PEOPLE[:6])
    applied = job("apply").run(**approval)
    assert applied.status == 0, applied.output
    assert len(bitwarden.recorder.requests("POST", r"/revoke$")) == 6
    bitwarden.recorder.clear()
    again = job("again").run(**approval)
    assert (again.status, again.changed) == (0, False), again.output
    assert bitwarden.recorder.writes() == []


def test_a_preview_by_keyword_is_one_in_every_respect(
    job: Job, directory: Callable[[Iterable[str]], None], bitwarden: BitwardenServer
) -> None:
    directory(PEOPLE)
    playbook = job("preview")
    for run in (playbook.run(playbook="preview"), playbook.run("--check")):
        assert run.status == 0, run.output
        assert "Planned: invite_member 12, create_group 1, set_group_members 1" in run.output
        assert not playbook.snapshot.exists()
        assert playbook.snapshot.with_name("preview-snapshot.json").exists()
        assert playbook.snapshot.with_name("plan.json").exists()
    applied = playbook.run()
    assert "Done: invite_member 12" in applied.output
    assert "bitwarden_sync_approve" not in handed_on(applied)


def test_the_plays_of_the_guide_run(
    directory: Callable[[Iterable[str]], None], bitwarden: BitwardenServer, tmp_path: Path
) -> None:
    directory(PEOPLE)
    source = {"name": "people", "type": "file", "file": {"path": str(tmp_path / "people.json")}}
    read = {"dirsync.bitwarden.directory_facts": {"sources": [source], "snapshot": str(tmp_path / "snapshot.json")}}
    [preview], [apply] = [block.yaml() for block in executed_by("test_the_plays_of_the_guide_run")]
    keep = {"ansible.builtin.set_fact": {"approved_digest": "{{ preview.digest }}"}}
    connection = {"server_url": bitwarden.url, "ca_file": bitwarden.ca_file}
    plays = [{**preview, "tasks": [*preview["tasks"], keep]}, apply]
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": [read]}, *plays]
    for play in plays:
        play["module_defaults"] = {"group/dirsync.bitwarden.bitwarden": connection}
        play["vars"] = {"ansible_python_interpreter": sys.executable}
    path = tmp_path / "plays.yml"
    path.write_text(yaml.safe_dump(plays, width=10000).replace("/var/lib/dirsync", str(tmp_path)))
    credentials = {"BW_CLIENTID": bitwarden.client_id, "BW_CLIENTSECRET": bitwarden.client_secret}
    command = ["ansible-playbook", "-i", "localhost,", "-c", "local", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **credentials})
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{PEOPLE[0]}@example.org" in bitwarden.organization.members()
