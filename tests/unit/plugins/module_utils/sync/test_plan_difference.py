# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said to have changed between an approved plan and today's."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group, Snapshot, User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync import plan_difference as module
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.saved_plan import saved_form
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    snapshot,
    user,
)
from ansible_collections.dirsync.bitwarden.tests.support.strategies import organizations, policies, snapshots
from hypothesis import given

STAFF = organization_group("staff")


def plan(users: list[User], groups: list[Group] | None = None, current: Organization | None = None) -> Plan:
    return make_plan(snapshot(users, groups or []), current or Organization(), Policy())


def plan_difference(approved: Plan, today: Plan) -> tuple[str, ...]:
    return module.plan_difference(saved_form(approved), saved_form(today))


def test_an_action_that_nobody_approved_comes_first_and_one_that_is_over_last() -> None:
    current = organization([member("bob"), member("cleo")])
    approved = plan([user("ann"), user("bob")], current=current)
    today = plan([user("ann"), user("cleo"), user("zoe")], current=current)
    assert plan_difference(approved, today) == (
        "+ invite_member zoe@example.org (new_user)",
        "+ revoke_member bob@example.org (absent_from_directory)",
        "- revoke_member cleo@example.org (absent_from_directory)",
    )


def test_an_action_on_the_same_object_is_changed() -> None:
    current = organization([member("ann"), member("bob"), member("cleo")], [STAFF], staff=["cleo"])
    people = [user("ann"), user("bob"), user("cleo")]
    approved = plan(people, [group("staff", "ann", "cleo")], current)
    today = plan(people, [group("staff", "bob")], current)
    assert plan_difference(approved, today) == (
        "~ set_group_members staff: also joining bob@example.org; not joining ann@example.org; "
        "also leaving cleo@example.org",
    )


def test_another_address_for_the_same_person_is_a_change() -> None:
    approved, today = plan([user("ann")]), plan([user("ann", email="ann.miller")])
    assert plan_difference(approved, today) == (
        "~ invite_member ann.miller@example.org: key ann@example.org -> ann.miller@example.org",
    )


def test_a_group_that_was_to_be_created_and_is_there_by_now_stays_the_same_object() -> None:
    approved = plan([user("ann"), user("bob")], [group("staff", "ann")])
    now = organization([], [STAFF])
    assert plan_difference(approved, plan([user("ann"), user("bob")], [group("staff", "bob")], now)) == (
        "~ set_group_members staff: also joining bob@example.org; not joining ann@example.org",
        "- create_group staff (new_group)",
    )


def test_details_are_told_up_to_a_limit() -> None:
    people = [user(f"p{number}") for number in range(7)]
    [created, members] = plan_difference(
        plan(people), plan(people, [group("staff", *(f"p{number}" for number in range(7)))])
    )
    assert created == "+ create_group staff (new_group)"
    assert members.endswith(
        "joining p0@example.org, p1@example.org, p2@example.org, p3@example.org, p4@example.org and 2 more)"
    )


def test_a_new_name_is_told() -> None:
    approved = plan([], [group("crew", external_id="id-staff")], organization([], [STAFF]))
    assert plan_difference(Plan(()), approved) == ("+ update_group staff (renamed; value crew)",)
    other = plan([], [group("team", external_id="id-staff")], organization([], [STAFF]))
    assert plan_difference(approved, other) == ("~ update_group staff: value crew -> team",)


def test_nothing_can_hide_in_a_name() -> None:
    [line] = plan_difference(Plan(()), plan([], [group("staff\u202e\n- revoke_member bob")]))
    assert line == "+ create_group staff\ufffd - revoke_member bob (new_group)"


@given(directory=snapshots(), other=snapshots(), current=organizations(), policy=policies())
def test_there_is_a_line_exactly_where_two_plans_differ(
    directory: Snapshot, other: Snapshot, current: Organization, policy: Policy
) -> None:
    approved, today = make_plan(directory, current, policy), make_plan(other, current, policy)
    lines = plan_difference(approved, today)
    same = {action.identity() for action in approved.actions} & {action.identity() for action in today.actions}
    changed = sum(line.startswith("~") for line in lines)
    assert sum(line.startswith("+") for line in lines) + changed == len(today.actions) - len(same)
    assert sum(line.startswith("-") for line in lines) + changed == len(approved.actions) - len(same)
    assert not any(line.endswith(": ") for line in lines)
    assert plan_difference(today, today) == ()
