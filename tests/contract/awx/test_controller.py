# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's API as the modules of awx.awx meet it."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from ansible_collections.dirsync.bitwarden.tests.contract.awx.conftest import Client
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.fixture import StartAwx

SECRET_TYPE = {
    "name": "A secret",
    "kind": "cloud",
    "inputs": {"fields": [{"id": "user", "label": "User"}, {"id": "word", "label": "Word", "secret": True}]},
    "injectors": {"env": {"WORD": "{{ word }}"}},
}


def test_a_request_without_token_is_refused(awx_server: StartAwx) -> None:
    response = requests.get(awx_server().url + "/api/v2/organizations/", timeout=10)
    assert response.status_code == 401
    assert response.headers["X-API-Product-Name"] == "AWX"


def test_lists_are_pages_that_filters_narrow(client: Client) -> None:
    for number in range(30):
        client.create("teams", name=f"team {number}", organization=1)
    first = client.send("GET", "teams/").json()
    assert (first["count"], len(first["results"])) == (30, 25)
    assert len(client.send("GET", first["next"].removeprefix("/api/v2/")).json()["results"]) == 5
    [found] = client.send("GET", "teams/", name="team 7").json()["results"]
    either = client.send("GET", "teams/", or__id=found["id"], or__name="team 8").json()
    assert [item["name"] for item in either["results"]] == ["team 7", "team 8"]
    assert client.send("GET", "teams/", colour="red").status_code == 400


def test_names_are_unique_in_an_organization(client: Client) -> None:
    client.create("inventories", name="one", organization=1)
    response = client.send("POST", "inventories/", {"name": "one", "organization": 1})
    assert response.status_code == 400
    assert "__all__" in response.json()


def test_secrets_are_never_shown_and_survive_being_sent_back(client: Client) -> None:
    kind = client.create("credential_types", **SECRET_TYPE)
    inputs = {"user": "ann", "word": "secret"}
    made = client.create("credentials", name="c", organization=1, credential_type=kind["id"], inputs=inputs)
    assert made["inputs"] == {"user": "ann", "word": "$encrypted$"}
    changed = client.send("PATCH", f"credentials/{made['id']}/", {"inputs": {"user": "bob", "word": "$encrypted$"}})
    assert changed.json()["inputs"] == {"user": "bob", "word": "$encrypted$"}


@pytest.mark.parametrize(
    ("path", "fields", "culprit"),
    [
        ("organizations", {}, "name"),
        ("teams", {"name": "t", "organization": 99}, "organization"),
        ("credential_types", {**SECRET_TYPE, "kind": "mine"}, "kind"),
        ("credential_types", {**SECRET_TYPE, "inputs": {"fields": [{"id": "a b", "label": "x"}]}}, "inputs"),
        ("credential_types", {**SECRET_TYPE, "injectors": {"env": {"WORD": "{{ other }}"}}}, "injectors"),
        ("projects", {"name": "p", "organization": 1, "scm_type": "git"}, "scm_url"),
        ("schedules", {"name": "s", "rrule": "RRULE:FREQ=DAILY;INTERVAL=1", "unified_job_template": 99}, "unified"),
        (
            "notification_templates",
            {"name": "n", "organization": 1, "notification_type": "pigeon"},
            "notification_type",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_field(client: Client, path: str, fields: dict[str, Any], culprit: str) -> None:
    response = client.send("POST", f"{path}/", fields)
    assert response.status_code == 400
    assert any(name.startswith(culprit) for name in response.json()), response.text
    assert client.send("GET", f"{path}/").json()["count"] == (1 if path == "organizations" else 0)


@pytest.fixture
def job_template(client: Client) -> dict[str, Any]:
    project = client.create("projects", name="p", organization=1, scm_type="git", scm_url="https://git.example.org/p")
    inventory = client.create("inventories", name="i", organization=1)
    links = {"organization": 1, "project": project["id"], "inventory": inventory["id"]}
    return client.create("job_templates", name="j", playbook="site.yml", **links)


def test_playbooks_are_those_of_the_project(client: Client, job_template: dict[str, Any]) -> None:
    response = client.send("PATCH", f"job_templates/{job_template['id']}/", {"playbook": "a.collection.playbook"})
    assert response.json() == {"playbook": ["Playbook not found for project."]}
    assert client.send("GET", f"job_templates/{job_template['id']}/").json()["playbook"] == "site.yml"


def test_a_job_has_one_credential_of_each_type(client: Client, job_template: dict[str, Any]) -> None:
    kind = client.create("credential_types", **SECRET_TYPE)["id"]
    first, second = (client.create("credentials", name=name, organization=1, credential_type=kind) for name in "ab")
    path = f"job_templates/{job_template['id']}/credentials/"
    assert client.send("POST", path, {"id": first["id"]}).status_code == 204
    assert client.send("POST", path, {"id": second["id"]}).status_code == 400
    assert client.send("POST", path, {"id": first["id"], "disassociate": True}).status_code == 204
    assert client.send("GET", path).json()["count"] == 0


def test_an_approval_belongs_to_its_node_and_has_no_links_of_its_own(client: Client) -> None:
    workflow = client.create("workflow_job_templates", name="w", organization=1)
    node = client.create("workflow_job_template_nodes", identifier="n", workflow_job_template=workflow["id"])
    path = f"workflow_job_template_nodes/{node['id']}/"
    approval = client.send("POST", path + "create_approval_template/", {"name": "look", "timeout": 60})
    assert approval.status_code == 201
    related = client.send("GET", path).json()["related"]["unified_job_template"]
    assert related == approval.json()["url"]
    assert client.send("GET", approval.json()["url"].removeprefix("/api/v2/") + "success_nodes/").status_code == 404
    assert client.send("GET", path + "success_nodes/").status_code == 200
    assert client.send("GET", "unified_job_templates/", name="look").json()["count"] == 1
