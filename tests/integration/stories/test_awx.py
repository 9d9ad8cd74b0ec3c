# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to AWX, followed on a clean machine; what it declares is then run as AWX does, from preview to apply.

Left out are building and pushing the image: a stand-in for podman notes that it was asked to. What it would have built
is built on this machine, from the same definition.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.emulator import AwxEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.server import AwxServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.awx_jobs import ISOLATED, TOOLS, Runner
from ansible_collections.dirsync.bitwarden.tests.support.clean_machine import CleanMachine
from ansible_collections.dirsync.bitwarden.tests.support.documented import PEOPLE
from ansible_collections.dirsync.bitwarden.tests.support.reader import VAULT_PASSWORD, Reader

PODMAN = """\
#!/bin/sh
echo "$@" >>/tmp/podman
"""
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture
def awx() -> Iterator[AwxServer]:
    emulator = AwxEmulator(playbooks=("awx.yml", "preview.yml", "sync.yml"))
    with AwxServer(emulator, tls=True, tls_names=("awx.example.org",)) as server:
        server.store.add("teams", {"name": "identity", "organization": 1})
        yield server


def runner(machine: CleanMachine, folder: Path) -> Runner:
    """Return what runs committed jobs in the execution environment, and in the network of the machine."""
    machine.shell(
        "git add . && git -c user.name=Ann -c user.email=ann@example.org commit --quiet --message='Declare acme'"
    )
    machine.shell("git clone --quiet . /tmp/project")
    machine.fetch("/tmp/project", folder / "project")
    mounts = []
    for name, path in (("authorities", AUTHORITIES), ("hosts", "/etc/hosts")):
        (folder / name).write_text(machine.root(f"cat {path}"))
        mounts.append(f"--container-volume-mount={folder / name}:{path}")
    options = [option for option in ISOLATED if "--network" not in option]
    options.append(f"--container-option=--network=container:{machine.name}")
    return Runner(folder, folder / "project", [*options, *mounts])


def test_declared_previewed_approved_and_applied(
    machine: CleanMachine, tmp_path: Path, ldap: Slapd, cloud: BitwardenServer, awx: AwxServer
) -> None:
    ldap.load("\n".join(PEOPLE.format(uid=uid) for uid in ("ann", "bob")))
    machine.reach_directory(ldap)
    for server in (cloud, awx):
        machine.reach_web(server)
    machine.root("cat >/usr/local/bin/podman && chmod +x /usr/local/bin/podman", PODMAN)
    with Reader("awx", machine) as reader:
        # 1. Build the execution environment
        reader.types()
        built, pushed = machine.shell("cat /tmp/podman").splitlines()
        assert built.startswith("build ")
        assert "registry.example.org/dirsync-ee:1" in built
        assert pushed == "push registry.example.org/dirsync-ee:1"

        # 2. Keep inventory and playbooks in a repository
        reader.types()
        reader.writes()
        reader.writes()

        # 3. Declare it
        reader.writes()
        reader.writes()
        secrets = {"bitwarden_client_secret": cloud.client_secret, "ldap_password": ldap.reader_password}
        filled = {f"vault_{name}: replace-me": f"vault_{name}: {secret}" for name, secret in secrets.items()}
        reader.edits({"organization.00000000-0000-0000-0000-000000000000": cloud.client_id, **filled})
        [install, login, declare] = reader.shown("console").commands
        machine.shell(install)
        machine.shell(login.replace("replace-me", awx.token))
        printed = machine.shell(declare, f"{VAULT_PASSWORD}\n")
        again = machine.shell(declare, f"{VAULT_PASSWORD}\n")
        assert "changed=0" in again
        for secret in secrets.values():
            assert secret not in printed + again

    # 4. Run it
    names = {found["name"] for found in awx.store.objects["job_templates"].values()}
    assert names == {f"Bitwarden acme {run}" for run in ("preview", "apply", "apply approved")}
    subprocess.run([TOOLS / "execution_environment.sh"], check=True, capture_output=True)
    jobs = runner(machine, tmp_path)
    preview = jobs.launch(awx.store, "Bitwarden acme preview")
    assert preview.status == 0, preview.output
    assert "ann@example.org" in preview.output
    assert cloud.recorder.writes() == []
    applied = jobs.launch(awx.store, "Bitwarden acme apply approved", preview.artifacts)
    assert applied.status == 0, applied.output
    assert {"ann@example.org", "bob@example.org"} <= cloud.organization.members().keys()
    for secret in secrets.values():
        assert secret not in preview.output + applied.output
