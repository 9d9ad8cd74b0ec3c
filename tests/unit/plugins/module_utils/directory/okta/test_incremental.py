# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads that build upon an earlier one: few calls, the same outcome as a full read, and a full read in doubt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.source import OktaProvider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import OktaServer
from ansible_collections.dirsync.bitwarden.tests.support.readings import members, statuses

Provide = Callable[..., OktaProvider]
HOUR = 3600


@pytest.fixture
def filled(okta: OktaServer) -> OktaServer:
    """Return an org with 300 users in 20 groups that last changed long ago."""
    okta.clock.advance(-HOUR)
    users = [okta.org.add_user(f"user{number}@example.org") for number in range(300)]
    for number in range(20):
        okta.org.add_group(f"group{number}", *users[number : number + 5])
    okta.clock.advance(HOUR)
    return okta


def state_of(reading: Reading) -> dict[str, Any]:
    """Return the state as it comes back from a snapshot file."""
    return dict(json.loads(json.dumps(reading.state)))


def same(first: Reading, second: Reading) -> bool:
    return statuses(first) == statuses(second) and members(first) == members(second)


def test_nothing_changed(filled: OktaServer, provide: Provide) -> None:
    provider = provide(filled, incremental=True)
    full = provider.read()
    assert full.details["incremental"] is False
    filled.recorder.clear()
    again = provider.read(state_of(full))
    assert again.details["incremental"] is True
    assert same(again, full)
    assert [record.path for record in filled.recorder.requests()].count("/api/v1/users") == 1
    assert len(filled.recorder.requests()) == 2


def test_every_kind_of_change_is_seen(filled: OktaServer, provide: Provide) -> None:
    provider = provide(filled, incremental=True)
    full = provider.read()
    org, users, groups = filled.org, list(filled.org.users.values()), list(filled.org.groups.values())
    org.set_status(users[0], "SUSPENDED")
    org.set_status(users[1], "DEPROVISIONED")
    org.add_group("new", org.add_user("new@example.org"))
    org.add_member(groups[20], users[299])
    org.remove_member(groups[15], users[14])
    org.delete_group(groups[10])
    groups[12].name = "renamed"
    filled.recorder.clear()
    changed = provider.read(state_of(full))
    assert changed.details["incremental"] is True
    assert same(changed, provide(filled).read())
    assert len(filled.recorder.requests(path="/groups/.*/users$")) < 20 + 10


def test_increments_build_upon_increments(filled: OktaServer, provide: Provide) -> None:
    provider = provide(filled, incremental=True)
    reading = provider.read()
    for number in range(3):
        filled.org.add_group(f"more{number}", filled.org.add_user(f"more{number}@example.org"))
        reading = provider.read(state_of(reading))
        assert reading.details["incremental"] is True
    assert same(reading, provide(filled).read())


def test_a_deletion_without_trace_leads_to_a_full_read(filled: OktaServer, provide: Provide) -> None:
    provider = provide(filled, incremental=True)
    full = provider.read()
    user = next(iter(filled.org.users.values()))
    filled.org.set_status(user, "DEPROVISIONED")
    filled.org.delete_user(user)
    reading = provider.read(state_of(full))
    assert "number of users that Okta counts" in reading.details["full_read_because"]
    assert "user0@example.org" not in statuses(reading)


def test_deprovisioned_users_stay_left_out(filled: OktaServer, provide: Provide) -> None:
    provider = provide(filled, incremental=True, deprovisioned=False)
    full = provider.read()
    filled.org.set_status(next(iter(filled.org.users.values())), "DEPROVISIONED")
    reading = provider.read(state_of(full))
    assert reading.details["incremental"] is True
    assert "deleted" not in statuses(reading).values()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": 0}, "there is no saved state of this org and selection"),
        ({"query": "another"}, "there is no saved state of this org and selection"),
        ({"people": [["00u1"]]}, "the saved state is damaged"),
        ({"people": None}, "the saved state is damaged"),
        ({"members": {"00g1": [10**6]}}, "the saved state is damaged"),
        ({"members": []}, "the saved state is damaged"),
        ({"read_at": "yesterday"}, "the saved state is damaged"),
        ({"full_read_at": "2020-01-01T00:00:00+00:00"}, "the last full read is too long ago"),
        ({"full_read_at": "2999-01-01T00:00:00+00:00"}, "the last full read is too long ago"),
    ],
)
def test_a_state_that_cannot_be_trusted_leads_to_a_full_read(
    filled: OktaServer, provide: Provide, changes: dict[str, Any], reason: str
) -> None:
    provider = provide(filled, incremental=True)
    full = provider.read()
    reading = provider.read({**state_of(full), **changes})
    assert reading.details["incremental"] is False
    assert reading.details["full_read_because"] == reason
    assert same(reading, full)


@pytest.mark.parametrize("options", [{"group_types": ["okta"]}, {"email_attributes": ["login"]}])
def test_another_query_leads_to_a_full_read(filled: OktaServer, provide: Provide, options: dict[str, Any]) -> None:
    full = provide(filled, incremental=True).read()
    assert provide(filled, incremental=True, **options).read(state_of(full)).details["incremental"] is False


def test_increments_can_be_switched_off(filled: OktaServer, provide: Provide) -> None:
    state = state_of(provide(filled, incremental=True).read())
    assert provide(filled, incremental=True, full_read_hours=0).read(state).details["incremental"] is False
    reading = provide(filled, incremental=False).read(state)
    assert not {"incremental", "full_read_because"} & set(reading.details)
    assert reading.state is None


@pytest.mark.parametrize(
    "options",
    [
        {"user_filter": 'status eq "ACTIVE"'},
        {"group_filter": 'type eq "OKTA_GROUP"'},
        {"query": {"read_groups": False}},
    ],
)
def test_other_reads_are_always_full(filled: OktaServer, provide: Provide, options: dict[str, Any]) -> None:
    full = provide(filled, incremental=True).read()
    reading = provide(filled, **{"incremental": True, **options}).read(state_of(full))
    assert reading.details["full_read_because"].startswith("only a part of the org is read")
    assert reading.state is None
