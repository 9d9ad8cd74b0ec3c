# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache of memberships: when it spares the requests for groups, and that it never decides what is written."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.convergence import convergence_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    ConvergenceError,
    GuardError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module import membership_cache
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.convergence import converge
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import write_snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import BOTH, Part
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer, EventType, Mode
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server
from ansible_collections.dirsync.bitwarden.tests.emulators.common.faults import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.support.examples import group, snapshot, user

__all__ = ["bitwarden_server"]

NAMES = ["ann", "bob", "cleo"]
DIRECTORY = snapshot([user(name) for name in NAMES], [group("staff", *NAMES), group("heads", "ann")])


STAFF = {f"{name}@example.org" for name in NAMES}


class World:
    """An organization, and runs with a cache by the clock of its server."""

    def __init__(self, server: BitwardenServer, folder: Path) -> None:
        self.server = server
        self.organization = server.organization
        self.path = folder / "memberships.json"
        self._folder = folder

    def hours_pass(self, hours: float) -> None:
        self.server.clock.advance(hours * 3600)

    def run(
        self, directory: Snapshot = DIRECTORY, parts: Collection[Part] = BOTH, *, check_mode: bool = False, **more: Any
    ) -> dict[str, Any]:
        snapshot_path = self._folder / "snapshot.json"
        write_snapshot(directory, snapshot_path)
        given = {
            "server_url": self.server.url,
            "client_id": self.server.client_id,
            "client_secret": self.server.client_secret,
            "retries": 0,
            "lock_directory": str(self._folder / "locks"),
            "snapshot": str(snapshot_path),
            "membership_cache": str(self.path),
            **more,
        }
        validated = ArgumentSpecValidator({**bitwarden_spec(), **convergence_spec()}).validate(given)
        assert validated.error_messages == []
        self.server.recorder.clear()
        values = {**validated.validated_parameters, "groups": None}
        return converge(values, parts, check_mode=check_mode, clock=self.server.clock.utcnow)

    def groups_read(self, directory: Snapshot = DIRECTORY, **more: Any) -> int:
        """Run once and return for how many groups it asked."""
        self.run(directory, **more)
        return len(self.server.recorder.requests("GET", "member-ids"))


@pytest.fixture
def world(bitwarden_server: StartBitwarden, tmp_path: Path) -> World:
    """Return an organization as the directory wants it, with what was read of it in the cache."""
    world = World(bitwarden_server(), tmp_path)
    world.run()
    assert not world.path.exists()
    assert world.groups_read() == 2
    return world


def test_an_unchanged_organization_is_not_asked_for_its_groups(world: World) -> None:
    assert world.path.stat().st_mode & 0o777 == 0o600
    assert "@" not in world.path.read_text()
    assert [world.groups_read(), world.groups_read(check_mode=True), world.groups_read(parts={"groups"})] == [0, 0, 0]
    assert len(world.server.recorder.requests("GET")) == 3
    assert not world.run()["changed"]


def test_everything_is_read_again_after_some_hours(world: World) -> None:
    world.hours_pass(23.9)
    assert world.groups_read() == 0
    assert world.groups_read(membership_cache_hours=23) == 2
    world.hours_pass(23.9)
    assert world.groups_read() == 0
    world.hours_pass(0.1)
    assert [world.groups_read(), world.groups_read()] == [2, 0]
    assert world.groups_read(membership_cache_hours=0) == 2
    world.hours_pass(168)
    assert world.groups_read(membership_cache_hours=10**15) == 2


def test_a_reading_of_the_future_is_not_believed(world: World) -> None:
    world.hours_pass(-0.5)
    assert world.groups_read() == 2


@pytest.mark.parametrize(
    "event",
    [EventType.GROUP_UPDATED, EventType.MEMBER_INVITED, EventType.MEMBER_REMOVED, EventType.MEMBER_GROUPS_UPDATED],
)
def test_an_event_about_groups_or_members_makes_a_run_read(world: World, event: EventType) -> None:
    world.organization.record_event(event, acting_user_id="somebody")
    assert [world.groups_read(), world.groups_read()] == [2, 0]


