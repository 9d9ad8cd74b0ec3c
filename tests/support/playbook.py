# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the collection's playbooks as a user does, and returns what a test wants to know of the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd


@dataclass(frozen=True)
class PlaybookRun:
    """What one run of ``ansible-playbook`` printed, its exit status, and the report that it wrote (None without)."""

    status: int
    output: str
    report: dict[str, Any] | None

    @property
    def changed(self) -> bool:
        """Say whether the recap counts a change."""
        return "changed=0" not in self.output


class SyncPlaybook:
    """One organization as an inventory host, and the playbook ``dirsync.bitwarden.sync`` for it.

    ``environment`` is added to that of the run; it carries the credentials of the organization.
    """

    name = "acme"

    def __init__(
        self,
        folder: Path,
        organization: Mapping[str, Any],
        sources: Sequence[Mapping[str, Any]],
        environment: Mapping[str, str],
    ) -> None:
        self.folder = folder
        self.variables: dict[str, Any] = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "bitwarden_sync_organization": dict(organization),
            "bitwarden_sync_sources": list(sources),
            "directory_sync_folder": str(folder / "work"),
        }
        self.environment = dict(environment)

    @property
    def snapshot(self) -> Path:
        """Return the path of the snapshot."""
        return self.folder / "work" / "snapshot.json"

    def run(self, *options: str, playbook: str = "sync", **variables: Any) -> PlaybookRun:
        """Run the playbook; ``variables`` are added to those of the host."""
        report = self.folder / "work" / "report.json"
        report.unlink(missing_ok=True)
        hosts = {self.name: {**self.variables, **variables}}
        result = run_playbook(self.folder, hosts, playbook, *options, environment=self.environment)
        content = json.loads(report.read_text()) if report.exists() else None
        return PlaybookRun(result.returncode, result.stdout, content)


def run_playbook(
    folder: Path,
    hosts: Mapping[str, Mapping[str, Any]],
    playbook: str,
    *options: str,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a playbook of this collection for organizations, given as inventory hosts with their variables."""
    inventory = folder / "inventory.yml"
    content = {name: dict(variables) for name, variables in hosts.items()}
    inventory.write_text(yaml.safe_dump({"bitwarden_organizations": {"hosts": content}}))
    return subprocess.run(
        ["ansible-playbook", "-i", str(inventory), f"dirsync.bitwarden.{playbook}", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "ANSIBLE_LOCALHOST_WARNING": "0", **(environment or {})},
    )


def ldap_source(slapd: Slapd, **options: Any) -> dict[str, Any]:
    """Return the source that reads this server over ldaps as its reader."""
    connection = {
        "servers": [slapd.ldaps_url],
        "ca_file": slapd.ca_file,
        "bind_dn": slapd.reader_dn,
        "bind_password": slapd.reader_password,
        **options,
    }
    return {"name": "people", "type": "ldap", "ldap": connection}


def sync_playbook(folder: Path, bitwarden: BitwardenServer, *sources: dict[str, Any]) -> SyncPlaybook:
    """Return the playbook that converges this organization to these sources."""
    return SyncPlaybook(
        folder,
        {"server_url": bitwarden.url, "ca_file": bitwarden.ca_file},
        sources,
        {"BW_CLIENTID": bitwarden.client_id, "BW_CLIENTSECRET": bitwarden.client_secret},
    )
