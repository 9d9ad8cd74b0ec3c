# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module directory_facts as Ansible runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible_collections.dirsync.bitwarden.plugins.modules.directory_facts import main

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def arguments(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "people.yml"
    path.write_text("users: [{external_id: 1, email: ann@example.org, name: '{{ 1 + 1 }}'}, {external_id: 2}]\n")
    sources = [{"name": "hr", "type": "file", "file": {"path": str(path)}}]
    return {"sources": sources, "snapshot": str(tmp_path / "snapshot.json")}


def as_process(command: list[str], **environment: str) -> Mapping[str, Any]:
    """Run a command that prints JSON, and return that."""
    completed = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}, timeout=100
    )
    assert completed.stdout.strip(), completed.stderr
    result = json.loads(completed.stdout)
    assert isinstance(result, dict)
    return result


@pytest.mark.parametrize("check_mode", [False, True])
def test_writes_the_snapshot_in_check_mode_too_and_changes_nothing(
    run_as_module: Run, arguments: dict[str, Any], check_mode: bool
) -> None:
    result = run_as_module(main, arguments, check_mode=check_mode)
    assert set(result) <= {"ansible_facts", "warnings", "invocation", "changed"}
    assert not result.get("changed", False)
    assert list(result["ansible_facts"]) == ["bitwarden_directory"]
    assert result["ansible_facts"]["bitwarden_directory"]["counts"]["users"] == 2
    assert "email_missing: 1" in str(result["warnings"])
    assert Path(arguments["snapshot"]).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"snapshot": None}, "snapshot is missing"),
        ({"sources": [{"name": "hr", "type": "file", "file": None}]}, "has the type file, but file is empty"),
        ({"sources": [{"name": "hr", "type": "file"}]}, "type is file but all of the following are missing: file"),
        ({"sources": [{"name": "hr", "type": "nis"}]}, "value of type must be one of"),
        ({"sources": [{"name": "hr", "type": "file", "file": {"path": "/none.csv"}}]}, "/none.csv cannot be read"),
        ({"sources": []}, "There are no sources"),
    ],
)
def test_bad_input_is_a_message(
    run_as_module: Run, arguments: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    result = run_as_module(main, {**arguments, **change})
    assert result["failed"] is True
    assert message in result["msg"]
    assert "Traceback" not in json.dumps(result)


def test_runs_as_a_process_with_arguments_in_json(arguments: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "arguments.json"
    file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
    result = as_process(
        [sys.executable, str(Path(sys.modules[main.__module__].__file__ or "")), str(file)],
        PYTHONPATH=":".join(sys.path),
    )
    assert result["ansible_facts"]["bitwarden_directory"]["counts"]["active"] == 2


def test_the_snapshot_is_required_but_for_a_probe(run_as_module: Run, arguments: dict[str, Any]) -> None:
    del arguments["snapshot"]
    assert "probe is False but all of the following are missing: snapshot" in run_as_module(main, arguments)["msg"]
    result = run_as_module(main, {**arguments, "probe": True})
    assert result["ansible_facts"]["bitwarden_directory"]["probe"][0]["users"] == 2


def test_runs_through_ansible(arguments: dict[str, Any], tmp_path: Path) -> None:
    ansible = Path(sys.executable).with_name("ansible")
    command = [str(ansible), "localhost", "-m", "dirsync.bitwarden.directory_facts", "-a", json.dumps(arguments)]
    tree = tmp_path / "results"
    as_text = subprocess.run(
        [*command, "--check", "--tree", str(tree)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "ANSIBLE_LOCALHOST_WARNING": "false", "HOME": str(tmp_path)},
        timeout=100,
    )
    assert as_text.returncode == 0, as_text.stdout + as_text.stderr
    result = json.loads((tree / "localhost").read_text())
    assert result["ansible_facts"]["bitwarden_directory"]["snapshot"] == arguments["snapshot"]
    assert "{{ 1 + 1 }}" in Path(arguments["snapshot"]).read_text()


def test_system_log_holds_nothing_of_the_options(
    run_as_module: Run, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda *message: logged.append(str(message)))
    key = {"client_email": "reader", "private_key": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n"}
    options = {"subject": "admin@example.org", "service_account_json": key}
    arguments["sources"] = [{"name": "staff", "type": "google_workspace", "google_workspace": options}]
    result = run_as_module(main, arguments)
    assert "lacks token_uri" in result["msg"]
    assert "c2VjcmV0" not in str([result, logged])