def test_an_event_that_a_server_dates_back_counts(world: World) -> None:
    world.organization.record_event(EventType.MEMBER_GROUPS_UPDATED, date=world.server.clock.now() - 3000)
    assert world.groups_read() == 2


def test_other_events_do_not_count(world: World) -> None:
    world.organization.record_event(EventType.POLICY_UPDATED)
    world.organization.record_event(EventType.COLLECTION_UPDATED)
    assert world.groups_read() == 0


def test_events_that_vanish_make_a_run_read(world: World) -> None:
    content = world.organization.dump()
    kept = [event for event in content["events"] if event["type"] != EventType.GROUP_CREATED]
    world.organization.load({**content, "events": kept})
    assert world.groups_read() == 2


def test_a_member_who_is_gone_makes_a_run_read(world: World) -> None:
    content = json.loads(world.path.read_text())
    group_id = next(iter(content["memberships"]))
    content["memberships"][group_id].append("f7a3ee0c-0000-4000-8000-000000000000")
    world.path.write_text(json.dumps(content))
    assert world.groups_read() == 2


def test_a_group_that_the_cache_lacks_makes_a_run_read(world: World) -> None:
    content = json.loads(world.path.read_text())
    content["memberships"].popitem()
    world.path.write_text(json.dumps(content))
    assert [world.groups_read(), world.groups_read()] == [2, 0]


@pytest.mark.parametrize("events", ["empty", "failing", "long"])
def test_without_a_log_that_can_be_told_every_run_reads(
    world: World, monkeypatch: pytest.MonkeyPatch, events: str
) -> None:
    if events == "empty":
        world.organization.load({**world.organization.dump(), "events": []})
    elif events == "failing":
        world.server.faults.add(Fault(Kind.STATUS, When(path="/events$"), times=None, status=500))
    else:
        monkeypatch.setattr(membership_cache, "MOST_EVENTS", 3)
    assert [world.groups_read(), world.groups_read()] == [2, 2]
    assert not world.path.exists()


def test_a_change_is_made_from_what_was_read(world: World) -> None:
    world.organization.set_group_members("heads", ["ann@example.org", "bob@example.org"])
    assert world.groups_read() == 0
    wanted = snapshot([user(name) for name in NAMES], [group("staff", "ann", "bob"), group("heads", "ann")])
    preview, result = world.run(wanted, check_mode=True), world.run(wanted)
    assert [(action["action"], action["key"]) for action in result["plan"]["actions"]] == [
        ("set_group_members", "heads"),
        ("set_group_members", "staff"),
    ]
    assert result["digest"] == preview["digest"]
    assert not world.path.exists()
    assert world.organization.memberships() == {"staff": STAFF - {"cleo@example.org"}, "heads": {"ann@example.org"}}
    assert [world.groups_read(wanted), world.groups_read(wanted)] == [2, 0]


def test_the_seats_are_asked_for_once(world: World) -> None:
    world.run(snapshot([user(name) for name in (*NAMES, "dora")], [group("staff", *NAMES), group("heads", "ann")]))
    assert len(world.server.recorder.requests("POST", "members")) == 1
    assert len(world.server.recorder.requests(path="subscription")) == 1


def test_where_the_cache_was_wrong_and_nothing_is_to_be_done_it_is_made_anew(world: World) -> None:
    wanted = snapshot([user(name) for name in NAMES], [group("staff", "ann", "bob"), group("heads", "ann")])
    world.organization.set_group_members("staff", ["ann@example.org", "bob@example.org"])
    assert not world.run(wanted)["changed"]
    assert world.server.recorder.writes() == []
    assert world.groups_read(wanted) == 0


