# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What guides and examples say of Active Directory is read from a Samba domain, found through the DNS."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.servers.name_server import NameServer
from ansible_collections.dirsync.bitwarden.tests.servers.samba import SambaDomain
from ansible_collections.dirsync.bitwarden.tests.support.documented import (
    DIRECTORY_FACTS,
    authorities,
    examples,
    source_types,
)
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by
from ansible_collections.dirsync.bitwarden.tests.support.vendors import Vendors

PASSWORD = "Passw0rd!Reader"
ANN, JOHN = "ann.ng@example.org", "john@example.org"


def add_what_the_pages_name(domain: SambaDomain) -> None:
    """Add the accounts that read, and the group that selects."""
    secret = base64.b64encode(f'"{PASSWORD}"'.encode("utf-16-le")).decode()
    for name in ("dirsync", "reader"):
        account = f"objectClass: user\nsAMAccountName: {name}\nunicodePwd:: {secret}\nuserAccountControl: 512\n"
        domain.load(f"dn: CN={name},CN=Users,{domain.base_dn}\n{account}")
    group = "objectClass: group\nsAMAccountName: Vault Users\n"
    domain.load(f"dn: CN=Vault Users,CN=Users,{domain.base_dn}\n{group}")
    domain.tool("group", "addmembers", "Vault Users", "ann")


def readings() -> list[list[dict[str, Any]]]:
    """Return the sources of each block of the guides, and those of the example of the module."""
    found_by_dns, named, task, addresses = (
        block.yaml() for block in executed_by("test_what_the_pages_say_of_active_directory_is_read")
    )
    [source] = named["bitwarden_sync_sources"]
    preferring = {**source, "active_directory": {**source["active_directory"], **addresses["active_directory"]}}
    [example] = [task for task in examples(DIRECTORY_FACTS) if "active_directory" in source_types(task)]
    tasks = [*task, example]
    return [
        found_by_dns["bitwarden_sync_sources"],
        named["bitwarden_sync_sources"],
        [preferring],
        *(each["dirsync.bitwarden.directory_facts"]["sources"] for each in tasks),
    ]


def test_what_the_pages_say_of_active_directory_is_read(tmp_path: Path, samba_domain: SambaDomain) -> None:
    add_what_the_pages_name(samba_domain)
    paths = [tmp_path / f"{number}.json" for number in range(5)]
    tasks = [
        {"dirsync.bitwarden.directory_facts": {"sources": sources, "snapshot": str(path)}}
        for sources, path in zip(readings(), paths, strict=True)
    ]
    passwords = ("vault_active_directory_password", "vault_ldap_password", "ldap_password")
    variables = {
        **dict.fromkeys(passwords, PASSWORD),
        "onelogin_client_id": OneLoginServer.client_id,
        "onelogin_client_secret": OneLoginServer.client_secret,
        "ansible_python_interpreter": sys.executable,
    }
    play = yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}])
    for domain in ("corp.example.org", "ad.example.org"):
        play = play.replace(domain, samba_domain.domain)
    (tmp_path / "play.yml").write_text(play)
    with NameServer(samba_domain.domain, samba_domain.address) as names, Vendors(tmp_path, {"onelogin"}) as vendors:
        trusted = authorities(tmp_path, Path(samba_domain.ca_file).read_text(), vendors.authorities)
        run = subprocess.run(
            names.command(tmp_path, "ansible-playbook", "-i", "localhost,", "-c", "local", str(tmp_path / "play.yml")),
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **vendors.environment, "SSL_CERT_FILE": trusted},
        )
    assert run.returncode == 0, run.stdout + run.stderr
    read = [{user["email"] for user in json.loads(path.read_text())["users"]} for path in paths]
    assert read[0] == {ANN}
    assert all({ANN, JOHN} <= emails for emails in read[1:])
    # OneLogin's, in the example.
    assert "bob@example.org" in read[4]
