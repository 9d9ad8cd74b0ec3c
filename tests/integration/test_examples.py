# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the module documentation and of the README run as they are written.

Only addresses and paths are replaced by those of servers and files that exist here. Examples of cloud directories are
checked against the arguments that the module takes; the suites of these sources run them against their emulators.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.source import source_spec
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.directory_connector import as_file, settings
from ansible_collections.dirsync.bitwarden.tests.support.playbook import sync_playbook

CHECKOUT = Path(__file__).parents[2]
MODULES = sorted((CHECKOUT / "plugins" / "modules").glob("*.py"))
DIRECTORY_FACTS = CHECKOUT / "plugins" / "modules" / "directory_facts.py"
RUNNABLE = frozenset({"ldap", "file"})

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


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(tls=True)


@pytest.mark.parametrize("module", [path for path in MODULES if path != DIRECTORY_FACTS], ids=lambda path: path.stem)
def test_examples_of_organization_modules_run(
    module: Path, tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer
) -> None:
    prepare_directory(slapd, tmp_path)
    tasks = examples(module)
    if not any("dirsync.bitwarden.directory_facts" in task for task in tasks):
        tasks = [examples(DIRECTORY_FACTS)[0], *tasks]
    output = run_play(tasks, tmp_path, slapd, bitwarden)
    assert "failed=0" in output, output


@pytest.mark.parametrize("task", examples(DIRECTORY_FACTS), ids=lambda task: task["name"])
def test_examples_of_directory_facts_run(
    task: dict[str, Any], tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer
) -> None:
    sources = task["dirsync.bitwarden.directory_facts"]["sources"]
    if all(source["type"] in RUNNABLE for source in sources):
        prepare_directory(slapd, tmp_path)
        output = run_play([task], tmp_path, slapd, bitwarden)
        assert "failed=0" in output, output
    else:
        assert argument_errors(sources) == []


def test_the_inventory_of_the_readme_runs(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    prepare_directory(slapd, tmp_path)
    [inventory] = [block for block in blocks(CHECKOUT / "README.md") if "bitwarden_organizations" in block]
    host = yaml.safe_load(local(inventory["bitwarden_organizations"]["hosts"]["acme"], tmp_path, slapd, bitwarden))
    playbook = sync_playbook(tmp_path, bitwarden, *host["bitwarden_sync_sources"])
    playbook.variables |= secrets(slapd, bitwarden)
    playbook.environment["SSL_CERT_FILE"] = slapd.ca_file
    run = playbook.run()
    assert run.status == 0, run.output
    assert "ann@example.org" in bitwarden.organization.members()


def argument_errors(sources: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong with the arguments of these sources."""
    errors: list[str] = ArgumentSpecValidator({"sources": source_spec()}).validate({"sources": sources}).error_messages
    return errors


def secrets(slapd: Slapd, bitwarden: BitwardenServer) -> dict[str, Any]:
    """Return the variables that the examples take from Ansible Vault."""
    return {
        "bitwarden_client_id": bitwarden.client_id,
        "bitwarden_client_secret": bitwarden.client_secret,
        "vault_bitwarden_client_id": bitwarden.client_id,
        "vault_bitwarden_client_secret": bitwarden.client_secret,
        "ldap_password": slapd.reader_password,
        "vault_ldap_password": slapd.reader_password,
    }


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
    text = re.sub(r"/var/lib/dirsync|/srv/exports", str(folder), text)
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
    return subprocess.run(
        ["ansible-playbook", "-i", "localhost,", "-c", "local", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, **credentials, "SSL_CERT_FILE": slapd.ca_file},
    ).stdout


def blocks(page: Path) -> list[Any]:
    """Return the YAML blocks of a Markdown page."""
    return [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)]
