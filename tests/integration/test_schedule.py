# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks and templates of the role for scheduled runs, on this machine and in folders of the test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

NAME = "dirsync.bitwarden.directory_sync_schedule"
ROLE = Path(__file__).parents[2] / "roles" / "directory_sync_schedule"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="the role gives files to root")


def play(folder: Path, task: dict[str, Any], *options: str, **variables: Any) -> subprocess.CompletedProcess[str]:
    """Run one task on this machine."""
    book = folder / "play.yml"
    content = {"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": [task]}
    book.write_text(yaml.safe_dump([content]))
    return subprocess.run(
        [
            "ansible-playbook",
            "-i",
            "localhost,",
            "-c",
            "local",
            "-e",
            f"ansible_python_interpreter={sys.executable}",
            str(book),
            *options,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(folder)},
    )


def role(
    folder: Path, tasks: str, *options: str, service_mgr: str = "openrc", **variables: Any
) -> subprocess.CompletedProcess[str]:
    """Run a file of tasks of the role."""
    given = {f"directory_sync_schedule_{name}": value for name, value in variables.items()}
    given["directory_sync_schedule_user"] = "root"
    facts = {"service_mgr": service_mgr, "os_family": "Debian"}
    task = {"include_role": {"name": NAME, "tasks_from": tasks}, "vars": {**given, "ansible_facts": facts}}
    return play(folder, task, *options)


def rendered(folder: Path, template: str, item: Any = None, **variables: Any) -> str:
    """Return what a template of the role becomes."""
    given = {f"directory_sync_schedule_{name}": value for name, value in variables.items()}
    files = [str(ROLE / "vars" / "main.yml"), str(ROLE / "defaults" / "main.yml")]
    values: dict[str, Any] = {"ansible_facts": {"service_mgr": "systemd"}}
    for file in files[::-1]:
        values |= yaml.safe_load(Path(file).read_text())
    values |= {**given, "item": item, "ansible_managed": "x", "role_path": str(ROLE)}
    task = {"template": {"src": str(ROLE / "templates" / template), "dest": str(folder / "rendered")}}
    run = play(folder, task, **values)
    assert run.returncode == 0, run.stdout
    return (folder / "rendered").read_text()


def scheduled_run(folder: Path, inventory: str, **variables: Any) -> subprocess.CompletedProcess[str]:
    """Run the program of the timers for acme, with this inventory in the project."""
    project = folder / "etc" / "project"
    project.mkdir(parents=True)
    (folder / "data" / "acme").mkdir(parents=True)
    (folder / "credentials").mkdir()
    if inventory:
        (project / "inventory").write_text(inventory)
    task = {"name": "Say it", "debug": {"msg": "it ran"}}
    (project / "site.yml").write_text(
        yaml.safe_dump([{"hosts": "bitwarden_organizations", "gather_facts": False, "tasks": [task]}])
    )
    text = rendered(
        folder,
        "run.j2",
        venv=sys.prefix,
        sync_playbook="site.yml",
        data_folder=str(folder / "data"),
        configuration_folder=str(folder / "etc"),
        current=str(folder),
        **variables,
    )
    environment = {"CREDENTIALS_DIRECTORY": str(folder / "credentials"), "PATH": os.environ["PATH"]}
    command = ["sh", "-c", text, "run", "sync", "acme"]
    return subprocess.run(command, text=True, capture_output=True, check=False, env=environment)


def test_a_run_for_its_host_is_made(tmp_path: Path) -> None:
    run = scheduled_run(tmp_path, "[bitwarden_organizations]\nacme ansible_connection=local\n")
    assert run.returncode == 0, run.stderr
    assert "it ran" in run.stdout


@pytest.mark.parametrize(
    "inventory",
    ["", "acme ansible_connection=local\n[bitwarden_organizations]\nglobex\n", "[bitwarden_organizations]\n"],
    ids=["missing", "outside the group", "empty"],
)
def test_a_run_for_nobody_fails(tmp_path: Path, inventory: str) -> None:
    run = scheduled_run(tmp_path, inventory)
    assert run.returncode != 0
    assert "acme: the inventory needs a host of this name" in run.stderr


@pytest.mark.parametrize("name", ["inventory", "elsewhere"])
def test_a_run_that_pulls_needs_its_host_too(tmp_path: Path, name: str) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / name).write_text("[bitwarden_organizations]\nacme ansible_connection=local\n")
    (repository / "site.yml").write_text(
        "- hosts: bitwarden_organizations\n  gather_facts: false\n  tasks: [{debug: }]\n"
    )
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *command], check=True)
    run = scheduled_run(tmp_path, "", repository={"url": str(repository)})
    assert (run.returncode == 0) is (name == "inventory"), run.stdout + run.stderr


def test_paths_and_names_are_quoted(tmp_path: Path) -> None:
    text = rendered(tmp_path, "run.j2", venv="/opt/my venv", sync_playbook="my site.yml", project="/x")
    assert "venv='/opt/my venv'" in text
    assert "playbook='my site.yml'" in text
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)


def test_git_hears_the_user_name_as_it_is(tmp_path: Path) -> None:
    text = rendered(tmp_path, "askpass.j2", repository={"username": r"CORP\bob"})
    answer = subprocess.run(["sh", "-c", text, "askpass", "Username for x"], text=True, capture_output=True, check=True)
    assert answer.stdout == "CORP\\bob\n"
