# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several organizations in one inventory of a clean machine, with people in files and servers of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import yaml
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.emulator import BitwardenEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.support.clean_machine import CleanMachine

PEOPLE = """\
users: [{external_id: a, email: ann@example.org}, {external_id: b, email: bob@example.org}]
groups: [{external_id: g, name: Staff, members: [a]}, {external_id: h, name: Board, members: [b]}]
"""


@contextmanager
def several(machine: CleanMachine, names: Iterable[str]) -> Iterator[dict[str, BitwardenServer]]:
    """Yield organizations with these names, which the machine reaches and has declared."""
    servers = {}
    for name in names:
        server = BitwardenServer(BitwardenEmulator(), tls=True, tls_names=(f"{name}.example.org",)).start()
        servers[name] = server
        machine.reach_web(server)
        machine.write(f"inventory/people/{name}.yml", PEOPLE)
        variables = {
            "bitwarden_sync_organization": {
                "server_url": f"https://{name}.example.org",
                "client_id": server.client_id,
                "client_secret": server.client_secret,
            }
        }
        machine.write(f"inventory/host_vars/{name}/main.yml", yaml.safe_dump(variables))
    source = {"name": "hr", "type": "file", "file": {"path": "{{ inventory_dir }}/people/{{ inventory_hostname }}.yml"}}
    shared = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "bitwarden_sync_sources": [source],
    }
    group = {"vars": shared, "hosts": dict.fromkeys(servers)}
    machine.write("inventory/hosts.yml", yaml.safe_dump({"bitwarden_organizations": group}))
    try:
        yield servers
    finally:
        for server in servers.values():
            server.stop()
