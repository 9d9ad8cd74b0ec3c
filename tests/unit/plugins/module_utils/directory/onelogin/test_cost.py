# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many calls a read takes, and how many of them have to wait for one another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin import client
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.source import OneLoginProvider
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import Habits, OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin.fixture import StartOneLogin
from ansible_collections.dirsync.bitwarden.tests.support.readings import members

Provide = Callable[..., OneLoginProvider]

USERS = 10_000
ROLES = 500


def fill(server: OneLoginServer, users: int, roles: int) -> None:
    """Create users, and roles of 40 users each."""
    people = [server.account.add_user(f"user{number}@example.org") for number in range(users)]
    for number in range(roles):
        server.account.add_role(f"role{number}", *people[number * 20 : number * 20 + 40])


@pytest.mark.parametrize(("user_page", "calls"), [(50, 202), (100, 102), (1000, 12)])
def test_a_read_takes_one_call_for_each_page_of_users(
    onelogin_server: StartOneLogin, provide: Provide, user_page: int, calls: int
) -> None:
    server = onelogin_server(habits=Habits(user_page=user_page))
    fill(server, USERS, ROLES)
    reading = provide(server).read()
    assert (len(reading.users), len(reading.groups)) == (USERS, ROLES)
    assert len(server.recorder.requests()) == reading.details["calls"] == calls


def test_only_three_calls_wait_for_one_another(
    onelogin_server: StartOneLogin, provide: Provide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "WORKERS", 20)
    server = onelogin_server(latency=1.0)
    fill(server, 1000, 10)
    assert len(provide(server).read().users) == 1000
    token, *listings = server.recorder.requests()
    assert token.path.endswith("/token")
    assert len(listings) == 21
    assert server.recorder.round_trips() == 3


def test_large_roles_that_are_cut_short_are_read_one_by_one(onelogin_server: StartOneLogin, provide: Provide) -> None:
    server = onelogin_server(habits=Habits(inline_users=100))
    people = [server.account.add_user(f"user{number}@example.org") for number in range(250)]
    server.account.add_role("Large", *people)
    server.account.add_role("Small", *people[:5])
    reading = provide(server).read()
    assert {name: len(users) for name, users in members(reading).items()} == {"Large": 250, "Small": 5}
    assert len(server.recorder.requests(path="/roles/.*/users$")) == 3
