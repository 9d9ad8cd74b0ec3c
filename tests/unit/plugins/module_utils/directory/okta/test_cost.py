# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many calls a read takes, and how many of them have to wait for one another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.source import OktaProvider
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import OktaServer
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import StartOkta

Provide = Callable[..., OktaProvider]

USERS = 10_000
GROUPS = 500
MEMBERS = 40


@pytest.fixture
def large(okta_server: StartOkta) -> OktaServer:
    """Return an org of 10,000 users in 500 groups, that of everyone among them."""
    server = okta_server(latency=0.1)
    users = [server.org.add_user(f"user{number}@example.org") for number in range(USERS)]
    for number in range(1, GROUPS):
        server.org.add_group(f"group{number}", *users[number * 20 : number * 20 + MEMBERS])
    return server


def test_a_full_read_takes_one_call_for_each_page_and_group(large: OktaServer, provide: Provide) -> None:
    reading = provide(large).read()
    assert (len(reading.users), len(reading.groups)) == (USERS, GROUPS)
    recorder = large.recorder
    pages_of_users, deprovisioned, pages_of_groups, groups_to_read = 50, 1, 3, GROUPS - 1
    assert len(recorder.requests()) == pages_of_users + deprovisioned + pages_of_groups + groups_to_read <= 554
    assert reading.details["calls"] == len(recorder.requests())
    # Pages of users name each other, so these are as many in a row; all else takes less and goes on beside them.
    assert recorder.round_trips(r"^/api/v1/users$") == 50
    assert recorder.round_trips(r"^/api/v1/groups") <= 50
    assert max(record.concurrency for record in recorder.requests()) <= 17


def test_empty_groups_and_everyone_cost_nothing(okta: OktaServer, provide: Provide) -> None:
    okta.org.add_group("Staff", okta.org.add_user("ann@example.org"))
    for number in range(10):
        okta.org.add_group(f"Empty {number}")
    assert len(provide(okta).read().groups) == 12
    assert len(okta.recorder.requests(path="/groups/.*/users$")) == 1


def test_groups_of_other_types_are_not_read(okta: OktaServer, provide: Provide) -> None:
    okta.org.add_group("App", okta.org.add_user("ann@example.org"), type="APP_GROUP")
    provide(okta, group_types=["okta"]).read()
    assert okta.recorder.requests(path="/groups/.*/users$") == []


def test_a_large_group_comes_in_large_pages(okta: OktaServer, provide: Provide) -> None:
    users = [okta.org.add_user(f"user{number}@example.org") for number in range(1100)]
    okta.org.add_group("Staff", *users)
    reading = provide(okta).read()
    assert [len(group.users) for group in reading.groups] == [1100, 1100]
    assert len(okta.recorder.requests(path="/groups/.*/users$")) == 2
