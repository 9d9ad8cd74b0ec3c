# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that take time, from the options of a module to the requests that the server gets, day by day."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.convergence import convergence_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.convergence import converge
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import write_snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import BOTH, Part
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server
from ansible_collections.dirsync.bitwarden.tests.emulators.common.faults import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.support.examples import snapshot, user

__all__ = ["bitwarden_server"]

DAY = 24 * 3600
GRACE = {"absent": "remove", "grace_days": 30}
ANN, BOB = "ann@example.org", "bob@example.org"
BOTH_OF_THEM, BOB_ALONE = snapshot([user("ann"), user("bob")]), snapshot([user("bob")])


@pytest.fixture
def server(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server()


class World:
    """An organization, the clock of its server, and runs that live by the same clock."""

    def __init__(self, server: BitwardenServer, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self.state_file = folder / "state.json"

    def days_pass(self, days: float) -> None:
        self._server.clock.advance(days * DAY)

    def forget_events(self) -> None:
        """Switch the event log off, as plans without it are."""
        content = self._server.organization.dump()
        self._server.organization.load({**content, "events": []})

    def run(self, directory: Snapshot, policy: dict[str, Any], *, state: bool = False, **more: Any) -> list[str]:
        """Converge once and return the actions with the names of those whom they concern."""
        result = self.result(directory, policy, state=state, **more)
        return [f"{step['action']} {step['key'].partition('@')[0]}" for step in result["plan"]["actions"]]

    def result(
        self, directory: Snapshot, policy: dict[str, Any], *, state: bool = False, **more: Any
    ) -> dict[str, Any]:
        path = self._folder / "snapshot.json"
        write_snapshot(directory, path)
        options = {
            "server_url": self._server.url,
            "client_id": self._server.client_id,
            "client_secret": self._server.client_secret,
            "retries": 0,
            "lock_directory": str(self._folder / "locks"),
            "snapshot": str(path),
            "policy": policy,
            **({"state_file": str(self.state_file)} if state else {}),
        }
        validated = ArgumentSpecValidator({**bitwarden_spec(), **convergence_spec()}).validate(options)
        assert validated.error_messages == []
        values = {**validated.validated_parameters, "groups": None}
        parts = more.pop("parts", BOTH)
        return converge(values, parts, check_mode=more.pop("check_mode", False), clock=self._server.clock.utcnow)


@pytest.fixture
def world(server: BitwardenServer, tmp_path: Path) -> World:
    """Return an organization with Ann and Bob."""
    for name in ("ann", "bob"):
        server.organization.add_member(f"{name}@example.org", external_id=f"id-{name}")
    return World(server, tmp_path)


def requests_of(server: BitwardenServer, path: str) -> int:
    return len(server.recorder.requests(path=path))


@pytest.mark.parametrize("state", [False, True])
def test_revoked_now_and_removed_after_the_days_of_grace(world: World, state: bool) -> None:
    assert world.run(BOB_ALONE, GRACE, state=state) == ["revoke_member ann"]
    world.days_pass(29.9)
    assert world.run(BOB_ALONE, GRACE, state=state) == []
    world.days_pass(0.1)
    assert world.run(BOB_ALONE, GRACE, state=state, check_mode=True) == ["remove_member ann"]
    assert world.run(BOB_ALONE, GRACE, state=state) == ["remove_member ann"]
    assert world.run(BOB_ALONE, GRACE, state=state) == []


def test_the_log_is_not_asked_while_the_state_file_knows_that_grace_goes_on(
    world: World, server: BitwardenServer
) -> None:
    world.run(BOB_ALONE, GRACE, state=True)
    world.run(BOB_ALONE, GRACE, state=True)
    assert requests_of(server, "events") == 0
    world.days_pass(30)
    world.run(BOB_ALONE, GRACE, state=True)
    assert requests_of(server, "events") == 1


def test_without_event_log_the_state_file_remembers(world: World) -> None:
    world.run(BOB_ALONE, GRACE, state=True)
    world.days_pass(30)
    world.forget_events()
    assert world.run(BOB_ALONE, GRACE, state=True) == ["remove_member ann"]


def test_without_event_log_and_state_file_the_member_stays_revoked_and_is_named(world: World) -> None:
    assert world.run(BOB_ALONE, GRACE) == ["revoke_member ann"]
    world.days_pass(300)
    world.forget_events()
    result = world.result(BOB_ALONE, GRACE)
    assert result["changed"] is False
    assert any(ANN in warning and "(revocation_unknown)" in warning for warning in result["warnings"])


@pytest.mark.parametrize("state", [False, True])
def test_an_administrator_who_revokes_never_starts_the_removal(
    world: World, server: BitwardenServer, state: bool
) -> None:
    world.run(BOB_ALONE, GRACE, state=state)
    world.days_pass(10)
    server.organization.restore_by_hand(ANN)
    server.organization.revoke_by_hand(ANN)
    world.days_pass(300)
    result = world.result(BOB_ALONE, GRACE, state=state)
    assert result["changed"] is False
    assert any("an administrator revoked this member by hand" in warning for warning in result["warnings"])


def test_a_run_that_fails_half_way_remembers_whom_it_revoked(world: World, server: BitwardenServer) -> None:
    server.faults.add(Fault(Kind.STATUS, When(method="POST", path="/revoke$"), times=None, status=401))
    with pytest.raises(Exception, match="actions failed"):
        world.run(BOB_ALONE, GRACE, state=True)
    [revoked] = json.loads(world.state_file.read_text())["remembered"]["revoked"]
    assert revoked == server.organization.member(ANN).id
    server.faults.clear()
    world.days_pass(100)
    assert world.run(BOB_ALONE, GRACE, state=True) == ["revoke_member ann"]


@pytest.mark.parametrize(("state", "reads"), [(False, 9), (True, 1)])
@pytest.mark.parametrize("by_hand", [True, False])
def test_how_far_the_log_is_read_for_somebody_who_stays_revoked(
    world: World, server: BitwardenServer, state: bool, reads: int, by_hand: bool
) -> None:
    if by_hand:
        server.organization.revoke_by_hand(ANN)
    else:
        server.organization.change_member(ANN, status=Status.REVOKED)
    for _time in range(210):
        server.organization.revoke_by_hand(BOB)
        server.organization.restore_by_hand(BOB)
    world.days_pass(1)
    for expected in (9, reads):
        server.recorder.clear()
        result = world.result(BOTH_OF_THEM, {}, state=state)
        assert (result["changed"], requests_of(server, "/events$")) == (False, expected)
        assert any("(stays_revoked)" in warning for warning in result["warnings"])
        world.days_pass(1)
    server.organization.restore_by_hand(ANN)
    assert world.run(BOB_ALONE, {}, state=state) == ["revoke_member ann"]
    assert world.run(BOTH_OF_THEM, {}, state=state) == ["restore_member ann"]
    assert world.run(BOTH_OF_THEM, {}, state=state) == []


def test_a_program_that_revokes_after_an_administrator_is_noticed(world: World, server: BitwardenServer) -> None:
    server.organization.revoke_by_hand(ANN)
    assert world.run(BOTH_OF_THEM, {}, state=True) == []
    world.days_pass(1)
    server.organization.restore_by_hand(ANN)
    world.days_pass(1)
    assert world.run(BOB_ALONE, {}) == ["revoke_member ann"]
    assert world.run(BOTH_OF_THEM, {}, state=True) == ["restore_member ann"]


def test_who_was_revoked_by_hand_stays_so_after_the_log_has_forgotten(world: World, server: BitwardenServer) -> None:
    server.organization.revoke_by_hand(ANN)
    assert world.run(BOTH_OF_THEM, {}, state=True) == []
    world.forget_events()
    for _run in range(2):
        assert world.run(BOTH_OF_THEM, {}, state=True) == []
    assert world.run(BOTH_OF_THEM, {}) == ["restore_member ann"]


def test_reminders_and_withdrawal_of_an_invitation(world: World, server: BitwardenServer) -> None:
    policy = {"reinvite_days": 7, "reinvite_times": 2, "purge_days": 30}
    server.organization.remove_by_hand(ANN)
    done = {}
    for day in range(40):
        done[day] = world.run(BOTH_OF_THEM, policy, state=True)
        world.days_pass(1)
    assert {day: actions for day, actions in done.items() if actions} == {
        0: ["invite_member ann"],
        7: ["reinvite_member ann"],
        14: ["reinvite_member ann"],
        30: ["withdraw_invitation ann"],
    }
    assert requests_of(server, "/reinvite$") == 2
    assert requests_of(server, "/events$") == 1
    assert world.run(BOB_ALONE, policy, state=True) == []
    assert world.run(BOTH_OF_THEM, policy, state=True) == ["invite_member ann"]


def test_the_age_of_an_invitation_comes_from_the_event_log(world: World, server: BitwardenServer) -> None:
    server.organization.remove_by_hand(ANN)
    world.run(BOTH_OF_THEM, {})
    world.days_pass(8)
    policy = {"reinvite_days": 7}
    assert world.run(BOTH_OF_THEM, policy, state=True, check_mode=True) == ["reinvite_member ann"]
    assert not world.state_file.exists()
    assert world.run(BOTH_OF_THEM, policy, state=True) == ["reinvite_member ann"]
    assert world.run(BOTH_OF_THEM, policy, state=True) == []


def test_without_event_log_an_invitation_is_as_old_as_the_sync_has_seen_it(
    world: World, server: BitwardenServer
) -> None:
    server.organization.change_member(ANN, status=Status.INVITED)
    policy = {"purge_days": 30}
    assert world.run(BOTH_OF_THEM, policy, state=True) == []
    world.days_pass(29)
    assert world.run(BOTH_OF_THEM, policy, state=True) == []
    world.days_pass(1)
    assert world.run(BOTH_OF_THEM, policy, state=True) == ["withdraw_invitation ann"]


def test_a_reminder_that_failed_is_not_sent_before_its_time(world: World, server: BitwardenServer) -> None:
    server.organization.change_member(ANN, status=Status.INVITED)
    policy = {"reinvite_days": 7, "reinvite_times": 2}
    world.run(BOTH_OF_THEM, policy, state=True)
    world.days_pass(7)
    server.faults.add(Fault(Kind.DROP, When(method="POST", path="/reinvite$"), after_effect=True))
    with pytest.raises(Exception, match="actions failed"):
        world.run(BOTH_OF_THEM, policy, state=True)
    assert world.run(BOTH_OF_THEM, policy, state=True) == []
    assert requests_of(server, "/reinvite$") == 1
    world.days_pass(7)
    assert world.run(BOTH_OF_THEM, policy, state=True) == ["reinvite_member ann"]


@pytest.mark.parametrize("status", [400, 401, 429])
def test_a_reminder_that_was_refused_is_sent_by_the_next_run(
    world: World, server: BitwardenServer, status: int
) -> None:
    server.organization.change_member(ANN, status=Status.INVITED)
    policy = {"reinvite_days": 7, "reinvite_times": 2}
    world.run(BOTH_OF_THEM, policy, state=True)
    for _time in range(2):
        world.days_pass(7)
        server.faults.add(Fault(Kind.STATUS, When(method="POST", path="/reinvite$"), times=None, status=status))
        with pytest.raises(Exception, match="actions failed"):
            world.run(BOTH_OF_THEM, policy, state=True)
        server.faults.clear()
        assert world.run(BOTH_OF_THEM, policy, state=True) == ["reinvite_member ann"]
        assert world.run(BOTH_OF_THEM, policy, state=True) == []
    world.days_pass(7)
    assert world.run(BOTH_OF_THEM, policy, state=True) == []


def test_the_age_of_invitations_needs_a_state_file(world: World, server: BitwardenServer) -> None:
    with pytest.raises(ConfigurationError, match=r"without which policy\.purge_days cannot"):
        world.run(BOTH_OF_THEM, {"purge_days": 30})
    assert server.recorder.requests() == []


@pytest.mark.parametrize("parts", [BOTH, {"members"}])
def test_members_of_a_protected_group_are_known_though_the_group_is_not_synchronized(
    world: World, server: BitwardenServer, parts: Collection[Part]
) -> None:
    server.organization.add_group("Vault Admins", members=[ANN])
    policy = {"absent": "remove", "protected": {"groups": ["vault *"]}}
    assert world.run(BOB_ALONE, policy, parts=parts) == []
    server.organization.set_group_members("Vault Admins", [])
    assert world.run(BOB_ALONE, policy, parts=parts) == ["remove_member ann"]
