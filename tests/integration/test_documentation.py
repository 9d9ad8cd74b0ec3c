# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the README and the guides show runs, with OpenLDAP and an emulated server in the place of what they name."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.documented import (
    RUNNABLE,
    local,
    prepare_directory,
    run_play,
    secrets,
)
from ansible_collections.dirsync.bitwarden.tests.support.playbook import sync_playbook
from ansible_collections.dirsync.bitwarden.tests.support.snippets import CHECKOUT, Snippet, snippets

GUIDES = "docs/docsite/rst/guide_{}.rst"
ENTRY = {"README.md", GUIDES.format("getting_started")}
OF_SOURCES = {GUIDES.format(name) for name in ("getting_started", "ldap", "file")}


def on(pages: set[str], *languages: str) -> list[Snippet]:
    return [snippet for snippet in snippets(*languages) if str(snippet.page.relative_to(CHECKOUT)) in pages]


def runnable_sources() -> list[Snippet]:
    """Return the snippets of inventories whose sources can be read here."""
    found = []
    for snippet in on(OF_SOURCES, "yaml"):
        content = snippet.yaml()
        sources = content.get("bitwarden_sync_sources") if isinstance(content, dict) else None
        if sources and all(source["type"] in RUNNABLE for source in sources):
            found.append(snippet)
    return found


def runnable_tasks() -> list[Snippet]:
    """Return the snippets of tasks that read a directory which there is here."""
    found = []
    for snippet in on(OF_SOURCES, "yaml"):
        tasks = snippet.yaml()
        if isinstance(tasks, list) and "dirsync.bitwarden.directory_facts" in tasks[0]:
            sources = tasks[0]["dirsync.bitwarden.directory_facts"]["sources"]
            if all(source["type"] in RUNNABLE for source in sources):
                found.append(snippet)
    return found


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(tls=True)


@pytest.mark.parametrize("page", sorted(ENTRY))
def test_the_first_inventory_previews_and_runs(
    page: str, tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer
) -> None:
    prepare_directory(slapd, tmp_path)
    inventory = tmp_path / "inventory"
    (inventory / "host_vars" / "acme").mkdir(parents=True)
    for snippet in on({page}, "yaml"):
        content = snippet.yaml()
        if "vault_bitwarden_client_id" in content:
            # What stands for the secrets of the vault, and their names.
            known = secrets(slapd, bitwarden)
            text = yaml.safe_dump({name: known[name] for name in content})
            (inventory / "host_vars" / "acme" / "vault.yml").write_text(text)
        elif "bitwarden_organizations" in content or "bitwarden_sync_organization" in content:
            text = local(content, tmp_path, slapd, bitwarden)
            text = re.sub(r"region: eu", f"server_url: {bitwarden.url}", text)
            name = "hosts.yml" if "bitwarden_organizations" in content else "host_vars/acme/main.yml"
            (inventory / name).write_text(text)
    authorities = tmp_path / "authorities.pem"
    authorities.write_text(Path(slapd.ca_file).read_text() + Path(bitwarden.ca_file or "").read_text())
    for playbook in ("preview", "sync"):
        run = subprocess.run(
            ["ansible-playbook", "-i", str(inventory), f"dirsync.bitwarden.{playbook}"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "HOME": str(tmp_path), "SSL_CERT_FILE": str(authorities)},
        )
        assert run.returncode == 0, run.stdout + run.stderr
        assert ("ann@example.org" in bitwarden.organization.members()) == (playbook == "sync")


@pytest.mark.parametrize("snippet", runnable_sources(), ids=str)
def test_sources_of_the_guides_are_read(
    snippet: Snippet, tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer
) -> None:
    prepare_directory(slapd, tmp_path)
    for file in on({str(snippet.page.relative_to(CHECKOUT))}, "yaml"):
        if file.caption.startswith("files/"):
            (tmp_path / Path(file.caption).name).write_text(file.text)
    content = yaml.safe_load(local(snippet.yaml(), tmp_path, slapd, bitwarden))
    playbook = sync_playbook(tmp_path, bitwarden, *content["bitwarden_sync_sources"])
    playbook.variables |= {**secrets(slapd, bitwarden), "directory_sync_snapshot": str(tmp_path / "snapshot.json")}
    playbook.environment["SSL_CERT_FILE"] = slapd.ca_file
    run = playbook.run(playbook="preview")
    assert run.status == 0, run.output
    assert "invite_member" in run.output


@pytest.mark.parametrize("snippet", runnable_tasks(), ids=str)
def test_tasks_of_the_guides_run(snippet: Snippet, tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    prepare_directory(slapd, tmp_path)
    tasks: list[dict[str, Any]] = snippet.yaml()
    output = run_play(tasks, tmp_path, slapd, bitwarden)
    assert "failed=0" in output, output


def test_the_account_of_the_guide_may_read(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    """The account is added and its limit lifted as printed; then it reads more entries than the server allows."""
    people = (
        f"dn: uid=u{number},ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: u{number}\ncn: u\nsn: u\n"
        f"mail: u{number}@example.org\n"
        for number in range(600)
    )
    slapd.load("\n".join(people))
    [account, limit] = on({GUIDES.format("ldap")}, "ldif")
    slapd.change(account.text.replace("{SSHA}replace-me", "a-password"))
    connection = {
        "servers": [slapd.ldaps_url],
        "ca_file": slapd.ca_file,
        "bind_dn": "cn=dirsync,dc=example,dc=org",
        "bind_password": "a-password",
    }
    playbook = sync_playbook(tmp_path, bitwarden, {"name": "people", "type": "ldap", "ldap": connection})
    refused = playbook.run(playbook="preview")
    assert refused.status != 0
    assert "cut off" in refused.output
    slapd.change(limit.text)
    assert playbook.run(playbook="preview").status == 0


def test_plays_pass_the_syntax_check(tmp_path: Path) -> None:
    plays = [
        snippet
        for snippet in snippets("yaml")
        if isinstance(snippet.yaml(), list) and isinstance(snippet.yaml()[0], dict) and "hosts" in snippet.yaml()[0]
    ]
    assert plays
    paths = []
    for number, snippet in enumerate(plays):
        paths.append(tmp_path / f"{number}-{snippet.page.stem}-{snippet.line}.yml")
        paths[-1].write_text(snippet.text)
    run = subprocess.run(
        ["ansible-playbook", "-i", "localhost,", "--syntax-check", *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
