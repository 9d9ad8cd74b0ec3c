# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the README and the guides show runs, with OpenLDAP and an emulated server in the place of what they name."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.documented import (
    authorities,
    local,
    prepare_directory,
    run_play,
    secrets,
    source_types,
)
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by
from ansible_collections.dirsync.bitwarden.tests.support.playbook import sync_playbook
from ansible_collections.dirsync.bitwarden.tests.support.snippets import CHECKOUT, Snippet, snippets
from ansible_collections.dirsync.bitwarden.tests.support.terminal import follow
from ansible_collections.dirsync.bitwarden.tests.support.vendors import Vendors


def yaml_of(test: str) -> list[Snippet]:
    """Return the blocks of YAML among those that a test executes, without files that others of them read."""
    return [block for block in executed_by(test) if block.language == "yaml" and not block.caption.startswith("files/")]


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(tls=True)


def test_the_demonstration_runs_and_ci_tests() -> None:
    """The other command is what runs this test, so that it is only looked up where it is started from."""
    [block] = executed_by("test_the_demonstration_runs_and_ci_tests")
    demo, test = (line.partition("#")[0].strip() for line in block.commands)
    assert (CHECKOUT / ".ci" / "run").read_text().endswith(f"\n{test}\n")
    follow(replace(block, text=demo), CHECKOUT)


@pytest.mark.parametrize("snippet", yaml_of("test_sources_of_the_guides_are_read"), ids=str)
def test_sources_of_the_guides_are_read(
    snippet: Snippet, tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer
) -> None:
    prepare_directory(slapd, tmp_path)
    for file in snippets("yaml"):
        if file.page == snippet.page and file.caption.startswith("files/"):
            (tmp_path / Path(file.caption).name).write_text(file.text)
    content = yaml.safe_load(local(snippet.yaml(), tmp_path, slapd, bitwarden))
    playbook = sync_playbook(tmp_path, bitwarden, *content["bitwarden_sync_sources"])
    playbook.variables |= {**secrets(slapd, bitwarden), "directory_sync_snapshot": str(tmp_path / "snapshot.json")}
    with Vendors(tmp_path, source_types(content)) as vendors:
        trusted = authorities(tmp_path, Path(slapd.ca_file).read_text(), vendors.authorities)
        playbook.environment |= {**vendors.environment, "SSL_CERT_FILE": trusted}
        run = playbook.run(playbook="preview")
    assert run.status == 0, run.output
    assert run.report is not None
    invited = {record["key"] for record in run.report["records"] if record["action"] == "invite_member"}
    assert "ann@example.org" in invited
    if "file" not in {source["type"] for source in content["bitwarden_sync_sources"]}:
        assert ("bob@example.org" in invited) == ("groups: [Vault users]" not in snippet.text)


@pytest.mark.parametrize("snippet", yaml_of("test_tasks_of_the_guides_run"), ids=str)
def test_tasks_of_the_guides_run(snippet: Snippet, tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    prepare_directory(slapd, tmp_path)
    tasks: list[dict[str, Any]] = snippet.yaml()
    output = run_play(tasks, tmp_path, slapd, bitwarden)
    assert "failed=0" in output, output
    users = json.loads((tmp_path / "snapshot.json").read_text())["users"]
    assert "ann@example.org" in {user["email"] for user in users}


def test_the_account_of_the_guide_may_read(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    """The account is added and its limit lifted as printed; then it reads more entries than the server allows."""
    people = (
        f"dn: uid=u{number},ou=people,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: u{number}\ncn: u\nsn: u\n"
        f"mail: u{number}@example.org\n"
        for number in range(600)
    )
    slapd.load("\n".join(people))
    [account, limit] = executed_by("test_the_account_of_the_guide_may_read")
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
