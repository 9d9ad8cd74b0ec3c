# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises of the design over whole histories: directories change, administrators work by hand, runs die.

Every run is the real one, from its options to the requests that a server gets. Longer with
``--hypothesis-profile=long``.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError, GuardError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group, Snapshot, User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode, Role, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.model import EventType
from ansible_collections.dirsync.bitwarden.tests.emulators.common.faults import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.support.organization import Killed
from ansible_collections.dirsync.bitwarden.tests.support.strategies import EMAILS, IDENTITIES, NAMES, policy_options
from ansible_collections.dirsync.bitwarden.tests.support.world import Kill, Saved, World, essence
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

STEPS = 15
CALLS = {"replace_invitation": 2}
"""The write calls that an action takes where it is not one."""

TRANSPORTS = ["rest", "import", "auto"]
FORESEEN = ("digest", "plan", "counts", "diff", "changed")
WITHDRAWING = ("revoke_member", "remove_member", "replace_invitation", "withdraw_invitation")
NOTHING = Plan(()).digest

emails = st.sampled_from(EMAILS)
external_ids = st.sampled_from([None, *IDENTITIES, *[f"ldap:{identity}" for identity in IDENTITIES], "foreign"])
faults = st.builds(
    Fault,
    kind=st.sampled_from([Kind.DROP, Kind.STATUS, Kind.HTML, Kind.TRUNCATED, Kind.INVALID_JSON]),
    when=st.builds(When, number=st.integers(1, 25)),
    times=st.sampled_from([1, None]),
    after_effect=st.booleans(),
    status=st.sampled_from([400, 401, 403, 404, 409, 429, 500, 503]),
)
kills = st.builds(Kill, request=st.integers(1, 25), moment=st.sampled_from(["before", "after"]))


