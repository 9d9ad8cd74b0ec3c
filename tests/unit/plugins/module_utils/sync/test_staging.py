# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New users who are staged instead of invited, and members who are staged already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    ImportedGroup,
    ImportedMember,
    Member,
    MemberStatus,
    MemberType,
    Organization,
    Role,
    Seats,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import apply_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.guards import find_trips
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Guards, Limit, Policy, policy_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import RoleEntry
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.transport import SELF_HOSTED, Batch, choose_steps
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
from ansible_collections.dirsync.bitwarden.tests.support.organization import OrganizationInMemory

STAGED = MemberStatus.STAGED
STAGE = Policy(stage=True)


def able(*members: Member, **more: Any) -> Organization:
    """Return an organization on a server that can stage."""
    return replace(organization(members, **more), stages=True)


class Inviting(OrganizationInMemory):
    """A server that invites although it was told not to, as all do without the feature."""

    def import_directory(
        self, members: Sequence[ImportedMember], groups: Sequence[ImportedGroup], *, invite: bool = True
    ) -> None:
        super().import_directory(members, groups, invite=True)


class Silent(OrganizationInMemory):
    """A server whose answer to an import gets lost."""

    def import_directory(
        self, members: Sequence[ImportedMember], groups: Sequence[ImportedGroup], *, invite: bool = True
    ) -> None:
        super().import_directory(members, groups, invite=invite)
        raise BitwardenError("No answer came", in_doubt=True)


class Picky(OrganizationInMemory):
    """A server that refuses a whole import for each of some people in it, and counts its calls."""

    def __init__(self, current: Organization, *unwanted: str) -> None:
        super().__init__(current)
        self.unwanted = {f"id-{name}" for name in unwanted}
        self.calls = 0

    def members(self) -> tuple[Member, ...]:
        self.calls += 1
        return super().members()

    def import_directory(
        self, members: Sequence[ImportedMember], groups: Sequence[ImportedGroup], *, invite: bool = True
    ) -> None:
        self.calls += 1
        if self.unwanted & {entry.external_id for entry in members}:
            raise BitwardenError("It was refused", status=400)
        super().import_directory(members, groups, invite=invite)


def outcomes(plan: Plan, current: Organization, world: OrganizationInMemory) -> list[tuple[str, str]]:
    """Carry out a plan by single actions; return outcome and message of each."""
    return [(result.outcome, result.message) for result in apply_plan(plan.actions, current, world)]


@pytest.mark.parametrize(
    ("option", "expected"), [("true", (True, False)), ("false", (False, False)), ("staged", (True, True))]
)
def test_the_option_says_how_new_users_come_in(option: str, expected: tuple[bool, bool]) -> None:
    policy = policy_from({"invite": option})
    assert (policy.invite, policy.stage) == expected


def test_a_new_user_is_staged_and_joins_groups() -> None:
    current = able(groups=[organization_group("staff")])
    plan = make_plan(snapshot([user("ann")], [group("staff", "ann")]), current, STAGE)
    assert steps(plan) == [("stage_member", "ann", "new_user"), ("set_group_members", "staff", "membership")]
    world = OrganizationInMemory(current)
    assert outcomes(plan, current, world) == [("done", "")] * 2
    [ann] = world.members()
    assert (ann.status, ann.external_id, world.group_member_ids("g-staff")) == (STAGED, "id-ann", (ann.id,))


def test_a_server_that_cannot_stage_invites_nobody() -> None:
    plan = make_plan(snapshot([user("ann")], [group("staff", "ann")]), organization(), STAGE)
    assert steps(plan) == [("create_group", "staff", "new_group")]
    assert refused(plan) == [("ann", "staging_off")]


def test_nobody_is_staged_where_the_import_is_bound_to_fail() -> None:
    current = able(member("bob", "twin"), member("cleo", "twin"))
    plan = make_plan(snapshot([user("ann")]), current, replace(STAGE, absent="ignore"))
    assert ("ann", "staging_off") in refused(plan)
    assert steps(plan) == []


@pytest.mark.parametrize("transport", ["rest", "auto", "import"])
def test_all_are_staged_in_one_call_whatever_the_transport(transport: Any) -> None:
    current = able()
    plan = make_plan(snapshot([user("ann"), user("bob")]), current, STAGE)
    chosen = choose_steps(plan, current, transport, SELF_HOSTED)
    assert [(len(step.members), step.invite) for step in chosen if isinstance(step, Batch)] == [(2, False)]
    world = OrganizationInMemory(current)
    assert [result.outcome for result in apply_plan(chosen, current, world)] == ["done", "done"]
    assert {found.status for found in world.members()} == {STAGED}


