# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From Directory Connector to this collection: converted, compared, re-keyed, with OpenLDAP and an emulated server."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.directory_data import directory_ldif, group_dn, user_dn
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.directory_connector import as_file, settings

PEOPLE, GROUPS = 30, 3


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return a server with an organization as Directory Connector leaves it: the ids of all are DNs."""
    server = bitwarden_server(tls=True)
    for number in range(PEOPLE):
        server.organization.add_member(email(number), external_id=user_dn(number))
    for number, members in enumerate(memberships(directory_ldif(PEOPLE, GROUPS, nested=0))):
        server.organization.add_group(f"group-{number:04d}", group_dn(number), members=members)
    server.organization.add_member("by.hand@example.org")
    server.recorder.clear()
    return server


def email(number: int) -> str:
    return f"user{number:06d}@example.org"


def memberships(ldif: str) -> list[list[str]]:
    """Return the addresses of the members of each group."""
    groups = [entry for entry in ldif.split("\n\n") if "groupOfNames" in entry]
    return [
        [f"{uid}@example.org" for uid in re.findall(r"^member: uid=(\w+),", group, re.MULTILINE)] for group in groups
    ]


def data_file(folder: Path, slapd: Slapd, bitwarden: BitwardenServer) -> Path:
    """Write what Directory Connector keeps of this directory and this organization, with the password in clear."""
    host, port = slapd.ldaps_url.removeprefix("ldaps://").split(":")
    directory = {
        "hostname": host,
        "port": int(port),
        "username": slapd.reader_dn,
        "password": slapd.reader_password,
        "sslCaPath": slapd.ca_file,
        "sslCertPath": None,
        "sslKeyPath": None,
    }
    organization = bitwarden.client_id.removeprefix("organization.")
    content = settings(
        directory=directory,
        sync={"userFilter": "(mail=*)", "groupFilter": None},
        environmentUrls={"base": bitwarden.url},
        organizationId=organization,
        apiKeyClientId=bitwarden.client_id,
        apiKeyClientSecret=bitwarden.client_secret,
    )
    path = folder / "data.json"
    path.write_bytes(as_file(content))
    path.chmod(0o600)
    return path


class Inventory:
    """An inventory with one organization, and the playbooks of the collection on it."""

    def __init__(self, folder: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
        self.folder = folder / "inventory"
        self.variables = self.folder / "host_vars" / "acme" / "main.yml"
        self.variables.parent.mkdir(parents=True)
        self._environment = {"HOME": str(folder), "SSL_CERT_FILE": str(bitwarden.ca_file)}
        host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        (self.folder / "hosts.yml").write_text(yaml.safe_dump({"bitwarden_organizations": {"hosts": {"acme": host}}}))
        secrets = {
            "vault_ldap_password": slapd.reader_password,
            "vault_bitwarden_client_secret": bitwarden.client_secret,
        }
        self.variables.with_name("vault.yml").write_text(yaml.safe_dump(secrets))

    def play(self, playbook: str, *options: str) -> str:
        """Run a playbook that has to succeed, and return what it printed."""
        command = ["ansible-playbook", "-i", str(self.folder), f"dirsync.bitwarden.{playbook}", *options]
        environment = {**os.environ, **self._environment}
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout + run.stderr


def test_converted_previewed_and_rekeyed(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    slapd.load(directory_ldif(PEOPLE, GROUPS, nested=0))
    inventory = Inventory(tmp_path, slapd, bitwarden)
    source = data_file(tmp_path, slapd, bitwarden)
    inventory.variables.parent.chmod(0o700)
    converting = ("-e", f"migrate_data_file={source}", "-e", f"migrate_to={inventory.variables}")

    output = inventory.play("migrate", *converting)
    assert "sync.overwriteExisting: Whoever is missing in the directory keeps access" in output
    written = inventory.variables.read_text()
    assert inventory.variables.parent.stat().st_mode & 0o777 == 0o700
    assert "# vault_ldap_password in the vault: what was directoryLdap.password" in written
    for secret in (slapd.reader_password, bitwarden.client_secret):
        assert secret not in output + written

    # Side by side: nothing to do, and nothing written.
    output = inventory.play("preview")
    assert (tmp_path / ".local/state/dirsync.bitwarden/acme/preview-snapshot.json").exists()
    assert "Planned: nothing, the organization is as the directory wants it" in output, output
    assert bitwarden.recorder.writes() == []

    # Converting again keeps what was edited since.
    inventory.variables.write_text(written.replace("external_id: dn\n", "page_size: 500\n"))
    assert "changed=0" in inventory.play("migrate", *converting)

    # Lasting identities: everybody is linked anew, and nobody is invited.
    preview = inventory.play("preview")
    assert f"rekey_member {PEOPLE}" in preview, preview
    assert bitwarden.recorder.writes() == []
    before = bitwarden.organization.memberships()
    inventory.play("sync")
    assert {member.external_id for member in bitwarden.organization.members().values()}.isdisjoint(
        user_dn(number) for number in range(PEOPLE)
    )
    assert len(bitwarden.organization.members()) == PEOPLE + 2
    assert bitwarden.organization.memberships() == before
    bitwarden.recorder.clear()
    assert "changed=0" in inventory.play("sync")
    assert bitwarden.recorder.writes() == []

    # And back, should Directory Connector have to take over again.
    inventory.variables.write_text(written)
    inventory.play("sync")
    ids = {address: member.external_id for address, member in bitwarden.organization.members().items()}
    assert [ids[email(number)] for number in range(PEOPLE)] == [user_dn(number) for number in range(PEOPLE)]
    assert bitwarden.organization.memberships() == before
