# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned for each group, behaviour by behaviour."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group, User, UserStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    MemberStatus,
    MemberType,
    Organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.groups import groups_that_matter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import BOTH, Part, make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
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


def plan_of(groups: Iterable[Group], current: Organization, users: Iterable[User] = (), **policy: Any) -> Plan:
    """Return the plan for the groups alone, with the members as they are."""
    return make_plan(snapshot(users, groups), current, Policy(**policy), parts={"groups"}, members_first=False)


def movements(plan: Plan, name: str) -> tuple[list[str], list[str]]:
    """Return who joins and who leaves the group."""
    found = [action for action in plan.actions if action.key == name and action.kind.value == "set_group_members"]
    assert len(found) <= 1
    return (
        [email.removesuffix("@example.org") for action in found for email in action.joining],
        [email.removesuffix("@example.org") for action in found for email in action.leaving],
    )


def test_a_group_that_is_right_needs_nothing() -> None:
    current = organization([member("ann")], [organization_group("staff")], staff=["ann"])
    plan = plan_of([group("staff", "ann")], current, [user("ann")], membership="exclusive")
    assert (steps(plan), refused(plan)) == ([], [])


def test_a_new_group_is_created_with_its_members_in_one_write() -> None:
    plan = plan_of(
        [group("staff", "bob", "ann")], organization([member("ann"), member("bob")]), [user("ann"), user("bob")]
    )
    assert steps(plan) == [("create_group", "staff", "new_group"), ("set_group_members", "staff", "membership")]
    assert movements(plan, "staff") == (["ann", "bob"], [])
    assert {action.external_id for action in plan.actions} == {"id-staff"}


def test_a_new_empty_group_needs_no_membership() -> None:
    assert steps(plan_of([group("staff")], organization())) == [("create_group", "staff", "new_group")]


def test_a_group_is_found_by_external_id_and_renamed() -> None:
    plan = plan_of([group("crew", external_id="id-staff")], organization([], [organization_group("staff")]))
    assert steps(plan) == [("update_group", "staff", "renamed")]
    action = plan.actions[0]
    assert (action.value, action.external_id, action.previous, action.id) == ("crew", "id-staff", None, "g-staff")


def test_a_group_without_external_id_is_adopted_by_name_when_told_so() -> None:
    current = organization([], [organization_group("staff", None)])
    plan = plan_of([group("staff")], current, adopt=True)
    assert steps(plan) == [("update_group", "staff", "adopted")]
    assert (plan.actions[0].external_id, plan.actions[0].value) == ("id-staff", "staff")


def test_without_adopt_a_second_group_is_made_and_reported() -> None:
    plan = plan_of([group("staff")], organization([], [organization_group("staff", None)]))
    assert steps(plan) == [("create_group", "staff", "new_group")]
    assert refused(plan) == [("staff", "same_name")]


def test_a_group_under_the_key_of_no_group_is_rekeyed_by_name() -> None:
    current = organization([], [organization_group("staff", "cn=staff,dc=example")])
    plan = plan_of([group("staff")], current, absent_groups="remove")
    assert steps(plan) == [("update_group", "staff", "rekeyed")]
    assert plan.actions[0].previous == "cn=staff,dc=example"


def test_without_rekey_the_old_group_counts_as_absent() -> None:
    current = organization([], [organization_group("staff", "cn=staff,dc=example")])
    plan = plan_of([group("staff")], current, rekey=False, absent_groups="remove")
    assert [step[0] for step in steps(plan)] == ["create_group", "delete_group"]


def test_a_group_that_another_group_of_the_directory_owns_is_not_taken_over() -> None:
    current = organization([], [organization_group("staff", "id-crew", id="g1")])
    plan = plan_of([group("staff"), group("crew")], current)
    assert steps(plan) == [("create_group", "staff", "new_group"), ("update_group", "staff", "renamed")]


