# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the README files of the collection and of its main role show, followed on a clean machine."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.emulator import BitwardenEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.model import Mode
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.clean_machine import (
    ANSIBLE,
    CleanMachine,
    StartMachine,
)
from ansible_collections.dirsync.bitwarden.tests.support.documented import PEOPLE
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by
from ansible_collections.dirsync.bitwarden.tests.support.reader import VAULT_PASSWORD
from ansible_collections.dirsync.bitwarden.tests.support.webhook import WebhookReceiver

pytestmark = pytest.mark.timeout(900)
STATE = "~/.local/state/dirsync.bitwarden/acme"
NAMES = [f"p{number:02}" for number in range(24)]


@pytest.fixture
def us_cloud() -> Iterator[BitwardenServer]:
    """Yield an organization in Bitwarden's cloud in the United States."""
    names = ("api.bitwarden.com", "identity.bitwarden.com")
    with BitwardenServer(BitwardenEmulator(mode=Mode.CLOUD), tls=True, tls_names=names) as server:
        yield server


def test_the_quick_start(start_machine: StartMachine, cloud: BitwardenServer, ldap: Slapd) -> None:
    """From nothing to a plan beyond the guards that somebody approved."""
    install, hosts, vault, look_and_run, approve = executed_by("test_the_quick_start")
    ldap.load("\n".join(PEOPLE.format(uid=name) for name in NAMES))
    machine = start_machine()
    machine.reach_web(cloud)
    machine.reach_directory(ldap)
    machine.shell(ANSIBLE)
    for command in install.commands:
        machine.shell(command)
    machine.write("inventory/hosts.yml", hosts.text)
    secrets = vault.text.replace("organization.00000000-0000-0000-0000-000000000000", cloud.client_id)
    secrets = secrets.replace("client_secret: replace-me", f"client_secret: {cloud.client_secret}")
    machine.write("content", secrets.replace("ldap_password: replace-me", f"ldap_password: {ldap.reader_password}"))
    create = "EDITOR='mv content' ansible-vault create inventory/host_vars/acme/vault.yml --skip-tty-check"
    machine.shell(f"mkdir -p inventory/host_vars/acme && {create}", f"{VAULT_PASSWORD}\n{VAULT_PASSWORD}\n")
    typed = f"{VAULT_PASSWORD}\n"
    preview, sync = look_and_run.commands
    assert "invite_member 24" in machine.shell(preview, typed)
    assert len(cloud.organization.members()) == 1
    machine.shell(sync, typed)
    assert len(cloud.organization.members()) == 25

    gone = "\n".join(f"dn: uid={name},ou=people,dc=example,dc=org\nchangetype: delete\n" for name in NAMES[:6])
    ldap.change(gone)
    machine.shell(sync, typed, 2)
    digest = json.loads(machine.shell(f"cat {STATE}/report.json"))["digest"]
    [command] = approve.commands
    assert "sha256:..." in command
    machine.shell(command.replace("sha256:...", digest), typed)
    assert sum(member.status == -1 for member in cloud.organization.members().values()) == 6


def test_the_readme_of_the_role(machine: CleanMachine, us_cloud: BitwardenServer, ldap: Slapd) -> None:
    play, report, monitoring = executed_by("test_the_readme_of_the_role")
    ldap.load("\n".join(PEOPLE.format(uid=name) for name in NAMES))
    for name in NAMES:
        us_cloud.organization.add_member(f"{name}@example.org")
    machine.reach_web(us_cloud)
    machine.reach_directory(ldap)
    for folder in ("/srv/previews", "/var/lib/prometheus/node-exporter"):
        machine.root(f"mkdir -p {folder} && chmod 777 {folder}")
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "acme_client_id": us_cloud.client_id,
        "acme_client_secret": us_cloud.client_secret,
        "acme_ldap_password": ldap.reader_password,
    }
    with WebhookReceiver() as webhook:
        machine.reach(["hooks.example.org"], 80, webhook.port)
        variables |= {
            "vault_webhook": "http://hooks.example.org/hook",
            "vault_heartbeat": "http://hooks.example.org/beat",
        }
        machine.write("inventory", "acme\n")
        machine.write("host_vars/acme/secrets.yml", json.dumps(variables))
        machine.write("host_vars/acme/main.yml", report.text + monitoring.text)
        machine.write("play.yml", play.text)
        machine.shell("ansible-playbook -i inventory play.yml --check --diff")
        assert "/srv/previews/acme.md" in machine.shell("ls /srv/previews/*")
        machine.shell("ansible-playbook -i inventory play.yml")
        assert len(webhook.calls) == 2
    assert "dirsync_last_success" in machine.shell("cat /var/lib/prometheus/node-exporter/dirsync_acme.prom")


def test_runs_like_those_of_a_schedule(machine: CleanMachine, us_cloud: BitwardenServer) -> None:
    """A secret from a file, a plan that is approved from another machine, and what a host without internet needs."""
    organization, approve, download = executed_by("test_runs_like_those_of_a_schedule")
    printed_id = organization.yaml()["bitwarden_sync_organization"]["client_id"]
    machine.reach_web(us_cloud)
    for name in NAMES:
        us_cloud.organization.add_member(f"{name}@example.org", external_id=name)
    users = [{"external_id": name, "email": f"{name}@example.org"} for name in NAMES[6:]]
    machine.write("people.json", json.dumps({"users": users}))
    machine.write("credentials/client_secret", us_cloud.client_secret)
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    source = {"name": "hr", "type": "file", "file": {"path": "~/people.json"}}
    hosts = {"acme": {**local, "bitwarden_sync_sources": [source]}}
    machine.write("inventory/hosts.yml", json.dumps({"bitwarden_organizations": {"hosts": hosts}}))
    machine.write("inventory/host_vars/acme.yml", organization.text.replace(printed_id, us_cloud.client_id))
    machine.shell("export CREDENTIALS_DIRECTORY=~/credentials")
    machine.shell("ansible-playbook -i inventory dirsync.bitwarden.sync --limit acme", status=2)
    digest = json.loads(machine.shell(f"cat {STATE}/report.json"))["digest"]
    [command] = approve.commands
    machine.shell(command.replace("sha256:...", digest))
    assert {us_cloud.organization.member(f"{name}@example.org").status for name in NAMES[:6]} == {-1}

    machine.shell("\n".join(download.commands))
    fetched = machine.shell("ls wheels collections")
    assert "requests-" in fetched
    assert "dirsync-bitwarden-" in fetched
