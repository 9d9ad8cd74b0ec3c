# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declares an organization in a controller with the collection's playbook and the modules of awx.awx."""

from __future__ import annotations

import json

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.server import AwxServer
from ansible_collections.dirsync.bitwarden.tests.support.awx_declaring import Declaring
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by

pytestmark = pytest.mark.timeout(600)


def test_everything_is_declared_once(declared: Declaring) -> None:
    awx = declared.awx
    store, state = awx.store, awx.emulator.state()

    preview = store.named("job_templates", "Bitwarden acme preview")
    apply = store.named("job_templates", "Bitwarden acme apply")
    assert (preview["job_type"], preview["diff_mode"], preview["playbook"]) == ("check", True, "preview.yml")
    assert (apply["job_type"], apply["limit"], apply["playbook"]) == ("run", "acme", "sync.yml")
    credentials = store.associated[f"job_templates/{apply['id']}/credentials"]
    assert {store.get("credentials", id_)["name"] for id_ in credentials} == {"acme API key", "acme LDAP"}

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

    again = declared.run("-vvv")
    assert "changed=0" in again, again
    assert "failed=0" in again, again
    assert awx.emulator.state() == state


def test_the_readme_of_the_role_is_what_was_declared(declared: Declaring) -> None:
    [block] = executed_by("test_the_readme_of_the_role_is_what_was_declared")
    shown = block.yaml()["bitwarden_organizations"]
    used = declared.inventory()["bitwarden_organizations"]
    assert shown["vars"].items() <= used["vars"].items()
    [credentials] = [host["directory_sync_awx_credentials"] for host in shown["hosts"].values()]
    assert [{"name": each["name"]} for each in used["hosts"]["acme"]["directory_sync_awx_credentials"]] == credentials


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
    [current] = set(nodes) - {link[1] for link in links}
    chain = [nodes[current]]
    while len(chain) < 2 * len(links) + 1:
        [(target, state)] = [(target, state) for (id_, target), state in links.items() if id_ == current]
        chain += [state, nodes[target]]
        current = target
    return chain