def test_a_group_outside_the_owner_scope_is_not_taken_over() -> None:
    current = organization([], [organization_group("staff", "scim:1")])
    plan = plan_of([group("staff")], current, external_id_prefix="ldap:", adopt=True, absent_groups="remove")
    assert steps(plan) == [("create_group", "staff", "new_group")]
    assert plan.actions[0].external_id == "ldap:id-staff"


def test_a_name_that_several_groups_of_the_organization_have_is_ambiguous() -> None:
    twins = [organization_group("staff", None, id="g1"), organization_group("staff", "old", id="g2")]
    plan = plan_of([group("staff")], organization([], twins), adopt=True, absent_groups="remove")
    assert (steps(plan), refused(plan)) == ([], [("staff", "ambiguous_name")])


def test_a_name_that_several_groups_of_the_directory_have_is_ambiguous() -> None:
    current = organization([], [organization_group("staff", "old")])
    plan = plan_of([group("staff"), group("staff", external_id="id-2")], current, absent_groups="remove")
    assert (steps(plan), refused(plan)) == ([], [("staff", "ambiguous_name")] * 2)


def test_groups_of_one_name_are_all_created_where_there_is_none_to_take_over() -> None:
    plan = plan_of([group("staff"), group("staff", external_id="id-2")], organization())
    assert [action.external_id for action in plan.actions] == ["id-2", "id-staff"]


def test_groups_that_share_an_external_id_are_left_alone_all_of_them() -> None:
    twins = [organization_group("staff", "id-staff", id="g1"), organization_group("crew", "id-staff", id="g2")]
    plan = plan_of([group("staff")], organization([], twins), absent_groups="remove", adopt=True)
    assert (steps(plan), refused(plan)) == ([], [("staff", "duplicate_external_id")])


@pytest.mark.parametrize(
    ("wish", "done"), [("ignore", []), ("remove", [("delete_group", "old", "absent_from_directory")])]
)
def test_absent_groups_are_treated_as_the_policy_says(wish: str, done: list[tuple[str, str, str]]) -> None:
    current = organization([], [organization_group("old"), organization_group("by-hand", None)])
    assert steps(plan_of([], current, absent_groups=wish)) == done


@pytest.mark.parametrize(
    ("membership", "leaving"),
    [("exclusive", ["bob", "guest"]), ("managed_only", ["bob"]), ("additive", [])],
)
def test_the_membership_mode_decides_who_leaves(membership: str, leaving: list[str]) -> None:
    members = [member("ann"), member("bob"), member("guest", None)]
    current = organization(members, [organization_group("staff")], staff=["bob", "guest"])
    plan = plan_of([group("staff", "ann")], current, [user("ann"), user("bob")], membership=membership)
    assert movements(plan, "staff") == (["ann"], leaving)


def test_a_membership_with_nobody_to_move_is_not_written() -> None:
    current = organization([member("guest", None)], [organization_group("staff")], staff=["guest"])
    assert steps(plan_of([group("staff")], current)) == []


def test_users_without_membership_are_left_out() -> None:
    plan = plan_of([group("staff", "ann")], organization([], [organization_group("staff")]), [user("ann")])
    assert steps(plan) == []


@pytest.mark.parametrize(("status", "leaving"), [("active", []), ("disabled", []), ("deleted", ["ann"])])
def test_disabled_users_stay_in_their_groups_and_deleted_ones_leave(status: UserStatus, leaving: list[str]) -> None:
    current = organization([member("ann")], [organization_group("staff")], staff=["ann"])
    plan = plan_of([group("staff", "ann")], current, [user("ann", status)])
    assert movements(plan, "staff") == ([], leaving)


def test_owners_take_part_in_groups_like_everybody_else() -> None:
    current = organization([member("ann", None, type=MemberType.OWNER)], [organization_group("staff")])
    plan = plan_of([group("staff", "ann")], current, [user("ann")])
    assert movements(plan, "staff") == (["ann"], [])


