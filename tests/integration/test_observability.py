# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several organizations in one run, of which some fail, and what monitoring, webhook and heartbeat hear of each."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.support.playbook import run_playbook
from ansible_collections.dirsync.bitwarden.tests.support.webhook import WebhookReceiver
from prometheus_client.parser import text_string_to_metric_families

PEOPLE = "users: [{external_id: a, email: ann@example.org}, {external_id: b, email: bob@example.org}]\n"
SECRET = "Iru7Bu8oonguoB0u"
NAMES = re.compile("ann@|bob@|leaver@", re.IGNORECASE)

Hosts = dict[str, dict[str, Any]]


@pytest.fixture
def webhook() -> Iterator[WebhookReceiver]:
    with WebhookReceiver() as receiver:
        yield receiver


def organization(folder: Path, name: str, server: BitwardenServer, webhook: WebhookReceiver) -> dict[str, Any]:
    """Return the variables of an organization that is converged to a file."""
    path = folder / f"{name}.yml"
    path.write_text(PEOPLE)
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "bitwarden_sync_organization": {
            "server_url": server.url,
            "client_id": server.client_id,
            "client_secret": server.client_secret,
        },
        "bitwarden_sync_sources": [{"name": "hr", "type": "file", "file": {"path": str(path)}}],
        "directory_sync_folder": str(folder / name),
        "directory_sync_metrics": str(folder / f"{name}.prom"),
        "directory_sync_webhook": f"{webhook.url}/hook/{SECRET}",
        "directory_sync_webhook_headers": {"X-Token": SECRET},
        "directory_sync_heartbeat": f"{webhook.url}/alive/{name}/{SECRET}",
    }


def value(folder: Path, organization: str, name: str, **labels: str) -> float | None:
    """Return a sample of the metrics file of an organization."""
    text = (folder / f"{organization}.prom").read_text()
    wanted = ("dirsync_" + name, {"organization": organization, **labels})
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return next((sample.value for sample in samples if (sample.name, sample.labels) == wanted), None)


@pytest.fixture
def hosts(tmp_path: Path, bitwarden_server: StartBitwarden, webhook: WebhookReceiver) -> Hosts:
    """Return four organizations: one is fine, one is stopped, one has no directory, one a webhook that refuses."""
    servers = {name: bitwarden_server() for name in ("fine", "stopped", "unread", "deaf")}
    found = {name: organization(tmp_path, name, server, webhook) for name, server in servers.items()}
    servers["stopped"].organization.add_member("leaver@example.org", external_id="left")
    found["stopped"]["bitwarden_sync_policy"] = {"guards": {"revocations": {"count": 0}}}
    (tmp_path / "unread.yml").unlink()
    found["deaf"]["directory_sync_webhook"] = f"{webhook.url}/refuse/{SECRET}"
    found["deaf"]["directory_sync_heartbeat"] = f"http://127.0.0.1:1/{SECRET}"
    return found


def test_one_failing_organization_does_not_stop_the_others_and_all_is_told(
    tmp_path: Path, hosts: Hosts, webhook: WebhookReceiver
) -> None:
    run = run_playbook(tmp_path, hosts, "sync", "-vvvv", "--forks", "2", environment={"ANSIBLE_SHOW_CUSTOM_STATS": "1"})
    assert run.returncode == 2, run.stdout
    assert SECRET not in run.stdout
    assert recap(run.stdout) == {"deaf": 0, "fine": 0, "stopped": 1, "unread": 1}
    for row in (
        "deaf          done     invite_member 2",
        "fine          done     invite_member 2",
        "stopped       stopped  invite_member 2, revoke_member 1; guards: revocations",
        "unread        failed   none",
    ):
        assert row in run.stdout
    for number in ('"changed": 2', '"failed": 1', '"organizations": 4', '"stopped": 1'):
        assert number in run.stdout.rpartition("CUSTOM STATS")[2]
    assert "Warning: the webhook was not accepted (it answered 500)" in run.stdout
    assert "Warning: the heartbeat was not accepted (it could not be reached)" in run.stdout

    bodies = webhook.bodies()
    assert {name: body["verdict"] for name, body in bodies.items()} == {
        "fine": "done",
        "stopped": "stopped",
        "unread": "failed",
        "deaf": "done",
    }
    assert bodies["fine"]["counts"] == {"invite_member": 2}
    assert bodies["fine"]["digest"].startswith("sha256:")
    assert bodies["stopped"]["guards"] == ["revocations"]
    assert bodies["stopped"]["text"].endswith("; guards: revocations")
    assert not NAMES.search(str(bodies))
    assert [call.path for call in webhook.calls if call.method == "GET"] == [f"/alive/fine/{SECRET}"]
    assert {call.headers.get("X-Token") for call in webhook.calls if call.method == "POST"} == {SECRET}

    verdicts = {"fine": "done", "deaf": "done", "stopped": "stopped", "unread": "failed"}
    for name, verdict in verdicts.items():
        assert value(tmp_path, name, "last_run_verdict", verdict=verdict) == 1
        assert (value(tmp_path, name, "last_success_timestamp_seconds") is not None) == (verdict == "done")
        assert not NAMES.search((tmp_path / f"{name}.prom").read_text())
    assert value(tmp_path, "stopped", "guard_trips_total", guard="revocations") == 1


def test_the_webhook_is_called_for_what_was_asked(tmp_path: Path, hosts: Hosts, webhook: WebhookReceiver) -> None:
    # Variables that stand in an INI inventory or on the command line are texts.
    quiet, asked = (
        {**hosts["fine"], "directory_sync_notify_in_check_mode": "false"},
        {**hosts["deaf"], "directory_sync_webhook": f"{webhook.url}/asked"},
    )
    asked |= {"directory_sync_notify_in_check_mode": "true", "directory_sync_webhook_when": "always"}
    both = {"quiet": quiet, "asked": asked}
    assert run_playbook(tmp_path, both, "preview").returncode == 0
    assert {name: body["verdict"] for name, body in webhook.bodies().items()} == {"asked": "preview"}
    assert all(call.method == "POST" for call in webhook.calls)
    assert run_playbook(tmp_path, both, "sync").returncode == 0
    assert {name: body["changed"] for name, body in webhook.bodies().items()} == {"asked": True, "quiet": True}

    webhook.calls.clear()
    stopped = {**hosts["stopped"], "directory_sync_webhook_details": "yes"}
    assert run_playbook(tmp_path, {**both, "stopped": stopped}, "sync").returncode == 2
    bodies = webhook.bodies()
    assert sorted(bodies) == ["asked", "stopped"]
    assert bodies["asked"]["text"] == "asked: done; no changes"
    assert "leaver@example.org" in bodies["stopped"]["message"]
    assert "leaver@example.org" in bodies["stopped"]["guard"][0]


def test_where_all_fail_that_is_summed_up_too(tmp_path: Path, hosts: Hosts) -> None:
    run = run_playbook(tmp_path, {"unread": hosts["unread"]}, "sync")
    assert run.returncode == 2
    assert "unread        failed   none" in run.stdout
    assert "unread.yml" in run.stdout


def recap(output: str) -> dict[str, int]:
    """Return the number of failures of each host."""
    found = re.findall(r"^(\w+) +: ok=.* failed=(\d+)", output, re.MULTILINE)
    return {name: int(failed) for name, failed in found}
