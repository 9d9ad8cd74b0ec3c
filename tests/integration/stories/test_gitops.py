# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to pull requests, followed on a clean machine: from the copied example to a search for drift."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.emulator import BitwardenEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.clean_machine import CleanMachine
from ansible_collections.dirsync.bitwarden.tests.support.documented import PEOPLE
from ansible_collections.dirsync.bitwarden.tests.support.pipeline_services import PipelineServices
from ansible_collections.dirsync.bitwarden.tests.support.reader import Reader

WORKFLOW = ".github/workflows/directory-sync.yml"

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def globex() -> Iterator[BitwardenServer]:
    with BitwardenServer(BitwardenEmulator(), tls=True, tls_names=("vault.globex.example",)) as server:
        yield server


@pytest.fixture
def services(globex: BitwardenServer) -> Iterator[PipelineServices]:
    key = {"client_id": globex.client_id, "client_secret": globex.client_secret}
    with PipelineServices({"bitwarden/globex": key}) as running:
        yield running


def run_job(machine: CleanMachine, job: str, status: int = 0) -> str:
    """Run the steps of a job of GitHub's pipeline that come after the installation, but for the comment."""
    workflow = yaml.safe_load(machine.shell(f"cat {WORKFLOW}"))
    steps = [step["run"] for step in workflow["jobs"][job]["steps"] if "run" in step]
    assert steps.pop(0) == "pipeline/install"
    return machine.shell("\n".join(step for step in steps if not step.startswith("gh ")), status=status)


def test_pull_requests(
    machine: CleanMachine, ldap: Slapd, cloud: BitwardenServer, globex: BitwardenServer, services: PipelineServices
) -> None:
    ldap.load("\n".join(PEOPLE.format(uid=uid) for uid in ("ann", "bob")))
    for server in (cloud, globex):
        machine.reach_web(server)
    machine.reach_directory(ldap)
    machine.reach(["secrets.example.org"], 80, services.port)
    with Reader("gitops", machine) as reader:
        printed = reader.types()
        assert "ok -- validation done" in printed

        # Secrets
        secrets = {
            "vault_bitwarden_client_id": cloud.client_id,
            "vault_bitwarden_client_secret": cloud.client_secret,
            "vault_ldap_password": ldap.reader_password,
        }
        machine.write("content", yaml.safe_dump(secrets))
        machine.shell("export EDITOR='mv content'")
        reader.types("example\n")
        shown = reader.shown("yaml")
        written = yaml.safe_load(machine.shell(f"cat {shown.caption}"))
        assert shown.yaml().items() <= written.items()
        printed = reader.types(replaced={"https:": "http:", "replace-me": services.token})
        comment = machine.shell("cat preview.md")
        assert "ann@example.org" in comment
        assert "bob@globex.example" in comment
        for secret in (*secrets.values(), globex.client_secret):
            assert secret not in printed + comment

        # The pipelines
        run_job(machine, "preview")
        assert "acme.json: " in run_job(machine, "drift", status=1)
        assert cloud.recorder.writes() == globex.recorder.writes() == []
        run_job(machine, "sync")
        assert {"ann@example.org", "bob@example.org"} <= cloud.organization.members().keys()
        assert "bob@globex.example" in globex.organization.members()
        assert "No drift." in run_job(machine, "drift")

        # Mistakes found while typing
        comment = reader.shown("yaml").text
        assert comment in machine.shell("cat inventory/host_vars/acme/main.yml")
        schema = comment.strip().partition("$schema=../../../")[2]
        machine.shell(f"sed -i s/bind_dn/bind_user/ inventory/host_vars/acme/main.yml && test -s {schema}")
        assert "'bind_user' was unexpected" in machine.shell("pipeline/check", status=1)
