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


def test_a_single_writable_path_is_one_path(tmp_path: Path) -> None:
    text = rendered(
        tmp_path,
        "run.service.j2",
        ["sync", {"name": "acme"}],
        organizations=[{"name": "acme", "credentials": {"client_secret": "x"}}],
        writable_paths="/var/lib/x",
        systemd={"stdout_lines": ["systemd 252"]},
    )
    assert [line for line in text.splitlines() if "ReadWritePaths" in line] == ["ReadWritePaths=/var/lib/x"]
    assert "LoadCredential=client_secret:" in text


def project_of(folder: Path) -> Path:
    """Return a project with a file, a program and a link to a file outside of it."""
    project = folder / "project"
    (project / ".git").mkdir(parents=True)
    (project / ".git" / "config").touch()
    (project / "hosts.yml").write_text("all:\n")
    (project / "script").write_text("#!/bin/sh\n")
    (project / "script").chmod(0o755)
    (folder / "elsewhere.yml").write_text("linked\n")
    (project / "linked.yml").symlink_to(folder / "elsewhere.yml")
    return project


@needs_root
@pytest.mark.parametrize("spelled", ["~/project", "{folder}/project/"])
def test_a_project_is_copied_with_its_programs_and_links(tmp_path: Path, spelled: str) -> None:
    project_of(tmp_path)
    for _unused in range(2):
        run = role(
            tmp_path, "project", project=spelled.format(folder=tmp_path), configuration_folder=str(tmp_path / "etc")
        )
        assert run.returncode == 0, run.stdout
    assert "changed=0" in run.stdout
    modes = {path.name: path.lstat().st_mode & 0o777 for path in (tmp_path / "etc" / "project").iterdir()}
    assert modes == {"hosts.yml": 0o640, "script": 0o750, "linked.yml": 0o640}
    assert (tmp_path / "etc" / "project" / "linked.yml").read_text() == "linked\n"


@needs_root
@pytest.mark.parametrize("fault", ["empty", "link"])
def test_a_project_that_cannot_be_copied_leaves_the_installed_one(tmp_path: Path, fault: str) -> None:
    project = project_of(tmp_path)
    installed = tmp_path / "etc" / "project" / "hosts.yml"
    installed.parent.mkdir(parents=True)
    installed.touch()
    if fault == "link":
        (project / "nowhere").symlink_to(tmp_path / "nothing")
    else:
        project = tmp_path / "empty"
        project.mkdir()
    run = role(tmp_path, "project", project=str(project), configuration_folder=str(tmp_path / "etc"))
    assert run.returncode != 0
    assert ("nowhere" if fault == "link" else "has 0 files") in run.stdout
    assert installed.exists()


@pytest.mark.parametrize(
    ("at", "taken"), [("hourly", True), ("*/15 * * * 1-5", True), ("*:0/15", False), ("Mon..Fri 05:30", False)]
)
def test_cron_gets_times_that_it_can_read(tmp_path: Path, at: str, taken: bool) -> None:
    run = role(tmp_path, "check", scheduler="cron", project="/x", organizations=[{"name": "acme", "sync_at": at}])
    assert (run.returncode == 0) is taken, run.stdout
    assert taken or at in run.stdout


@needs_root
def test_loops_over_the_runs_hold_no_credentials(tmp_path: Path) -> None:
    # No systemd is asked for anything before the timers are written.
    run = role(
        tmp_path,
        "systemd",
        "-vvv",
        scheduler="systemd",
        project="/x",
        unit_folder=str(tmp_path),
        cron_file=str(tmp_path / "cron"),
        python_found={"stdout": ""},
        systemd={"stdout_lines": ["systemd 252"]},
        organizations=[{"name": "acme", "credentials": {"client_secret": "hush-hush"}}],
    )
    [service] = tmp_path.glob("dirsync-bitwarden-sync-acme.service")
    assert "LoadCredential=client_secret:" in service.read_text()
    assert (tmp_path / "dirsync-bitwarden-sync-acme.timer").exists()
    assert "hush-hush" not in run.stdout


def test_systemd_takes_the_place_of_cron(tmp_path: Path) -> None:
    (tmp_path / "cron").touch()
    role(
        tmp_path,
        "systemd",
        scheduler="systemd",
        project="/x",
        unit_folder=str(tmp_path / "missing"),
        cron_file=str(tmp_path / "cron"),
        organizations=[{"name": "acme"}],
    )
    assert not (tmp_path / "cron").exists()


def test_cron_takes_the_place_of_systemd(tmp_path: Path) -> None:
    (tmp_path / "dirsync-bitwarden-failure@.service").touch()
    role(
        tmp_path,
        "cron",
        scheduler="cron",
        service_mgr="systemd",
        project="/x",
        unit_folder=str(tmp_path),
        cron_file=str(tmp_path / "cron"),
        organizations=[{"name": "acme"}],
    )
    assert list(tmp_path.glob("dirsync-bitwarden-*")) == []
