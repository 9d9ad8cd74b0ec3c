# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever strikes whichever request of a run, it does nothing but a part of its plan, and the next one the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Kind
from ansible_collections.dirsync.bitwarden.tests.chaos.catalogue import (
    FAULTS,
    TIMEOUT,
    Tally,
    bounded,
    discreet,
    injected,
    readable,
    retries,
    sampled,
    small_bounds,
)
from ansible_collections.dirsync.bitwarden.tests.chaos.organizations import SCENARIOS, Scenario
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.model import EventType
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginEmulator, OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.support.world import World, essence


@pytest.fixture(scope="module", params=SCENARIOS)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Yield an organization with its way to it."""
    scenario = SCENARIOS[request.param]
    with World(tmp_path_factory.mktemp("world"), scenario.mode, frozen=False) as world:
        yield Target(request.param, world, scenario)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[OneLoginServer]:
    """Yield a server that nobody should ever ask."""
    with OneLoginServer(OneLoginEmulator()) as server:
        yield server


class Target:
    """One organization, the state that every case begins with, and the state that it has to end with."""

    def __init__(self, name: str, world: World, scenario: Scenario) -> None:
        self.name = name
        self.world = world
        self._scenario = scenario
        scenario.fill(world)
        self.before = world.state()
        self.foreseen = self.run(check_mode=True)
        world.server.recorder.clear()
        self.run()
        self.calls = len(world.server.recorder.requests())
        self.reached = essence(world.state())

    def run(self, **how: Any) -> dict[str, Any]:
        """Converge and return the result."""
        how = {"retries": 2, "transport": self._scenario.transport, **how}
        return self.world.converge(self._scenario.directory, self._scenario.policy, **how)

    def begin(self) -> None:
        """Go back to the state that every case begins with."""
        self.world.server.organization.load(dict(self.before))
        self.world.forget()

    def disturb(self, fault: str, number: int, repeats: int, elsewhere: OneLoginServer) -> str:
        """Run under a fault and return how that ended."""
        secrets = [self.world.server.client_secret]
        with small_bounds(), injected(self.world.server, fault, number, elsewhere) as credentials:
            try:
                result = self.run(retries=repeats, patience=TIMEOUT)
            except DirsyncError as error:
                readable(error, [*secrets, *credentials])
                return "failed"
        discreet(repr(result), [*secrets, *credentials])
        return "done"

    def check(self) -> None:
        """Compare the organization with what the plan could have made of it."""
        actions = self.foreseen["plan"]["actions"]
        planned = {action[name] for action in actions for name in ("key", "external_id") if name in action}
        state = self.world.state()
        members = {member["id"]: member for member in state["members"]}
        for member in self.before["members"]:
            if member["email"] not in planned:
                assert members[member["id"]] == member
        assert len({member["email"] for member in members.values()}) == len(members)
        groups = {group["id"]: group for group in state["groups"]}
        for group in self.before["groups"]:
            if not planned & {group["name"], group["external_id"]}:
                left = [member_id for member_id in group["member_ids"] if member_id in members]
                assert groups[group["id"]] == {**group, "member_ids": left}

    def check_invitations(self) -> None:
        """See that nobody was invited twice, nor reminded twice."""
        events: list[Mapping[str, Any]] = self.world.state()["events"][len(self.before["events"]) :]
        invited = [event for event in events if event["type"] == EventType.MEMBER_INVITED]
        counts = self.foreseen["counts"]
        assert len(invited) <= counts["invite_member"] + counts["replace_invitation"]
        reminders = [record for record in self.world.server.recorder.requests(path="/reinvite$") if not record.fault]
        assert len(reminders) <= counts["reinvite_member"]


# To most writes an empty answer is the confirmation itself.
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "empty answer"])
def test_a_disturbed_run_does_a_part_of_its_plan_and_the_next_one_the_rest(
    target: Target, elsewhere: OneLoginServer, fault: str, whole: bool, tally: Callable[[str, str], Tally]
) -> None:
    cases = tally(target.name, fault)
    for repeats in retries(fault, whole=whole):
        for number in sampled(target.calls, list(FAULTS).index(fault), whole=whole):
            target.begin()
            with bounded(f"request {number}"):
                cases.add(target.disturb(fault, number, repeats, elsewhere))
            target.check()
            target.run()
            target.check_invitations()
            assert essence(target.world.state()) == target.reached, f"request {number}"
    assert elsewhere.recorder.requests() == []


def test_every_kind_of_action_is_disturbed(tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    for number, scenario in enumerate(SCENARIOS.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        with World(folder, scenario.mode) as world:
            scenario.fill(world)
            counts.update(world.converge(scenario.directory, scenario.policy, check_mode=True)["counts"])
    assert [kind.value for kind in Kind if not counts[kind.value]] == []
