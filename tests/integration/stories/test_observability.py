# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to observability, followed on a clean machine with three organizations, of which one is fine."""

from __future__ import annotations

import re

import pytest
from ansible_collections.dirsync.bitwarden.tests.support.clean_machine import USER, CleanMachine
from ansible_collections.dirsync.bitwarden.tests.support.reader import VAULT_PASSWORD, Reader
from ansible_collections.dirsync.bitwarden.tests.support.several import several
from ansible_collections.dirsync.bitwarden.tests.support.webhook import WebhookReceiver

FOLDER = "/var/lib/prometheus/node-exporter"
SYNC = "ansible-playbook -i inventory --ask-vault-pass dirsync.bitwarden.sync"

pytestmark = pytest.mark.timeout(900)


def test_all_is_told(machine: CleanMachine) -> None:
    machine.root(f"echo '{USER} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/{USER}")
    with several(machine, ("acme", "globex", "initech")) as servers, WebhookReceiver() as receiver:
        machine.reach(["chat.example.org", "heartbeat.example.org"], 80, receiver.port)
        for number in range(9):
            servers["globex"].organization.add_member(f"gone{number}@example.org", external_id=f"gone{number}")
        machine.shell("rm inventory/people/initech.yml")
        with Reader("observability", machine) as reader:
            reader.writes()
            reader.edits({"https:": "http:"})
            # The user of this machine, which is no scheduled host.
            reader.types(replaced={"dirsync-bitwarden": USER})
            printed = machine.shell(SYNC, f"{VAULT_PASSWORD}\n", status=2)

            # Metrics
            metrics = {name: machine.shell(f"cat {FOLDER}/dirsync_{name}.prom") for name in servers}
            promised = set(re.findall(r"``(dirsync_\w+)``\n", reader.page)) - {"dirsync_organization_seats"}
            assert len(promised) > 15
            told = set(re.findall(r"^(dirsync_\w+)[{ ]", "".join(metrics.values()), re.MULTILINE))
            assert promised <= told, promised - told
            alert = reader.shown("yaml").yaml()["groups"][0]["rules"][0]
            assert set(re.findall(r"dirsync_\w+", alert["expr"])) <= told

            # Webhook and heartbeat
            bodies = receiver.bodies()
            verdicts = {"acme": "done", "globex": "stopped", "initech": "failed"}
            assert {name: body["verdict"] for name, body in bodies.items()} == verdicts
            assert reader.shown("json").yaml().keys() <= bodies["globex"].keys()
            assert [call.path for call in receiver.calls if call.method == "GET"] == ["/replace-me/acme"]

            # System log
            line = reader.shown("text").text
            logged = reader.types()
            for key in re.findall(r"(\w+)=", line):
                assert f"{key}=" in logged
            assert logged.count("verdict=stopped") == 1

            # Summary
            heading = reader.shown("text").text.splitlines()[0]
            for row in (
                heading,
                r"acme +done +.*invite_member 2",
                r"globex +stopped .*; guards: ",
                r"initech +failed +none",
            ):
                assert re.search(row, printed), row
