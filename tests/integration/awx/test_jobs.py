# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs what is declared in a controller as AWX does: in the execution environment, isolated, from preview to apply."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.awx_declaring import KEY, Declaring
from ansible_collections.dirsync.bitwarden.tests.support.awx_jobs import ISOLATED, TOOLS, Runner

EXAMPLE = Path(__file__).parents[3] / "examples" / "gitops"
LIMIT = 700_000
"""Bytes of a result that AWX takes; it cuts larger ones."""

PERSON = """\
dn: uid={uid},ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: {uid}
cn: {uid}
sn: Example
mail: {uid}@example.org
"""


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(tls=True, client_id=KEY["client_id"])


def project(folder: Path, bitwarden: BitwardenServer, source: dict[str, Any], **variables: Any) -> Path:
    """Return a repository with the playbooks of the example and one organization, without any secret."""
    host = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "bitwarden_sync_organization": {"server_url": bitwarden.url, "ca_file": bitwarden.ca_file},
        "bitwarden_sync_sources": [source],
        **variables,
    }
    path = folder / "project"
    (path / "inventory").mkdir(parents=True)
    for playbook in ("preview.yml", "sync.yml"):
        shutil.copy(EXAMPLE / playbook, path)
    (path / "inventory" / "hosts.yml").write_text(
        yaml.safe_dump({"bitwarden_organizations": {"hosts": {"acme": host}}})
    )
    return path


@pytest.mark.timeout(1800)
def test_a_workflow_carries_out_exactly_what_was_approved(
    tmp_path: Path, declared: Declaring, slapd: Slapd, bitwarden: BitwardenServer
) -> None:
    subprocess.run([TOOLS / "execution_environment.sh"], check=True, capture_output=True)
    slapd.load("\n".join(PERSON.format(uid=uid) for uid in ("ann", "bob")))
    connection = {"servers": [slapd.ldaps_url], "ca_file": slapd.ca_file, "bind_dn": slapd.reader_dn}
    source = {"name": "people", "type": "ldap", "ldap": connection}
    guarded = {"guards": {"invitations": {"count": 1}, "exempt": 0}}
    repository = project(tmp_path, bitwarden, source, bitwarden_sync_policy=guarded)
    runner = Runner(tmp_path, repository, [*ISOLATED, f"--container-volume-mount={tmp_path}:{tmp_path}"])
    for file in (slapd.ca_file, bitwarden.ca_file):
        runner.options = [*runner.options, f"--container-volume-mount={file}:{file}"]
    store = declared.awx.store

    preview = runner.launch(store, "Bitwarden acme preview")
    assert preview.status != 0, preview.output
    assert "would be stopped by its guards" in preview.output
    assert "ann@example.org" in preview.output, "the diff names whom it would invite"
    [digest] = preview.artifacts["bitwarden_sync_approve"]

    unseen = runner.launch(store, "Bitwarden acme apply approved")
    assert unseen.status != 0
    assert bitwarden.recorder.writes() == []

    applied = runner.launch(store, "Bitwarden acme apply approved", preview.artifacts)
    assert applied.status == 0, applied.output
    assert digest in applied.output
    assert {"ann@example.org", "bob@example.org"} <= bitwarden.organization.members().keys()
    for job in (preview, unseen, applied):
        assert slapd.reader_password not in job.output + json.dumps(job.events)
        assert bitwarden.client_secret not in job.output + json.dumps(job.events)


@pytest.mark.timeout(900)
def test_results_stay_small_with_twenty_thousand_users(tmp_path: Path, bitwarden: BitwardenServer) -> None:
    users = [{"external_id": f"id-{number}", "email": f"user{number}@example.org"} for number in range(20_000)]
    groups = [
        {
            "external_id": f"g-{number}",
            "name": f"group {number}",
            "members": [f"id-{m}" for m in range(number, 20_000, 50)],
        }
        for number in range(50)
    ]
    path = tmp_path / "people.json"
    path.write_text(json.dumps({"users": users, "groups": groups}))
    repository = project(tmp_path, bitwarden, {"name": "people", "type": "file", "file": {"path": str(path)}})
    runner = Runner(tmp_path, repository)
    key = {"BW_CLIENTID": bitwarden.client_id, "BW_CLIENTSECRET": bitwarden.client_secret, "HOME": str(tmp_path)}
    for playbook, command in (("preview.yml", "--check --diff"), ("sync.yml", "--diff")):
        job = runner.run(playbook, command, {}, key)
        assert job.status == 0, job.output[-3000:]
        assert job.largest_result() < LIMIT
        assert job.largest_event() < LIMIT
    assert len(bitwarden.organization.members()) >= 20_000
