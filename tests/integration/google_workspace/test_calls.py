# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many calls a reading of 10,000 users and 500 groups takes, how many of them one after another, and how long."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.google_workspace import (
    google_workspace_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.source import (
    GoogleWorkspaceProvider,
)
from ansible_collections.dirsync.bitwarden.tests.emulators.google import GoogleServer

USERS, GROUPS, MEMBERS = 10_000, 500, 40
LATENCY = 0.2
"""Seconds."""

SEQUENTIAL_CALLS = 605
"""What a client needs that reads pages of 100 users and one call after the other (Directory Connector 2026.6)."""


@pytest.fixture
def server() -> Iterator[GoogleServer]:
    """Yield an account of that size; the first group contains everybody, each other one the one before."""
    with GoogleServer(tls=True, latency=LATENCY) as running:
        account = running.account
        users = [account.add_user(f"user{number}@example.org") for number in range(USERS - 1)]
        account.delete_user(account.add_user("gone@example.org"))
        previous = account.add_group("group0@example.org", account.everyone())
        for number in range(1, GROUPS):
            chosen = [users[(number * 37 + member) % len(users)] for member in range(MEMBERS - 1)]
            previous = account.add_group(f"group{number}@example.org", previous, *chosen)
        yield running


def test_calls_round_trips_and_time(server: GoogleServer) -> None:
    options = {
        "service_account_json": server.google.create_key(),
        "subject": "admin@example.org",
        "api_url": server.url,
        "ca_file": server.ca_file,
    }
    validated = ArgumentSpecValidator(google_workspace_spec()).validate(options).validated_parameters
    started = time.monotonic()
    reading = GoogleWorkspaceProvider("staff", validated).read()
    seconds = time.monotonic() - started
    assert (len(reading.users), len(reading.groups)) == (USERS + 1, GROUPS)
    recorder = server.recorder
    calls = {path: len(recorder.requests(path=path)) for path in ("/token$", "/users$", "/groups$", "/members$")}
    assert calls == {"/token$": 1, "/users$": 20 + 1, "/groups$": 3, "/members$": 500}
    assert len(recorder.requests()) == 525
    assert recorder.round_trips(path="/(token|users)$") == 21
    assert recorder.round_trips(path="/(token|groups)$") == 4
    assert seconds <= SEQUENTIAL_CALLS * LATENCY / 10
