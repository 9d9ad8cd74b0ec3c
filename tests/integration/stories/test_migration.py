# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to the move from Directory Connector, followed on a clean machine up to the switch, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.emulator import BitwardenEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.model import Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.directory_data import directory_ldif, group_dn, user_dn
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.clean_machine import CleanMachine
from ansible_collections.dirsync.bitwarden.tests.support.directory_connector import as_file, settings
from ansible_collections.dirsync.bitwarden.tests.support.reader import VAULT_PASSWORD, Reader

PEOPLE = 6
VARIABLES = "inventory/host_vars/acme/main.yml"
ASKED = f"{VAULT_PASSWORD}\n"

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def self_hosted() -> Iterator[BitwardenServer]:
    """Yield a server with an organization as Directory Connector leaves it, and with somebody who is gone since."""
    with BitwardenServer(BitwardenEmulator(), tls=True, tls_names=("vault.example.org",)) as server:
        for number in range(PEOPLE):
            server.organization.add_member(email(number), external_id=user_dn(number))
        server.organization.add_member("gone@example.org", external_id="uid=gone,ou=people,dc=example,dc=org")
        members = re.findall(r"^member: uid=(\w+),", directory(), re.MULTILINE)
        addresses = [f"{uid}@example.org" for uid in members]
        server.organization.add_group("group-0000", group_dn(0), members=addresses)
        yield server


def directory() -> str:
    return directory_ldif(PEOPLE, 1, nested=0)


def email(number: int) -> str:
    return f"user{number:06d}@example.org"


def ids(bitwarden: BitwardenServer) -> set[str]:
    """Return the external ids of the people who are in the directory."""
    members = bitwarden.organization.members()
    return {members[email(number)].external_id or "" for number in range(PEOPLE)}


def data_file(ldap: Slapd, bitwarden: BitwardenServer) -> str:
    """Return what Directory Connector keeps of this directory and this organization."""
    connection = {
        "username": ldap.reader_dn,
        "password": ldap.reader_password,
        "sslCaPath": None,
        "sslCertPath": None,
        "sslKeyPath": None,
    }
    content = settings(
        directory=connection,
        sync={"userFilter": "(mail=*)", "groupFilter": None},
        organizationId=bitwarden.client_id.removeprefix("organization."),
        apiKeyClientId=bitwarden.client_id,
        apiKeyClientSecret=bitwarden.client_secret,
    )
    return as_file(content).decode()


def test_the_move(machine: CleanMachine, ldap: Slapd, self_hosted: BitwardenServer) -> None:
    ldap.load(directory())
    machine.reach_directory(ldap)
    machine.reach_web(self_hosted)
    machine.write("data.json", data_file(ldap, self_hosted))
    machine.shell("chmod 600 data.json")
    by_dn = ids(self_hosted)
    with Reader("migration", machine) as reader:
        # 1. Convert the settings
        printed = reader.types()
        assert "sync.overwriteExisting: Whoever is missing in the directory keeps access" in printed
        secrets = {"ldap_password": ldap.reader_password, "bitwarden_client_secret": self_hosted.client_secret}
        reader.edits({f"vault_{name}: replace-me": f"vault_{name}: {secret}" for name, secret in secrets.items()})
        reader.writes()
        variables = machine.shell(f"cat {VARIABLES}")
        for secret in secrets.values():
            assert secret not in printed + variables

        # 2. Compare
        [preview] = reader.shown("console").commands
        assert "nothing, the organization is as the directory wants it" in machine.shell(preview, ASKED)

        # 3. Change to lasting identities
        machine.shell(f"sed -i '/external_id: dn/d' {VARIABLES}")
        assert f"rekey_member {PEOPLE}, update_group 1" in machine.shell(preview, ASKED)
        assert self_hosted.recorder.writes() == []

        # 4. Switch
        [sync] = reader.shown("console").commands
        machine.shell(sync, ASKED)
        assert ids(self_hosted).isdisjoint(by_dn)
        assert self_hosted.organization.members()["gone@example.org"].status == Status.CONFIRMED
        for line in ("absent: ignore", "disabled: ignore"):
            machine.shell(f"sed -i '/{line}/d' {VARIABLES}")
            assert "revoke_member 1" in machine.shell(preview, ASKED)

    # 5. If you have to go back
    machine.shell(f"sed -i 's/^ *email_suffix: .*/&\\n    external_id: dn/' {VARIABLES}")
    machine.shell(sync, ASKED)
    assert ids(self_hosted) == by_dn
