# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release on a clean machine: from its tarball, and from Galaxy as the guide to the first five minutes says."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.clean_machine import (
    ANSIBLE,
    COLLECTION,
    CleanMachine,
    StartMachine,
)
from ansible_collections.dirsync.bitwarden.tests.support.documented import GROUP, PEOPLE
from ansible_collections.dirsync.bitwarden.tests.support.reader import VAULT_PASSWORD, Reader

pytestmark = pytest.mark.timeout(900)


def test_the_tarball_is_whole_and_documented(machine: CleanMachine) -> None:
    machine.shell("ansible-galaxy collection verify --offline dirsync.bitwarden")
    modules = machine.shell(f"ls {COLLECTION}/plugins/modules").split()
    assert len(modules) >= 7
    names = [f"dirsync.bitwarden.{module.removesuffix('.py')}" for module in modules]
    documented = machine.shell(f"ansible-doc --type module --json {' '.join(names)}")
    for name in names:
        assert f'"{name}": {{' in documented
    roles = machine.shell("ansible-doc --type role --list dirsync.bitwarden")
    for role in ("directory_sync", "directory_sync_awx", "directory_sync_schedule"):
        assert f"dirsync.bitwarden.{role}" in roles


def test_five_minutes(start_machine: StartMachine, cloud: BitwardenServer, ldap: Slapd) -> None:
    """From nothing to a synchronized organization, by the page alone."""
    people = [PEOPLE.format(uid=uid) for uid in ("ann", "bob")]
    ldap.load("\n".join([*people, GROUP.format(name="Vault users")]))
    machine = start_machine()
    machine.reach_web(cloud)
    machine.reach_directory(ldap)
    machine.shell(ANSIBLE)
    with Reader("getting_started", machine) as reader:
        reader.types()
        machine.shell("pip install --quiet ldap3")
        reader.writes()
        reader.writes()
        secrets = {
            "organization.00000000-0000-0000-0000-000000000000": cloud.client_id,
            "vault_bitwarden_client_secret: replace-me": f"vault_bitwarden_client_secret: {cloud.client_secret}",
            "vault_ldap_password: replace-me": f"vault_ldap_password: {ldap.reader_password}",
        }
        reader.edits(secrets)
        printed = reader.types(f"{VAULT_PASSWORD}\n")
        assert "invite_member 2" in printed
        assert "ann@example.org" in cloud.organization.members()
        reader.shown("yaml")
