# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declares an organization in a controller with the collection's playbook."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.awx.server import AwxServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.emulator import DEFAULT_SECRET
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd

GROUP = {
    "ansible_connection": "local",
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    "directory_sync_awx_scm_url": "https://git.example.org/identity/bitwarden-sync.git",
    "directory_sync_awx_image": "registry.example.org/dirsync-ee:1",
    "directory_sync_awx_approvers": ["identity"],
    "directory_sync_awx_notifications": [
        {
            "name": "identity team",
            "type": "webhook",
            "configuration": {"url": "https://chat.example.org/hook", "http_method": "POST", "headers": {}},
            "events": ["error", "approval"],
        }
    ],
}
KEY = {"client_id": "organization.6f0f9b8a-3c1e-4a55-9f0e-2c1d5b7a9e10", "client_secret": DEFAULT_SECRET}
"""The API key of the organization, which an emulator of it takes with this client id."""

ACME = {
    "directory_sync_awx_credentials": [
        {"name": "acme API key", "type": "organization", "inputs": KEY},
        {"name": "acme LDAP", "type": "ldap", "inputs": {"bind_password": Slapd.reader_password}},
    ],
    "directory_sync_awx_schedules": [
        {"name": "daily", "run": "workflow", "rrule": "DTSTART:20260101T060000Z RRULE:FREQ=DAILY;INTERVAL=1"},
        {"name": "hourly", "run": "apply", "rrule": "DTSTART:20260101T000000Z RRULE:FREQ=HOURLY;INTERVAL=1"},
    ],
}


class Declaring:
    """The playbook against one controller."""

    def __init__(self, folder: Path, awx: AwxServer) -> None:
        self._inventory = folder / "inventory.yml"
        self.awx = awx

    @staticmethod
    def inventory() -> dict[str, Any]:
        """Return what is declared."""
        return {"bitwarden_organizations": {"vars": GROUP, "hosts": {"acme": ACME}}}

    def run(self, *options: str) -> str:
        """Run the playbook and return what it printed."""
        self._inventory.write_text(yaml.safe_dump(self.inventory()))
        controller = {"CONTROLLER_HOST": self.awx.url, "CONTROLLER_OAUTH_TOKEN": self.awx.token}
        result = subprocess.run(
            ["ansible-playbook", "-i", str(self._inventory), "dirsync.bitwarden.awx", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, **controller},
        )
        assert DEFAULT_SECRET not in result.stdout
        assert Slapd.reader_password not in result.stdout
        return result.stdout
