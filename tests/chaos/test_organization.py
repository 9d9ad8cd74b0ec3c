# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever strikes whichever request of a run, it does nothing but a part of its plan, and the next one the rest."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.tests.chaos.catalogue import (
    FAULTS,
    SECONDS,
    TIMEOUT,
    Tally,
    injected,
    readable,
    sampled,
    small_bounds,
)
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode, Role, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.model import EventType
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginEmulator, OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.support.examples import group, snapshot, user
from ansible_collections.dirsync.bitwarden.tests.support.world import World, essence

POLICY = {
    "absent": "remove",
    "absent_groups": "remove",
    "membership": "exclusive",
    "roles": [{"group": "staff", "type": "admin"}],
    "other_roles": "user",
    "guards": {"exempt": 1000},
}
VAULTWARDEN_POLICY = {"guards": {"exempt": 1000}, "protected": {"emails": ["founder@*"]}}
UNTRIED = {"reinvite_member", "withdraw_invitation", "stage_member", "set_group_collections"}
"""What no run of the campaign has to do: care for old invitations, staging, and the collections of groups."""

TARGETS = {
    "self-hosted server, single calls": (Mode.SELF_HOSTED, "rest"),
    "self-hosted server, import": (Mode.SELF_HOSTED, "import"),
    "cloud": (Mode.CLOUD, "auto"),
    "Vaultwarden": (Mode.VAULTWARDEN, "auto"),
}


def directory() -> Snapshot:
    """Return people and groups for whom there is everything to do."""
    people = [user(name) for name in ("ann", "bob", "cleo", "dan", "eve", "gus")] + [user("fay", "disabled")]
    return snapshot(people, [group("staff", "ann", "bob", "cleo"), group("new", "dan", "eve"), group("renamed", "ann")])


def fill(world: World) -> None:
    """Make the organization that the directory differs from in every way that an action can mend."""
    organization = world.server.organization
    organization.add_member("ann@example.org")
    organization.add_member("bob@example.org", external_id="id-of-old")
    organization.add_member("old-cleo@example.org", external_id="id-cleo", status=Status.INVITED)
    organization.add_member("dan@example.org", external_id="id-dan", type=Role.ADMIN)
    organization.add_member("fay@example.org", external_id="id-fay")
    gus = organization.add_member("gus@example.org", external_id="id-gus", status=Status.REVOKED)
    organization.record_event(EventType.MEMBER_REVOKED, gus.id)
    organization.add_member("gone@example.org", external_id="id-gone")
    organization.add_member("boss@example.org", external_id="id-boss", type=Role.OWNER)
    organization.add_member("stranger@example.org", external_id=None)
    organization.add_group("staff", "id-staff", ["gone@example.org", "dan@example.org"])
    organization.add_group("before", "id-renamed", ["ann@example.org"])
    organization.add_group("gone", "id-of-gone", ["dan@example.org"])
    organization.add_group("by hand", None, ["stranger@example.org"])
    organization.configure(vaultwarden_groups_enabled=True)


@pytest.fixture(scope="module", params=TARGETS)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Yield an organization with its way to it."""
    mode, transport = TARGETS[request.param]
    with World(tmp_path_factory.mktemp("world"), mode, frozen=False) as world:
        yield Target(request.param, world, transport)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[OneLoginServer]:
    """Yield a server that nobody should ever ask."""
    with OneLoginServer(OneLoginEmulator()) as server:
        yield server


class Target:
    """One organization, the state that every case begins with, and the state that it has to end with."""

    def __init__(self, name: str, world: World, transport: str) -> None:
        self.name = name
        self.world = world
        self._how = {"transport": transport, "policy": VAULTWARDEN_POLICY if name == "Vaultwarden" else POLICY}
        self._snapshot = directory()
        fill(world)
        self.before = world.state()
        self.foreseen = self.run(check_mode=True)
        world.server.recorder.clear()
        self.run()
        self.calls = len(world.server.recorder.requests())
        self.reached = essence(world.state())

    def run(self, **how: Any) -> dict[str, Any]:
        """Converge and return the result."""
        return self.world.converge(self._snapshot, **{"retries": 2, **self._how, **how})

    def begin(self) -> None:
        """Go back to the state that every case begins with."""
        self.world.server.organization.load(dict(self.before))
        self.world.forget()

    def disturb(self, fault: str, number: int, retries: int, elsewhere: OneLoginServer) -> str:
        """Run under a fault and return how that ended."""
        with small_bounds(), injected(self.world.server, fault, number, elsewhere):
            try:
                self.run(retries=retries, patience=TIMEOUT)
            except DirsyncError as error:
                readable(error, [self.world.server.client_secret])
                return "failed"
        return "done"

    def check(self) -> None:
        """Compare the organization with what the plan could have made of it."""
        planned = Counter(action["key"] for action in self.foreseen["plan"]["actions"])
        after = {member["id"]: member for member in self.world.state()["members"]}
        for member in self.before["members"]:
            if member["email"] not in planned:
                assert after[member["id"]] == member
        assert len({member["email"] for member in after.values()}) == len(after)

    def check_invitations(self) -> None:
        """See that nobody was invited twice."""
        events: list[Mapping[str, Any]] = self.world.state()["events"][len(self.before["events"]) :]
        invited = [event for event in events if event["type"] == EventType.MEMBER_INVITED]
        counts = self.foreseen["counts"]
        assert len(invited) <= counts["invite_member"] + counts["replace_invitation"]


# To most writes an empty answer is the confirmation itself.
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "empty answer"])
def test_a_disturbed_run_does_a_part_of_its_plan_and_the_next_one_the_rest(
    target: Target, elsewhere: OneLoginServer, fault: str, whole: bool, tally: Callable[[str, str], Tally]
) -> None:
    cases = tally(target.name, fault)
    for retries in (0, 1) if whole else (0,):
        for number in sampled(target.calls, list(FAULTS).index(fault), whole=whole):
            target.begin()
            started = time.monotonic()
            cases.add(target.disturb(fault, number, retries, elsewhere))
            assert time.monotonic() - started < SECONDS, f"request {number}"
            target.check()
            target.run()
            target.check_invitations()
            assert essence(target.world.state()) == target.reached, f"request {number}"
    assert elsewhere.recorder.requests() == []


def test_every_other_kind_of_action_is_disturbed(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        fill(world)
        counts = world.converge(directory(), POLICY, check_mode=True)["counts"]
    assert {kind for kind, count in counts.items() if not count} == UNTRIED