def test_people_who_are_invited_join_in_the_same_plan() -> None:
    directory = snapshot([user("ann")], [group("staff", "ann")])
    plan = make_plan(directory, organization([], [organization_group("staff")]), Policy(), parts=BOTH)
    assert [step[0] for step in steps(plan)] == ["invite_member", "set_group_members"]


def test_people_who_are_removed_neither_leave_first_nor_join() -> None:
    directory = snapshot([user("ann", "disabled"), user("bob", "disabled")], [group("staff", "ann", "bob")])
    members = [member("ann"), member("bob"), member("absent")]
    current = organization(members, [organization_group("staff")], staff=["ann", "absent"])
    plan = make_plan(directory, current, Policy(disabled="remove", absent="remove"))
    assert [step[0] for step in steps(plan)] == ["remove_member"] * 3


def test_people_who_are_linked_in_the_same_plan_can_leave() -> None:
    directory = snapshot([user("ann")], [group("staff")])
    current = organization([member("ann", None)], [organization_group("staff")], staff=["ann"])
    assert movements(make_plan(directory, current, Policy()), "staff") == ([], ["ann"])


@pytest.mark.parametrize("parts", [BOTH, {"groups"}])
def test_people_who_are_not_linked_do_not_join(parts: Collection[Part]) -> None:
    directory = snapshot([user("ann", "disabled")], [group("staff", "ann")])
    current = organization([member("ann", None)], [organization_group("staff")])
    assert steps(make_plan(directory, current, Policy(), parts=parts, members_first=False)) == []


def test_people_under_a_new_address_and_those_who_get_the_old_one_join_their_groups() -> None:
    users = [user("ann", email="bob"), user("bob", email="cleo"), user("eve", email="ann")]
    directory = snapshot(users, [group("staff", "ann", "bob", "eve")])
    invitations = [member(name, status=MemberStatus.INVITED) for name in ("ann", "bob")]
    current = organization(invitations, [organization_group("staff")], staff=["ann", "bob"])
    plan = make_plan(directory, current, Policy())
    assert movements(plan, "staff") == (["ann", "bob", "cleo"], [])


def test_only_groups_with_a_counterpart_have_to_be_read() -> None:
    current = [organization_group("staff"), organization_group("old"), organization_group("crew", None)]
    desired = [group("staff"), group("new"), group("crew")]
    assert groups_that_matter(desired, current, Policy()) == ("g-staff",)
    assert groups_that_matter(desired, current, Policy(adopt=True)) == ("g-staff", "g-crew")


@pytest.mark.parametrize("membership", ["managed_only", "exclusive"])
@pytest.mark.parametrize(
    ("people", "policy"),
    [
        ([member("ann", "old")], {"rekey": False}),
        ([member("ann", "twin"), member("bob", "twin")], {}),
        ([member("ann"), member("bob", None, email="ann")], {}),
        ([member("ann", None, type=MemberType.OWNER)], {}),
    ],
)
def test_members_who_are_refused_or_protected_leave_no_group(
    people: list[Any], policy: dict[str, Any], membership: str
) -> None:
    current = organization(people, [organization_group("staff")], staff=["ann"])
    plan = make_plan(snapshot([user("ann")], [group("staff")]), current, Policy(membership=membership, **policy))
    assert movements(plan, "staff") == ([], [])


def test_members_who_share_an_external_id_leave_no_group_even_if_nobody_in_the_directory_is_one_of_them() -> None:
    current = organization([member("ann", "twin"), member("bob", "twin")], [organization_group("staff")], staff=["ann"])
    plan = make_plan(snapshot([user("bea")], [group("staff")]), current, Policy(membership="exclusive"))
    assert movements(plan, "staff") == ([], [])


def test_members_who_share_an_address_join_no_group_either() -> None:
    current = organization([member("ann"), member("bob", None, email="ann")], [organization_group("staff")])
    plan = make_plan(snapshot([user("ann")], [group("staff", "ann")]), current, Policy())
    assert movements(plan, "staff") == ([], [])
