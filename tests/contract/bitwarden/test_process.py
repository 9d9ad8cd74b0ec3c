# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as a process: one command, a ready file, a database that outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

MODULE = "ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden"
CLIENT_ID = "organization.0d9f1f1e-52a8-4a0e-8d40-1a2f1a1c9e01"


@contextmanager
def _running(directory: Path, *options: str, end_by: signal.Signals = signal.SIGTERM) -> Iterator[dict[str, Any]]:
    ready_file = directory / "ready.json"
    command = [sys.executable, "-m", MODULE, "--ready-file", str(ready_file), "--client-id", CLIENT_ID, *options]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(command, env=environment)
    try:
        while not ready_file.exists():
            assert process.poll() is None, "the emulator ended before it was ready"
            time.sleep(0.02)
        yield json.loads(ready_file.read_text())
    finally:
        process.send_signal(end_by)
        assert process.wait(20) == (0 if end_by is signal.SIGTERM else -end_by)
        ready_file.unlink()


def _state(ready: dict[str, Any]) -> Any:
    session = requests.Session()
    session.trust_env = False
    return session.get(f"{ready['url']}/_emulator/state", verify=ready["ca_file"] or True, timeout=10).json()


def test_a_seeded_organization_is_served_over_https_and_kept(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(
        json.dumps(
            {
                "settings": {"seats": 5},
                "members": [{"email": "owner@example.org", "type": 0}, {"email": "anna@example.org"}],
                "groups": [{"name": "Staff", "external_id": "g", "members": ["anna@example.org"]}],
            }
        )
    )
    options = ["--database", str(tmp_path / "organization.db"), "--seed", str(seed), "--tls", str(tmp_path / "tls")]
    with _running(tmp_path, *options, "--mode", "cloud") as ready:
        assert ready["url"].startswith("https://127.0.0.1:")
        assert Path(ready["ca_file"]).parent == tmp_path / "tls"
        assert ready["client_id"] == CLIENT_ID
        first = _state(ready)
    assert [member["email"] for member in first["members"]] == ["owner@example.org", "anna@example.org"]
    assert first["groups"][0]["member_ids"] == [first["members"][1]["id"]]
    assert first["settings"]["seats"] == 5
    with _running(tmp_path, *options) as ready:
        assert _state(ready) == first


def test_a_killed_emulator_keeps_what_it_answered(tmp_path: Path) -> None:
    database = str(tmp_path / "organization.db")
    with _running(tmp_path, "--database", database, "--client-secret", "hidden", end_by=signal.SIGKILL) as ready:
        form = {
            "grant_type": "client_credentials",
            "scope": "api.organization",
            "client_id": CLIENT_ID,
            "client_secret": "hidden",
        }
        token = requests.post(f"{ready['url']}/identity/connect/token", data=form, timeout=10).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{ready['url']}/api/public/groups"
        assert requests.post(url, json={"name": "Staff"}, headers=headers, timeout=10).status_code == 200
    with _running(tmp_path, "--database", database) as ready:
        assert [group["name"] for group in _state(ready)["groups"]] == ["Staff"]
