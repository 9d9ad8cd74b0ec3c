# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make demo``: a directory and an organization on this machine, and the real playbook three times.

Everything is made below ``.demo``: the directory server (OpenLDAP's slapd where it is installed, else the same LDIF
read as a file), an organization server with an SQLite file, the inventory, the snapshot and the report. The servers
listen on loopback only and end with the demonstration, also when it is interrupted.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.emulator import BitwardenEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
FOLDER = CHECKOUT / ".demo"
WIDTH = 98
LEFT = "5c0d1e00-0000-4000-8000-000000000099"
BO = "5c0d1e00-0000-4000-8000-000000000002"
FINANCE = "6c0d1e00-0000-4000-8000-000000000004"


def main() -> int:
    """Run the demonstration and return its exit status."""
    signal.signal(signal.SIGTERM, lambda *_unused: sys.exit(143))
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(mode=0o700)
    started = time.monotonic()
    with ExitStack() as servers:
        source, directory = _directory(servers)
        bitwarden = _organization(servers)
        inventory = _inventory(source, bitwarden)
        _say(
            "What there is", f"Directory: {directory}. Organization: {bitwarden.url}, with five members and one group."
        )
        before = len(bitwarden.recorder.writes())
        _play("1. Preview: what would happen, and nothing happens", inventory, "--check", "--diff")
        previewed = len(bitwarden.recorder.writes()) - before
        _play("2. Apply", inventory)
        applied = len(bitwarden.recorder.writes()) - before - previewed
        _play("3. Once more: nothing left to do", inventory)
        again = len(bitwarden.recorder.writes()) - before - previewed - applied
        _conclude(bitwarden, previewed, applied, again, time.monotonic() - started)
    return 0 if (previewed, again) == (0, 0) and applied else 1


def _directory(servers: ExitStack) -> tuple[dict[str, Any], str]:
    """Start the directory; return the source that reads it and what to call it."""
    ldif = HERE / "directory.ldif"
    if not Slapd.available():
        source = {"name": "people", "type": "file", "file": {"path": str(ldif)}}
        return source, f"the file {ldif.relative_to(CHECKOUT)}, since slapd is not installed"
    slapd = servers.enter_context(Slapd(FOLDER / "slapd"))
    slapd.load(ldif)
    os.environ["DEMO_LDAP_PASSWORD"] = slapd.reader_password
    connection = {
        "servers": [slapd.ldaps_url],
        "ca_file": slapd.ca_file,
        "bind_dn": slapd.reader_dn,
        "bind_password": "{{ lookup('env', 'DEMO_LDAP_PASSWORD') }}",
    }
    return {"name": "people", "type": "ldap", "ldap": connection}, f"OpenLDAP at {slapd.ldaps_url}"


def _organization(servers: ExitStack) -> BitwardenServer:
    """Start the organization's server with some history: people invited by hand, one who has left, a stale group."""
    emulator = BitwardenEmulator(database=str(FOLDER / "organization.sqlite"))
    server = BitwardenServer(emulator, tls=True, tls_directory=FOLDER / "tls")
    servers.enter_context(server)
    server.organization.add_member("ada.byron@example.org")
    server.organization.add_member("bo.chen@example.org", external_id=BO)
    server.organization.add_member("zoe.former@example.org", external_id=LEFT)
    server.organization.add_member("auditor@partner.example")
    server.organization.add_group("Accounting", FINANCE, ["zoe.former@example.org"])
    os.environ["BW_CLIENTID"] = server.client_id
    os.environ["BW_CLIENTSECRET"] = server.client_secret
    return server


def _inventory(source: dict[str, Any], bitwarden: BitwardenServer) -> Path:
    """Write the inventory: one organization as a host. The credentials stay in the environment."""
    organization = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "bitwarden_sync_organization": {"server_url": bitwarden.url, "ca_file": bitwarden.ca_file},
        "bitwarden_sync_sources": [source],
        "bitwarden_sync_policy": {"absent": "revoke"},
        "directory_sync_folder": str(FOLDER / "acme"),
    }
    path = FOLDER / "inventory.yml"
    path.write_text(yaml.safe_dump({"bitwarden_organizations": {"hosts": {"acme": organization}}}, sort_keys=False))
    return path


def _play(title: str, inventory: Path, *options: str) -> None:
    """Run the playbook as a user would and stop the demonstration where it fails."""
    command = ["ansible-playbook", "-i", str(inventory.relative_to(CHECKOUT)), "dirsync.bitwarden.sync", *options]
    _say(title, "$ " + " ".join(command))
    environment = {**os.environ, "ANSIBLE_NOCOWS": "1", "ANSIBLE_RETRY_FILES_ENABLED": "0"}
    environment |= {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml", "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "0"}
    environment |= {"ANSIBLE_LOCALHOST_WARNING": "0", "COLUMNS": str(WIDTH), "PYTHONUNBUFFERED": "1"}
    subprocess.run(command, cwd=CHECKOUT, env=environment, check=True)


def _conclude(bitwarden: BitwardenServer, previewed: int, applied: int, again: int, seconds: float) -> None:
    """Say what happened and where it can be looked at."""
    report = json.loads((FOLDER / "acme" / "report.json").read_text())
    _say(
        "What happened",
        f"Preview: {previewed} writes. Apply: {applied} writes. Second run: {again} writes. {seconds:.0f} s in all.",
    )
    names = {-1: "revoked", 0: "invited", 1: "accepted", 2: "confirmed"}
    state = bitwarden.organization
    print("Members of the organization now:")
    for member in sorted(state.members().values(), key=lambda member: member.email):
        print(f"  {member.email:<28} {names[member.status]}")
    print("Groups of the organization now:")
    memberships = state.memberships()
    for group in sorted(state.groups(), key=lambda group: group.name):
        members = ", ".join(sorted(email.partition("@")[0] for email in memberships[group.name]))
        print(textwrap.fill(f"{group.name}: {members}", WIDTH, initial_indent="  ", subsequent_indent="    "))
    for record in report["records"]:
        if record["outcome"] == "refused":
            print(f"Left alone: {record['key']}: {record['message']}")
    print("Look at it:")
    for what, path in (
        ("organization", "organization.sqlite"),
        ("inventory", "inventory.yml"),
        ("snapshot", "acme/snapshot.json"),
        ("report", "acme/report.html"),
        ("its data", "acme/report.json"),
    ):
        print(f"  {what:<13} .demo/{path}")


def _say(title: str, text: str) -> None:
    print(
        f"\n{'=' * WIDTH}\n{title}\n{'=' * WIDTH}\n{textwrap.fill(text, WIDTH, break_on_hyphens=False)}\n", flush=True
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.CalledProcessError as error:
        sys.exit(f"The playbook ended with status {error.returncode}; see above.")
