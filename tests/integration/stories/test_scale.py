# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to scale, followed on a clean machine: several organizations in parallel, and runs that read little."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.tests.support.clean_machine import CleanMachine
from ansible_collections.dirsync.bitwarden.tests.support.reader import Reader
from ansible_collections.dirsync.bitwarden.tests.support.several import several

ORGANIZATIONS = ("acme", "globex", "initech")

pytestmark = pytest.mark.timeout(900)


def test_many_organizations(machine: CleanMachine) -> None:
    with several(machine, ORGANIZATIONS) as servers, Reader("scale", machine) as reader:
        reader.writes()
        machine.shell("mv inventory/people/initech.yml inventory/people/away.yml")

        # Many organizations: one that fails stops no other.
        [run_all] = reader.shown("console").commands
        printed = machine.shell(run_all, status=2)
        for name in ORGANIZATIONS:
            joined = "ann@example.org" in servers[name].organization.members()
            assert joined == (name != "initech"), printed
        machine.shell("mv inventory/people/away.yml inventory/people/initech.yml")

        # A part of them; what changed nothing keeps what it read, and the next run reads no group.
        for server in servers.values():
            server.recorder.clear()
        [run_some] = reader.shown("console").commands
        machine.shell(run_some)
        reads = len(servers["acme"].recorder.requests())
        for server in servers.values():
            assert server.recorder.writes() == []
        assert servers["initech"].recorder.requests() == []
        servers["acme"].recorder.clear()
        machine.shell(run_some)
        assert len(servers["acme"].recorder.requests()) < reads
        paths = [request.path for request in servers["acme"].recorder.requests()]
        assert not [path for path in paths if path.endswith("/member-ids")]
