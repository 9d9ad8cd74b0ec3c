# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invitations that are sent again, and those that are withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    MemberStatus,
    MemberType,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.guards import find_trips
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.invitations import of_unknown_age, require_memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import Memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Guards, Limit, Policy, Protection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.remembered import Reinvitations
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    refused,
    snapshot,
    steps,
    user,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
INVITED = MemberStatus.INVITED
CARING = {"reinvite_days": 7, "reinvite_times": 2, "purge_days": 30}


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def invited(days: float, *sent: float, **more: Any) -> Memory:
    """Return the memory of an invitation of Ann so many days ago, sent again so many days ago."""
    again = {"m-ann": Reinvitations(len(sent), ago(sent[-1]))} if sent else {}
    return Memory(log_works=True, invited_at={"m-ann": ago(days)}, reinvitations=again, now=NOW, **more)


def plan_of(users: Iterable[User], members: Iterable[Member], memory: Memory, **policy: Any) -> Plan:
    return make_plan(snapshot(users), organization(members), Policy(**{**CARING, **policy}), memory, {"members"})


@pytest.mark.parametrize(
    ("memory", "done"),
    [
        (invited(6.9), []),
        (invited(7), ["reinvite_member"]),
        (invited(12, 6.9), []),
        (invited(12, 7), ["reinvite_member"]),
        (invited(29, 15, 8), []),
        (invited(30), ["withdraw_invitation"]),
        (invited(30, 15, 8), ["withdraw_invitation"]),
        (Memory(log_works=True, now=NOW), []),
        (invited(-30), []),
    ],
)
def test_an_open_invitation_is_sent_again_and_withdrawn_in_the_end(memory: Memory, done: list[str]) -> None:
    plan = plan_of([user("ann")], [member("ann", status=INVITED)], memory)
    assert steps(plan) == [(kind, "ann", "not_accepted") for kind in done]
    assert refused(plan) == []


def test_each_of_the_two_can_be_had_alone() -> None:
    person, old = [member("ann", status=INVITED)], invited(300)
    assert [step[0] for step in steps(plan_of([user("ann")], person, old, purge_days=0))] == ["reinvite_member"]
    assert steps(plan_of([user("ann")], person, old, purge_days=0, reinvite_times=0)) == []
    assert steps(plan_of([user("ann")], person, old, purge_days=0, reinvite_days=0)) == []


@pytest.mark.parametrize("status", [MemberStatus.ACCEPTED, MemberStatus.CONFIRMED, MemberStatus.STAGED])
def test_whoever_has_accepted_or_was_never_invited_is_left_in_peace(status: MemberStatus) -> None:
    assert steps(plan_of([user("ann")], [member("ann", status=status)], invited(300))) == []


def test_only_the_owner_scope_is_cared_for() -> None:
    owner = member("ann", status=INVITED, type=MemberType.OWNER)
    assert steps(plan_of([user("ann")], [owner], invited(300))) == []
    guarded = Protection(external_ids=frozenset({"id-ann"}))
    assert steps(plan_of([user("ann")], [member("ann", status=INVITED)], invited(300), protected=guarded)) == []
    foreign = [member("ann", "scim:1", status=INVITED)]
    assert steps(plan_of([user("ann")], foreign, invited(300), external_id_prefix="ldap:")) == []
    assert steps(plan_of([], [member("ann", None, status=INVITED)], invited(300))) == []


def test_an_invitation_that_is_linked_begins_anew() -> None:
    plan = plan_of([user("ann")], [member("ann", None, status=INVITED)], invited(300))
    assert steps(plan) == [("link_member", "ann", "same_email")]


def test_users_out_of_service_are_a_matter_of_the_policy_alone() -> None:
    plan = plan_of([user("ann", "disabled")], [member("ann", status=INVITED)], invited(300))
    assert steps(plan) == [("revoke_member", "ann", "disabled_in_directory")]


def test_an_invitation_under_another_address_is_replaced_not_cared_for() -> None:
    plan = plan_of([user("ann", email="ann.smith")], [member("ann", status=INVITED)], invited(300))
    assert steps(plan) == [("replace_invitation", "ann", "email_changed")]
    plan = plan_of([user("ann", email=None)], [member("ann", status=INVITED)], invited(300))
    assert steps(plan) == []


def test_whose_invitation_was_withdrawn_is_not_invited_anew() -> None:
    plan = plan_of([user("ann"), user("bob")], [], Memory(lapsed=frozenset({"id-ann"}), now=NOW))
    assert (steps(plan), refused(plan)) == ([("invite_member", "bob", "new_user")], [("ann", "invitation_lapsed")])


def test_a_withdrawn_invitation_takes_no_part_in_groups() -> None:
    current = organization([member("ann", status=INVITED)], [organization_group("staff")], staff=["ann"])
    directory = snapshot([user("ann")], [group("staff", "ann"), group("crew", "ann")])
    plan = make_plan(directory, current, Policy(purge_days=30), invited(31))
    assert [step[:2] for step in steps(plan)] == [("create_group", "crew"), ("withdraw_invitation", "ann")]


def test_withdrawals_count_as_removals_for_the_guard() -> None:
    current, directory = organization([member("ann", status=INVITED)]), snapshot([user("ann")])
    policy = Policy(purge_days=30, guards=Guards(removals=Limit(count=0)))
    plan = make_plan(directory, current, policy, invited(31), {"members"})
    assert [trip.guard for trip in find_trips(plan, directory, current, policy, {})] == ["removals"]


def test_the_log_is_asked_only_about_invitations_of_unknown_age() -> None:
    members = [
        member("ann", status=INVITED),
        member("bob", status=INVITED),
        member("cleo"),
        member("dora", None, status=INVITED),
        member("eve", status=INVITED, type=MemberType.OWNER),
    ]
    assert [found.id for found in of_unknown_age(members, Policy(purge_days=1), invited(1))] == ["m-bob"]
    assert of_unknown_age(members, Policy(), invited(1)) == ()


def test_a_state_file_is_needed_to_know_who_was_reminded(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"without which policy\.reinvite_days and policy\.purge_days cannot"):
        require_memory(Policy(reinvite_days=7, purge_days=30), None)
    require_memory(Policy(reinvite_days=7), tmp_path / "state.json")
    require_memory(Policy(), None)


def test_an_invitation_that_is_withdrawn_gets_no_other_external_id_first() -> None:
    current = [member("ann", "id-old", status=INVITED)]
    assert steps(plan_of([user("ann")], current, invited(30))) == [("withdraw_invitation", "ann", "not_accepted")]
    reminded = steps(plan_of([user("ann")], current, invited(7)))
    assert reminded == [("rekey_member", "ann", "same_email"), ("reinvite_member", "ann", "not_accepted")]