def test_a_role_is_given_to_a_staged_member() -> None:
    policy = Policy(stage=True, roles=(RoleEntry("admins", Role(MemberType.ADMIN)),))
    owner = member("owner", None, type=MemberType.OWNER)
    current = able(owner)
    plan = make_plan(snapshot([user("ann")], [group("admins", "ann")]), current, policy, parts={"members"})
    assert choose_steps(plan, current, "auto", SELF_HOSTED) == plan.actions
    world = OrganizationInMemory(current)
    assert outcomes(plan, current, world) == [("done", "")]
    [ann] = [found for found in world.members() if found.id != owner.id]
    assert (ann.status, ann.type) == (STAGED, MemberType.ADMIN)


@pytest.mark.parametrize("batches", [True, False])
def test_a_server_that_invites_all_the_same_is_found_out(batches: bool) -> None:
    current = able()
    plan = make_plan(snapshot([user("ann")]), current, STAGE)
    chosen = choose_steps(plan, current, "auto", SELF_HOSTED) if batches else plan.actions
    [result] = apply_plan(chosen, current, Inviting(current))
    assert (result.outcome, "the server has invited" in result.message) == ("failed", True)


def test_a_lost_answer_is_looked_after() -> None:
    current = able()
    plan = make_plan(snapshot([user("ann")]), current, STAGE)
    assert outcomes(plan, current, Silent(current)) == [("done", "")]


@pytest.mark.parametrize(("unwanted", "calls"), [((), 2), (("u77",), 35)])
def test_one_who_cannot_be_staged_neither_stops_the_others_nor_has_each_of_them_sent_alone(
    unwanted: tuple[str, ...], calls: int
) -> None:
    current = able()
    plan = make_plan(snapshot([user(f"u{number}") for number in range(100)]), current, STAGE)
    world = Picky(current, *unwanted)
    results = apply_plan(choose_steps(plan, current, "auto", SELF_HOSTED), current, world)
    assert tuple(r.action.key.split("@")[0] for r in results if r.outcome == "failed") == unwanted
    assert [result.action for result in results] == list(plan.actions)
    assert world.calls <= calls


def test_staging_needs_no_seat_and_counts_for_the_guard_of_invitations() -> None:
    current, directory = able(member("bob")), snapshot([user("ann"), user("bob")])
    plan = make_plan(directory, current, STAGE)
    assert find_trips(plan, directory, current, STAGE, {}, Seats(1, 1)) == ()
    policy = replace(STAGE, guards=Guards(invitations=Limit(count=0)))
    assert [trip.guard for trip in find_trips(plan, directory, current, policy, {})] == ["invitations"]


def test_who_is_staged_waits_for_an_administrator() -> None:
    current, directory = able(member("ann", status=STAGED)), snapshot([user("ann")])
    assert refused(make_plan(directory, current, Policy())) == [("ann", "staged")]
    for policy in (STAGE, Policy(invite=False)):
        assert (steps(make_plan(directory, current, policy)), refused(make_plan(directory, current, policy))) == (
            [],
            [],
        )


@pytest.mark.parametrize(
    ("wish", "done"), [("ignore", []), ("revoke", ["revoke_member"]), ("remove", ["remove_member"])]
)
def test_staged_members_who_leave_are_treated_like_others(wish: Any, done: list[str]) -> None:
    plan = make_plan(snapshot(), able(member("ann", status=STAGED)), Policy(absent=wish))
    assert [step[0] for step in steps(plan)] == done


def test_a_staged_member_is_linked_and_not_counted_as_a_seat() -> None:
    current = able(member("ann", None, status=STAGED))
    assert [step[0] for step in steps(make_plan(snapshot([user("ann")]), current, STAGE))] == ["link_member"]
    assert current.occupied_seats() == 0


def test_the_new_address_of_a_staged_member_is_reported() -> None:
    current = able(member("ann", status=STAGED))
    plan = make_plan(snapshot([user("ann", email="ann.smith")]), current, STAGE)
    assert (steps(plan), refused(plan)) == ([], [("ann", "email_differs")])
    assert "the member is staged" in plan.refusals[0].message


def test_an_external_id_that_excluded_members_share_hinders_staging_too() -> None:
    current = able(member("bea", "same"), member("cid", "same"))
    policy = policy_from({"invite": "staged", "exclude": {"external_ids": ["same"]}})
    plan = make_plan(snapshot([user("ann")]), current, policy)
    assert (steps(plan), refused(plan)) == ([], [("ann", "staging_off")])