class History(RuleBasedStateMachine):
    """A directory that the machine changes, and an organization that people and runs change."""

    def __init__(self, folder: Path, mode: Mode) -> None:
        super().__init__()
        self.world = World(folder, mode).__enter__()
        self.organization = self.world.server.organization
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.policy: dict[str, Any] = {}

    def teardown(self) -> None:
        self.world.__exit__(None, None, None)

    @property
    def snapshot(self) -> Snapshot:
        """What a read of the directory leaves."""
        users = tuple(self.users[key] for key in sorted(self.users))
        groups = tuple(self.groups[key] for key in sorted(self.groups))
        return Snapshot(users, groups, created="2026-03-01T12:00:00Z")

    @rule(
        identity=st.sampled_from(IDENTITIES),
        email=st.sampled_from([*EMAILS, *EMAILS, None]),
        status=st.sampled_from(["active", "active", "active", "disabled", "deleted"]),
    )
    def somebody_comes_or_changes(self, identity: str, email: str | None, status: Any) -> None:
        taken = {user.email for key, user in self.users.items() if key != identity}
        self.users[identity] = User(identity, None if email in taken else email, None, status, "hr")

    @rule(identity=st.sampled_from(IDENTITIES))
    def somebody_leaves(self, identity: str) -> None:
        self.users.pop(identity, None)
        for key, group in self.groups.items():
            self._set_group(key, group.name, set(group.members) - {identity})

    @rule(identity=st.sampled_from(IDENTITIES[:4]), name=st.sampled_from(NAMES), members=st.sets(st.integers(0, 7)))
    def a_group_comes_or_changes(self, identity: str, name: str, members: set[int]) -> None:
        self._set_group(identity, name, {IDENTITIES[number] for number in members} & self.users.keys())

    def _set_group(self, identity: str, name: str, members: set[str]) -> None:
        self.groups[identity] = Group(identity, name, "hr", tuple(sorted(members)))

    @rule(identity=st.sampled_from(IDENTITIES[:4]))
    def a_group_goes(self, identity: str) -> None:
        self.groups.pop(identity, None)

    @rule(policy=policy_options())
    def the_policy_changes(self, policy: dict[str, Any]) -> None:
        if self.world.mode is Mode.VAULTWARDEN:
            refused = {"purge_days", "reinvite_days"}
            policy = {name: value for name, value in policy.items() if value != "remove" and name not in refused}
            policy["protected"] = {"emails": [next(iter(self.organization.members()))]}
        self.policy = policy

    @rule(days=st.sampled_from([1, 6, 30]))
    def time_passes(self, days: int) -> None:
        self.world.pass_time(days)

    @rule(email=emails, external_id=external_ids)
    def an_administrator_invites(self, email: str, external_id: str | None) -> None:
        if email not in self.organization.members():
            self.organization.add_member(email, status=Status.INVITED, external_id=external_id)

    @rule(email=emails)
    def somebody_accepts_and_is_confirmed(self, email: str) -> None:
        if self._status(email) == Status.INVITED:
            self.organization.accept(email)
            self.organization.confirm(email)

    @rule(email=emails)
    def an_administrator_revokes(self, email: str) -> None:
        self._revoke_by_hand(email)

    @rule(identity=st.sampled_from(IDENTITIES), email=emails)
    def an_administrator_revokes_an_active_user(self, identity: str, email: str) -> None:
        """Chance alone hardly ever brings all of this together."""
        if any(user.email == email for key, user in self.users.items() if key != identity):
            return
        self.users[identity] = User(identity, email, None, "active", "hr")
        if self._status(email) is None:
            self.organization.add_member(email, external_id=identity)
        self._revoke_by_hand(email)

    def _revoke_by_hand(self, email: str) -> None:
        if self._status(email) not in (None, Status.REVOKED):
            self.organization.revoke_by_hand(email)

    @rule(email=emails)
    def an_administrator_restores(self, email: str) -> None:
        if self._status(email) == Status.REVOKED:
            self.organization.restore_by_hand(email)

    @rule(email=emails)
    def an_administrator_removes(self, email: str) -> None:
        if self._status(email) is not None:
            self.organization.remove_by_hand(email)

    @rule(email=emails, type=st.sampled_from([Role.USER, Role.ADMIN, Role.OWNER]))
    def an_administrator_gives_a_role(self, email: str, type: Role) -> None:
        if self._status(email) is not None and self.world.mode is not Mode.VAULTWARDEN:
            self.organization.change_member(email, type=type)

    @rule(email=emails, external_id=external_ids)
    def an_administrator_edits_an_external_id(self, email: str, external_id: str | None) -> None:
        if self._status(email) is not None:
            self.organization.change_member(email, external_id=external_id)

    @rule(name=st.sampled_from(NAMES), external_id=external_ids)
    def an_administrator_adds_a_group(self, name: str, external_id: str | None) -> None:
        if len(self.organization.groups()) < 6:
            self.organization.add_group(name, external_id)

    @rule(name=st.sampled_from(NAMES), members=st.sets(emails))
    def an_administrator_edits_a_group(self, name: str, members: set[str]) -> None:
        if name in {group.name for group in self.organization.groups()}:
            self.organization.set_group_members(name, sorted(members & self.organization.members().keys()))

    def _status(self, email: str) -> int | None:
        member = self.organization.members().get(email)
        return None if member is None else member.status

    @rule(transport=st.sampled_from(TRANSPORTS), kill=kills)
    def a_run_is_killed(self, transport: str, kill: Kill) -> None:
        self._disturb(transport, kill=kill)

    @rule(transport=st.sampled_from(TRANSPORTS), fault=faults)
    def a_run_meets_a_fault(self, transport: str, fault: Fault) -> None:
        self._disturb(transport, fault)

    @rule(transport=st.sampled_from(TRANSPORTS))
    def a_run_goes_well(self, transport: str) -> None:
        """Check mode foresees it, it reaches what other calls reach, and after it there is nothing to do."""
        before = self.world.save()
        foreseen = self._converge(transport)
        self._check_scope(before.organization, foreseen)
        if self.world.mode is not Mode.VAULTWARDEN:
            self._check_other_transport(before, "import" if transport == "rest" else "rest")

    def _disturb(self, transport: str, fault: Fault | None = None, kill: Kill | None = None) -> None:
        """Whatever happens to a run, it does nothing but a part of its plan, and the next one does the rest."""
        before = self.world.state()
        foreseen = self._foresee()
        if fault:
            self.world.server.faults.add(fault)
        with contextlib.suppress(Killed, DirsyncError):
            self._run(transport, approve=[foreseen["digest"]], kill=kill)
        self.world.server.faults.clear()
        self._check_scope(before, foreseen)
        self._converge("auto")
        assert all(count == 1 for count in self._invitations(before).values())

    def _converge(self, transport: str) -> dict[str, Any]:
        """Run without trouble, as foreseen, and once more, which changes nothing; return what was foreseen."""
        foreseen = self._foresee()
        self._check_memory(foreseen)
        if foreseen["guard"]:
            self._check_guard(transport, foreseen)
        real = self._run(transport, approve=[foreseen["digest"]])
        assert [real[name] for name in FORESEEN] == [foreseen[name] for name in FORESEEN]
        assert real["outcomes"] == {**foreseen["outcomes"], "planned": 0, "done": foreseen["outcomes"]["planned"]}
        calls = self.world.writes()
        if transport == "rest" and self.world.mode is not Mode.VAULTWARDEN:
            assert len(calls) == sum(CALLS.get(action["action"], 1) for action in real["plan"]["actions"])
        again = self._run("auto", approve=[NOTHING])
        assert (again["changed"], again["plan"]["actions"], self.world.writes()) == (False, [], [])
        self._check_memory(again)
        return foreseen

    def _foresee(self) -> dict[str, Any]:
        before = self.world.state()
        self.world.writes()
        foreseen = self._run("auto", check_mode=True)
        assert (self.world.writes(), self.world.state()) == ([], before)
        return foreseen

    def _check_memory(self, foreseen: Mapping[str, Any]) -> None:
        """What the state file remembers of the event log can leave members revoked, and does nothing else."""
        state_file = self.world.state_without_told()
        if state_file:
            forgetful = self._run("auto", check_mode=True, state_file=state_file)["plan"]["actions"]
            acts = foreseen["plan"]["actions"]
            assert [act for act in forgetful if act in acts or act["action"] != "restore_member"] == acts

    def _check_guard(self, transport: str, foreseen: Mapping[str, Any]) -> None:
        with pytest.raises(GuardError) as caught:
            self._run(transport)
        assert self.world.writes() == []
        assert (caught.value.result["digest"], list(caught.value.trips)) == (foreseen["digest"], foreseen["guard"])

    def _run(self, transport: str, **how: Any) -> dict[str, Any]:
        return self.world.converge(self.snapshot, self.policy, transport=transport, **how)

    def _check_other_transport(self, before: Saved, transport: str) -> None:
        """Do the same on the same organization another way."""
        reached = self.world.state()
        self.world.restore(before)
        foreseen = self._foresee()
        self._run(transport, approve=[foreseen["digest"]])
        assert essence(self.world.state()) == essence(reached)

    def _invitations(self, before: Mapping[str, Any]) -> Counter[str]:
        """Return how often each membership began by an invitation over the API since then, by address."""
        now = self.world.state()
        emails = {member["id"]: member["email"] for member in now["members"]}
        events = now["events"][len(before["events"]) :]
        return Counter(
            emails.get(event["member_id"], "withdrawn") for event in events if event["type"] == EventType.MEMBER_INVITED
        )

    def _check_scope(self, before: Mapping[str, Any], foreseen: Mapping[str, Any]) -> None:
        """Compare an organization with what it was: nothing changed but what the plan names."""
        planned: dict[str, set[str]] = {}
        for action in foreseen["plan"]["actions"]:
            planned.setdefault(action["action"], set()).add(action["key"])
        withdrawn = {
            email
            for kind in ("revoke_member", "remove_member", "replace_invitation")
            for email in planned.get(kind, ())
        }
        touched = {email for kind, keys in planned.items() if kind.endswith("member") for email in keys} | withdrawn
        roles = planned.get("promote_member", set()) | planned.get("demote_member", set())
        after = {member["id"]: member for member in self.world.state()["members"]}
        for member in before["members"]:
            now = after.get(member["id"])
            keeps_role = member["email"] not in roles or (member["type"] == Role.OWNER and not self._demotes_owners)
            if (member["type"] == Role.OWNER and keeps_role) or member["email"] not in touched:
                assert now == member
            elif member["email"] not in withdrawn:
                assert now is not None
                assert now["status"] == member["status"] or member["status"] == Status.REVOKED
            if now is not None:
                assert now["email"] == member["email"]
                assert now["type"] == member["type"] or not keeps_role
        assert any(m["type"] == Role.OWNER and m["status"] == Status.CONFIRMED for m in after.values())
        self._check_newcomers(before, after)
        self._check_groups(before, planned)

    @property
    def _demotes_owners(self) -> bool:
        return bool(self.policy.get("demote_owners"))

    def _check_newcomers(self, before: Mapping[str, Any], after: Mapping[str, Mapping[str, Any]]) -> None:
        known = {member["id"] for member in before["members"]}
        active = {user.email for user in self.users.values() if user.status == "active"}
        assert {member["email"] for id_, member in after.items() if id_ not in known} <= active
        assert len({member["email"] for member in after.values()}) == len(after)

    def _check_groups(self, before: Mapping[str, Any], planned: Mapping[str, set[str]]) -> None:
        after = {group["id"]: group for group in self.world.state()["groups"]}
        removed = {member["id"] for member in before["members"]} - {m["id"] for m in self.world.state()["members"]}
        for group in before["groups"]:
            now = after.get(group["id"])
            assert now is not None or group["name"] in planned.get("delete_group", ())
            if now is not None and group["name"] not in planned.get("update_group", ()):
                assert (now["name"], now["external_id"]) == (group["name"], group["external_id"])
            if now is not None and group["name"] not in planned.get("set_group_members", ()):
                assert set(now["member_ids"]) == set(group["member_ids"]) - removed


@pytest.mark.parametrize("mode", list(Mode))
def test_the_promises_hold_over_any_history(mode: Mode, tmp_path: Path) -> None:
    examples = max(1, settings().max_examples // 10)
    run_state_machine_as_test(
        lambda: History(tmp_path, mode), settings=settings(max_examples=examples, stateful_step_count=STEPS)
    )
