# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declares an organization in a controller with the collection's playbook and the modules of awx.awx."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.fixture import StartAwx
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.server import AwxServer

SECRET = "a-secret-of-acme"
GROUP = {
    "ansible_connection": "local",
    "ansible_python_interpreter": sys.executable,
    "directory_sync_awx_scm_url": "https://git.example.org/identity/bitwarden-sync.git",
    "directory_sync_awx_image": "registry.example.org/dirsync-ee:1",
    "directory_sync_awx_approvers": ["identity"],
    "directory_sync_awx_notifications": [
        {
            "name": "identity team",
            "type": "webhook",
            "configuration": {"url": "https://chat.example.org/hook", "http_method": "POST", "headers": {}},
            "events": ["error", "approval"],
        }
    ],
}
KEY = {"client_id": "organization.a", "client_secret": SECRET}
ACME = {
    "directory_sync_awx_credentials": [
        {"name": "acme key", "type": "organization", "inputs": KEY},
        {"name": "acme LDAP", "type": "ldap", "inputs": {"bind_password": SECRET}},
    ],
    "directory_sync_awx_schedules": [
        {"name": "daily", "run": "workflow", "rrule": "DTSTART:20260101T060000Z RRULE:FREQ=DAILY;INTERVAL=1"},
        {"name": "hourly", "run": "apply", "rrule": "DTSTART:20260101T000000Z RRULE:FREQ=HOURLY;INTERVAL=1"},
    ],
}


class Declaring:
    """The playbook against one controller."""

    def __init__(self, folder: Path, awx: AwxServer) -> None:
        self._inventory = folder / "inventory.yml"
        self._awx = awx

    def run(self) -> str:
        """Run the playbook and return what it printed."""
        group = {"vars": GROUP, "hosts": {"acme": ACME}}
        self._inventory.write_text(yaml.safe_dump({"bitwarden_organizations": group}))
        controller = {"CONTROLLER_HOST": self._awx.url, "CONTROLLER_OAUTH_TOKEN": self._awx.token}
        result = subprocess.run(
            ["ansible-playbook", "-i", str(self._inventory), "dirsync.bitwarden.awx"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, **controller},
        )
        assert SECRET not in result.stdout
        return result.stdout


@pytest.fixture
def awx(awx_server: StartAwx) -> AwxServer:
    server = awx_server(playbooks=("preview.yml", "sync.yml"))
    server.store.add("teams", {"name": "identity", "organization": 1})
    return server


@pytest.fixture
def declaring(tmp_path: Path, awx: AwxServer) -> Declaring:
    return Declaring(tmp_path, awx)


def test_everything_is_declared_once(declaring: Declaring, awx: AwxServer) -> None:
    output = declaring.run()
    assert "failed=0" in output, output
    store, state = awx.store, awx.emulator.state()

    preview = store.named("job_templates", "Bitwarden acme preview")
    apply = store.named("job_templates", "Bitwarden acme apply")
    assert (preview["job_type"], preview["diff_mode"], preview["playbook"]) == ("check", True, "preview.yml")
    assert (apply["job_type"], apply["limit"], apply["playbook"]) == ("run", "acme", "sync.yml")
    credentials = store.associated[f"job_templates/{apply['id']}/credentials"]
    assert {store.get("credentials", id_)["name"] for id_ in credentials} == {"acme key", "acme LDAP"}

    workflow = store.named("workflow_job_templates", "Bitwarden acme workflow")
    assert order(awx, workflow["id"]) == ["preview", "always", "approval", "success", "apply"]
    carried_out = store.get(
        "job_templates", store.named("workflow_job_template_nodes", "apply")["unified_job_template"]
    )
    assert json.loads(carried_out["extra_vars"]) == {"bitwarden_sync_approve": ["nothing was previewed"]}
    [told] = store.associated[f"workflow_job_templates/{workflow['id']}/notification_templates_approvals"]
    assert store.get("notification_templates", told)["name"] == "identity team"
    role = store.role("workflow_job_templates", workflow["id"], "approval_role")
    assert store.associated[f"roles/{role}/teams"] == [store.named("teams", "identity")["id"]]
    schedules = {item["name"]: item["unified_job_template"] for item in store.objects["schedules"].values()}
    assert schedules == {
        "Bitwarden acme workflow daily": workflow["id"],
        "Bitwarden acme apply hourly": apply["id"],
    }

    again = declaring.run()
    assert "changed=0" in again, again
    assert "failed=0" in again, again
    assert awx.emulator.state() == state


def order(awx: AwxServer, workflow: int) -> list[str]:
    """Return the nodes of a workflow, which are one chain, from the first to the last with the links between them."""
    nodes = {
        id_: node["identifier"]
        for id_, node in awx.store.objects["workflow_job_template_nodes"].items()
        if node["workflow_job_template"] == workflow
    }
    links = {
        (id_, target): state
        for id_ in nodes
        for state in ("success", "failure", "always")
        for target in awx.store.associated.get(f"workflow_job_template_nodes/{id_}/{state}_nodes", [])
    }
    [current] = set(nodes) - {target for _, target in links}
    chain = [nodes[current]]
    for _ in links:
        [(target, state)] = [(target, state) for (id_, target), state in links.items() if id_ == current]
        chain += [state, nodes[target]]
        current = target
    return chain
