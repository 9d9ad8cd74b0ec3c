# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs jobs as AWX does: ansible-runner with a project, an inventory, the variables and what the credentials inject."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.store import Store

TOOLS = Path(__file__).parents[1] / "tools"
IMAGE = "localhost/dirsync-ee:latest"

# What AWX adds to isolate a job, and that job's way to the servers of a test, which listen on loopback.
ISOLATED = (
    "--process-isolation",
    "--process-isolation-executable=podman",
    f"--container-image={IMAGE}",
    "--container-option=--network=host",
    "--container-option=--user=root",
)


@dataclass(frozen=True)
class Job:
    """A job that has ended: its exit status, what it printed, and its events."""

    status: int
    output: str
    events: list[dict[str, Any]]

    @property
    def artifacts(self) -> dict[str, Any]:
        """Return what the job hands on to the next one of its workflow (``set_stats``)."""
        [end] = [event for event in self.events if event["event"] == "playbook_on_stats"]
        artifacts: dict[str, Any] = end["event_data"].get("artifact_data", {})
        return artifacts

    def largest_result(self) -> int:
        """Return the bytes of the largest result of a task as JSON, which AWX cuts at 700,000."""
        return max(len(json.dumps(event["event_data"].get("res", {})).encode()) for event in self.events)

    def largest_event(self) -> int:
        """Return the bytes of the largest event as JSON, with what it printed."""
        return max(len(json.dumps(event).encode()) for event in self.events)


@dataclass
class Runner:
    """Runs playbooks of a project. ``options`` are further options of ansible-runner."""

    folder: Path
    project: Path
    options: Sequence[str] = ()
    _jobs: int = field(default=0, init=False)

    def launch(self, store: Store, template: str, handed_on: Mapping[str, Any] | None = None) -> Job:
        """Run a job template of a controller; what earlier jobs of the workflow handed on wins over its variables."""
        found = store.named("job_templates", template)
        variables = {**json.loads(found["extra_vars"] or "{}"), **(handed_on or {})}
        command = f"--limit {found['limit']}"
        command += " --check" if found["job_type"] == "check" else ""
        command += " --diff" if found["diff_mode"] else ""
        environment: dict[str, str] = {}
        for id_ in store.associated.get(f"job_templates/{found['id']}/credentials", []):
            credential = store.get("credentials", id_)
            injectors = store.get("credential_types", credential["credential_type"])["injectors"]
            environment |= _injected(injectors, credential["inputs"])
        return self.run(found["playbook"], command, variables, environment)

    def run(self, playbook: str, command: str, variables: Mapping[str, Any], environment: Mapping[str, str]) -> Job:
        """Run a playbook of the project in a folder of its own."""
        self._jobs += 1
        private = self.folder / f"job-{self._jobs}"
        shutil.copytree(self.project, private / "project")
        shutil.copytree(self.project / "inventory", private / "inventory")
        (private / "env").mkdir(mode=0o700)
        (private / "env" / "envvars").write_text(json.dumps(dict(environment)))
        (private / "env" / "extravars").write_text(json.dumps(dict(variables)))
        (private / "env" / "cmdline").write_text(command)
        done = subprocess.run(
            ["ansible-runner", "run", str(private), "-p", playbook, "-i", "run", *self.options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, "CONTAINERS_CONF": str(TOOLS / "containers.conf")},
        )
        files = sorted((private / "artifacts" / "run" / "job_events").glob("*.json"))
        return Job(done.returncode, done.stdout, [json.loads(path.read_text()) for path in files])


def _injected(injectors: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that a credential of a type with these injectors makes."""
    return {name: jinja2.Template(text, autoescape=False).render(**inputs) for name, text in injectors["env"].items()}
