# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs what the documentation shows: only addresses, paths and secrets are replaced by those of this machine."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.directory_connector import as_file, settings
from ansible_collections.dirsync.bitwarden.tests.support.vendors import Vendors

DIRECTORY_FACTS = Path(__file__).parents[2] / "plugins" / "modules" / "directory_facts.py"

PEOPLE = """\
dn: uid={uid},ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: {uid}
cn: {uid}
sn: Example
mail: {uid}@example.org
"""
GROUP = """\
dn: cn={name},ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: {name}
member: uid=ann,ou=people,dc=example,dc=org
"""


def examples(module: Path) -> list[dict[str, Any]]:
    """Return the tasks in the EXAMPLES of a module."""
    for statement in ast.parse(module.read_text()).body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "EXAMPLES":
            tasks: list[dict[str, Any]] = yaml.safe_load(ast.literal_eval(statement.value))
            return tasks
    raise AssertionError(f"{module.stem} has no examples")


def secrets(slapd: Slapd, bitwarden: BitwardenServer) -> dict[str, Any]:
    """Return the variables that the examples take from Ansible Vault."""
    return {
        "bitwarden_client_id": bitwarden.client_id,
        "bitwarden_client_secret": bitwarden.client_secret,
        "vault_bitwarden_client_id": bitwarden.client_id,
        "vault_bitwarden_client_secret": bitwarden.client_secret,
        "ldap_password": slapd.reader_password,
        "onelogin_client_id": OneLoginServer.client_id,
        "onelogin_client_secret": OneLoginServer.client_secret,
        "vault_ldap_password": slapd.reader_password,
        "vault_onelogin_client_id": OneLoginServer.client_id,
        "vault_onelogin_client_secret": OneLoginServer.client_secret,
    }


def source_types(content: Any) -> set[str]:
    """Return the types of the sources that YAML names."""
    if isinstance(content, list):
        return {name for item in content for name in source_types(item)}
    if not isinstance(content, dict):
        return set()
    own = {content["type"]} if "name" in content and isinstance(content.get("type"), str) else set()
    return own | {name for value in content.values() for name in source_types(value)}


def authorities(folder: Path, *texts: str) -> str:
    """Write certificate authorities into one file and return its path."""
    path = folder / "authorities.pem"
    path.write_text("".join(texts))
    return str(path)


def prepare_directory(slapd: Slapd, folder: Path) -> None:
    """Fill the directory, and write the files that examples of the file source read."""
    people = [PEOPLE.format(uid=uid) for uid in ("ann", "bob")]
    groups = [GROUP.format(name=name) for name in ("Vault users", "Vault administrators")]
    slapd.load("\n".join([*people, *groups]))
    (folder / "people.ldif").write_text("\n".join(people))
    (folder / "data.json").write_bytes(as_file(settings()))
    (folder / "employees.csv").write_text("personnel_number;mail;name\n1;ann@example.org;Ann\n")
    (folder / "contractors.yml").write_text("users:\n  - external_id: c1\n    email: cy@example.org\n")


def local(content: Any, folder: Path, slapd: Slapd, bitwarden: BitwardenServer) -> str:
    """Return YAML in which addresses and paths are those of this machine."""
    text = yaml.safe_dump(content, sort_keys=False, width=10000)
    text = re.sub(r"/var/lib/dirsync\b(?!\.)|/srv/exports|/etc/dirsync\b(?!\.)", str(folder), text)
    text = re.sub(r"\bfiles/contractors", str(folder / "contractors"), text)
    text = text.replace("https://vault.example.org", bitwarden.url)
    text = text.replace("/etc/ssl/private-authority.pem", str(bitwarden.ca_file))
    return re.sub(r"ldaps://ldap\d?\.example\.org", slapd.ldaps_url, text)


def run_play(tasks: list[dict[str, Any]], folder: Path, slapd: Slapd, bitwarden: BitwardenServer) -> str:
    """Run a play of these tasks on this machine and return what it printed."""
    defaults = {"server_url": bitwarden.url, "ca_file": bitwarden.ca_file}
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {
            **secrets(slapd, bitwarden),
            "ansible_python_interpreter": sys.executable,
            "bitwarden_sync_sources": examples(DIRECTORY_FACTS)[0]["dirsync.bitwarden.directory_facts"]["sources"],
            "approved_digest": "the example carries out a plan of which nothing is left",
        },
        "module_defaults": {"group/dirsync.bitwarden.bitwarden": defaults},
        "tasks": tasks,
    }
    path = folder / "play.yml"
    path.write_text(local([play], folder, slapd, bitwarden))
    credentials = {"BW_CLIENTID": bitwarden.client_id, "BW_CLIENTSECRET": bitwarden.client_secret}
    with Vendors(folder, source_types(tasks)) as vendors:
        trusted = authorities(folder, Path(slapd.ca_file).read_text(), vendors.authorities)
        return subprocess.run(
            ["ansible-playbook", "-i", "localhost,", "-c", "local", str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, **credentials, **vendors.environment, "SSL_CERT_FILE": trusted},
        ).stdout
