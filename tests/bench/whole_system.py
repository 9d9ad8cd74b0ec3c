# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From OpenLDAP to an organization: first sync, unchanged sync, one percent changed; near, far away, and on the cloud.

Both modules run as the role runs them, each in a process of its own; what Ansible adds is measured with the many
organizations. ``BENCH_USERS`` in the environment chooses sizes, the smallest first.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.tests.bench.measure import Case, Usage, case, run
from ansible_collections.dirsync.bitwarden.tests.bench.page import write_page
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenEmulator, BitwardenServer, Mode
from ansible_collections.dirsync.bitwarden.tests.servers.directory_data import directory_ldif
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.forwarding_proxy import ForwardingProxy

SIZES = {1_000: 50, 20_000: 500, 100_000: 2_000}
"""Users and groups."""

SYNCS = {"first": "(!(uid=*00))", "unchanged": "(!(uid=*00))", "changed": "(!(uid=*50))"}
"""Who is read: with the last filter one percent of the users appears and another one leaves."""

CONDITIONS = ("near", "far", "cloud")
LATENCY = 0.05
MEMORY_LIMIT_MB = 400.0
CHECKOUT = Path(__file__).resolve().parents[2]
MODULES = CHECKOUT / "plugins" / "modules"
SIMULATED = Path(__file__).with_name("simulated.py")


@dataclass(frozen=True)
class Row:
    """One sync; ``wall`` includes ``waited``, the seconds for which rate limits or latency would have held it back."""

    users: int
    groups: int
    condition: str
    sync: str
    wall: float
    waited: float
    cpu: float
    peak_mb: float
    reads: int
    writes: int


def whole_system() -> list[Case]:
    """Run all syncs, write the page of the documentation, and return the cases."""
    chosen = [int(users) for users in os.environ.get("BENCH_USERS", "").replace(",", " ").split()] or list(SIZES)
    rows: list[Row] = []
    for users in chosen:
        rows += _rows(users, SIZES[users])
        write_page([asdict(row) for row in rows])
    return [result for row in rows for result in _cases(row)]


def _cases(row: Row) -> Iterator[Case]:
    """Yield the memory of a sync against our limit, and its calls against the least that the API allows."""
    name = f"sync_{row.users}_{row.sync}_{row.condition}"
    yield case(f"{name}_rss", row.peak_mb, MEMORY_LIMIT_MB, "limit", "MB")
    if row.sync == "unchanged":
        yield case(f"{name}_calls", row.reads + row.writes, 2 + row.groups, "members, groups, each group", "calls")


def _rows(users: int, groups: int) -> list[Row]:
    rows = []
    with tempfile.TemporaryDirectory() as folder, Slapd(Path(folder, "slapd")) as slapd:
        ldif = Path(folder, "data.ldif")
        ldif.write_text(directory_ldif(users, groups))
        slapd.load(ldif)
        for condition in CONDITIONS:
            with _organization(condition) as server, _directory(slapd, condition) as url:
                for sync, user_filter in SYNCS.items():
                    server.recorder.clear()
                    usage, waited = _sync(Path(folder), slapd, url, server, condition, user_filter)
                    writes = len(server.recorder.writes())
                    reads = len(server.recorder.requests("GET"))
                    wall = usage.wall + waited
                    row = Row(users, groups, condition, sync, wall, waited, usage.cpu, usage.peak_mb, reads, writes)
                    print(row, flush=True)
                    rows.append(row)
    return rows


@contextmanager
def _organization(condition: str) -> Iterator[BitwardenServer]:
    mode = Mode.CLOUD if condition == "cloud" else Mode.SELF_HOSTED
    with BitwardenServer(BitwardenEmulator(mode=mode)) as server:
        server.organization.configure(seats=10 * max(SIZES))
        yield server


@contextmanager
def _directory(slapd: Slapd, condition: str) -> Iterator[str]:
    if condition != "far":
        yield slapd.ldap_url
        return
    with _DelayingProxy(slapd.ldap_url) as proxy:
        yield proxy.url


class _DelayingProxy(ForwardingProxy):
    """A forwarder that hands on each request after the latency."""

    def before_request(self) -> None:
        time.sleep(LATENCY)


def _sync(
    folder: Path, slapd: Slapd, url: str, server: BitwardenServer, condition: str, user_filter: str
) -> tuple[Usage, float]:
    """Run both modules; return what they took together, and the seconds of waiting that were jumped over."""
    ldap = {
        "servers": [url],
        "allow_cleartext": True,
        "bind_dn": slapd.reader_dn,
        "bind_password": slapd.reader_password,
        "user_filter": user_filter,
    }
    snapshot = str(folder / "snapshot.json")
    facts = {"sources": [{"name": "people", "type": "ldap", "ldap": ldap}], "snapshot": snapshot}
    organization = {
        "api_url": server.api_url,
        "identity_url": server.identity_url,
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "snapshot": snapshot,
        "lock_directory": str(folder),
        "report_path": [str(folder / "report.json")],
    }
    reading = run([sys.executable, str(MODULES / "directory_facts.py"), _arguments(folder, "facts", facts)])
    waited = folder / "waited"
    command = [str(SIMULATED), str(MODULES / "bitwarden_org_sync.py"), _arguments(folder, "sync", organization)]
    simulated = {"near": [], "far": [f"--latency={LATENCY}"], "cloud": [f"--cloud={server.url}"]}[condition]
    converging = run([sys.executable, *command, str(waited), *simulated])
    both = Usage(reading.wall + converging.wall, reading.cpu + converging.cpu, max(reading.peak_mb, converging.peak_mb))
    return both, float(waited.read_text())


def _arguments(folder: Path, name: str, options: Mapping[str, Any]) -> str:
    path = folder / f"{name}-arguments.json"
    path.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
    return str(path)


CASES = {"whole_system": whole_system}
