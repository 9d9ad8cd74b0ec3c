# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many organizations of 100 users in one run of the playbook: first sync, then one in which nothing has changed.

``BENCH_ORGANIZATIONS`` in the environment is their number, 200 by default.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.dirsync.bitwarden.tests.bench.measure import Case, Usage, case, run
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenEmulator, BitwardenServer

USERS = 100
FORKS = 8
SAMPLE_SECONDS = 1.0
CPU_LIMIT_SECONDS = 5.0
"""For each organization."""
MEMORY_LIMIT_MB = 2_000.0


def organizations() -> list[Case]:
    """Compare processor time per organization and memory of all processes together with our limits."""
    number = int(os.environ.get("BENCH_ORGANIZATIONS", "200"))
    cases = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        hosts = {}
        for index in range(number):
            server = servers.enter_context(BitwardenServer(BitwardenEmulator()))
            hosts[f"org{index:03d}"] = _host(Path(folder), index, server)
        inventory = Path(folder, "inventory.yml")
        inventory.write_text(yaml.safe_dump({"bitwarden_organizations": {"hosts": hosts}}))
        for sync in ("first", "unchanged"):
            usage, together_mb = _playbook(inventory)
            print(f"{number} organizations, {sync}: {usage}, {together_mb:.0f} MB together", flush=True)
            cases.append(case(f"organizations_{sync}_cpu", usage.cpu / number, CPU_LIMIT_SECONDS, "limit", "s each"))
            cases.append(case(f"organizations_{sync}_rss", together_mb, MEMORY_LIMIT_MB, "limit", "MB"))
    return cases


def _host(folder: Path, index: int, server: BitwardenServer) -> dict[str, Any]:
    people = folder / f"people-{index}.json"
    users = [{"external_id": f"{index}-{user}", "email": f"user{user}@org{index}.example.org"} for user in range(USERS)]
    people.write_text(json.dumps({"users": users}))
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "bitwarden_sync_organization": {
            "server_url": server.url,
            "client_id": server.client_id,
            "client_secret": server.client_secret,
        },
        "bitwarden_sync_sources": [{"name": "hr", "type": "file", "file": {"path": str(people)}}],
        "directory_sync_folder": str(folder / f"state-{index}"),
    }


def _playbook(inventory: Path) -> tuple[Usage, float]:
    """Run the playbook; return what it took, and the peak memory of all its processes together in MB."""
    command = ["ansible-playbook", "-i", str(inventory), "--forks", str(FORKS), "dirsync.bitwarden.sync"]
    with _memory_of_descendants() as peak:
        usage = run(command, {"ANSIBLE_LOCALHOST_WARNING": "0"})
    return usage, max(peak)


@contextmanager
def _memory_of_descendants() -> Iterator[list[float]]:
    """Yield a list that grows by what the descendants of this process hold together, shared pages counted once."""
    over = threading.Event()
    found = [0.0]

    def sample() -> None:
        while not over.wait(SAMPLE_SECONDS):
            found.append(sum(_proportional_mb(pid) for pid in _descendants(os.getpid())))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def _descendants(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listing.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, waiting = [], [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.append(child)
            waiting.append(child)
    return found


def _proportional_mb(pid: int) -> float:
    """Return the memory of a process in MB, pages shared by several counted in parts; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


CASES = {"organizations": organizations}