def test_what_left_no_event_is_put_right_when_all_is_read(world: World) -> None:
    world.organization.set_group_members("heads", STAFF)
    assert not world.run()["changed"]
    world.hours_pass(24)
    assert world.run()["changed"]
    assert world.organization.memberships()["heads"] == {"ann@example.org"}


def test_the_cache_is_gone_before_anything_is_written(world: World) -> None:
    world.server.faults.add(Fault(Kind.STATUS, When(method="PUT"), status=500, body={"message": "no"}))
    with pytest.raises(ConvergenceError):
        world.run(snapshot([user(name) for name in NAMES], [group("staff", *NAMES), group("heads", "bob")]))
    assert not world.path.exists()


def test_guards_see_what_was_read(world: World) -> None:
    world.organization.set_group_members("heads", STAFF)
    wanted = snapshot([user(name) for name in NAMES], [group("staff", "ann", "bob"), group("heads", "ann")])
    policy = {"guards": {"exempt": 0, "group_leavers": {"count": 1}}}
    with pytest.raises(GuardError) as caught:
        world.run(wanted, policy=policy)
    assert caught.value.result["digest"] == world.run(wanted, check_mode=True, membership_cache=None)["digest"]
    assert world.organization.memberships()["heads"] == STAFF


def test_check_mode_writes_no_cache(world: World) -> None:
    before = world.path.read_bytes()
    world.run(snapshot([user("ann")], []), check_mode=True)
    assert world.path.read_bytes() == before
    world.path.unlink()
    world.run(check_mode=True)
    assert not world.path.exists()


def test_a_run_for_members_leaves_the_cache_unless_it_changes_something(world: World) -> None:
    world.run(parts={"members"})
    assert world.groups_read() == 0
    world.run(snapshot([user(name) for name in (*NAMES, "dora")], DIRECTORY.groups), {"members"})
    assert not world.path.exists()


def test_groups_that_protect_their_members_are_always_read(world: World) -> None:
    policy = {"protected": {"groups": ["heads"]}}
    assert [world.groups_read(policy=policy), world.groups_read(policy=policy)] == [1, 1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "it cannot be read"),
        ("[]", "it is no membership cache"),
        (json.dumps({"format": "dirsync.bitwarden/state"}), "it is no membership cache"),
        (json.dumps({"format": membership_cache.FILE.format, "organization": "another"}), "it belongs to another"),
    ],
)
def test_a_file_that_is_no_cache_of_this_organization_is_an_error(world: World, content: str, words: str) -> None:
    world.path.write_text(content)
    with pytest.raises(ConfigurationError, match=words):
        world.run()
    assert (world.path.read_text(), world.server.recorder.requests()) == (content, [])


def test_a_file_that_others_may_access_is_an_error(world: World) -> None:
    world.path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="other users may access it"):
        world.run()


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 2},
        {"time": "yesterday"},
        {"time": "2026-01-01T00:00:00"},
        {"entries": None},
        {"entries": []},
        {"memberships": []},
        {"memberships": {"a": 1}},
        {"memberships": {"a": [[]]}},
    ],
)
def test_a_damaged_cache_is_read_anew(world: World, damage: dict[str, Any]) -> None:
    world.path.write_text(json.dumps({**json.loads(world.path.read_text()), **damage}))
    assert [world.groups_read(), world.groups_read()] == [2, 0]


def test_five_hundred_unchanged_groups_take_three_requests(bitwarden_server: StartBitwarden, tmp_path: Path) -> None:
    world = World(bitwarden_server(mode=Mode.CLOUD, rate_limits=False), tmp_path)
    directory = snapshot([user("ann")], [group(f"g{number:03}", "ann") for number in range(500)])
    world.run(directory, transport="import")
    world.hours_pass(2)
    assert [world.groups_read(directory), world.groups_read(directory)] == [500, 0]
    assert len(world.server.recorder.requests("GET")) == 3
