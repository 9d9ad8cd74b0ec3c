# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a read takes where each call takes long: the number of calls in a row decides."""

from __future__ import annotations

import time

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.source import EntraIdProvider
from ansible_collections.dirsync.bitwarden.tests.emulators.graph.fixture import StartGraph
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import fill, with_defaults

LATENCY = 0.25
SEQUENTIAL_CALLS = 656
"""Of Directory Connector, which reads one page and one group after the other: 1 token, 100 pages of users, 50 pages of
the delta query, 5 pages of groups and 500 groups."""


def test_ten_thousand_users_in_a_twentieth_of_the_sequential_time(graph_server: StartGraph) -> None:
    server = graph_server(latency=LATENCY)
    fill(server.tenant, users=10_000, groups=500, members=40)
    provider = EntraIdProvider("entra", with_defaults(server.source_options(incremental=True)))
    started = time.monotonic()
    reading = provider.read()
    duration = time.monotonic() - started
    assert (len(reading.users), len(reading.groups)) == (10_000, 500)
    assert server.recorder.round_trips() <= 12
    assert duration <= SEQUENTIAL_CALLS * LATENCY / 20
