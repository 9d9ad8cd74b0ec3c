# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is excluded on either side takes no part in anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberStatus, Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import apply_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.exclusion import fits
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.groups import groups_that_matter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy, policy_from
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
from ansible_collections.dirsync.bitwarden.tests.support.strategies import organizations, policies, snapshots
from hypothesis import given
from hypothesis import strategies as st

SWEEPING = {"absent": "remove", "disabled": "remove", "absent_groups": "remove", "membership": "exclusive"}


def excluding(**lists: list[str]) -> Policy:
    return policy_from({**SWEEPING, "exclude": lists})


def plan_of(policy: Policy, directory: Snapshot, current: Organization) -> Plan:
    return make_plan(directory, current, policy)


@pytest.mark.parametrize("lists", [{"emails": ["ANN@*"]}, {"external_ids": ["ID-a?n"]}])
@pytest.mark.parametrize("standing", [MemberStatus.CONFIRMED, MemberStatus.REVOKED, MemberStatus.INVITED])
def test_a_member_who_is_excluded_is_left_alone(lists: dict[str, list[str]], standing: MemberStatus) -> None:
    current = organization([member("ann", status=standing), member("bob")])
    for directory in (snapshot(), snapshot([user("ann")]), snapshot([user("ann", "disabled")])):
        plan = plan_of(excluding(**lists), directory, current)
        assert (steps(plan), refused(plan)) == ([("remove_member", "bob", "absent_from_directory")], [])


@pytest.mark.parametrize("lists", [{"emails": ["ann@*"]}, {"external_ids": ["id-ann"]}])
def test_a_user_who_is_excluded_is_not_invited_or_linked(lists: dict[str, list[str]]) -> None:
    for members in ([], [member("ann", None)]):
        plan = plan_of(excluding(**lists), snapshot([user("ann")]), organization(members))
        assert (steps(plan), refused(plan)) == ([], [])


@pytest.mark.parametrize(
    ("person", "held"),
    [
        (user("ann", email="service"), member("ann")),
        (user("ann"), member("ann", email="service")),
        (user("ann", external_id="id-new"), member("ann", "legacy:1", email="ann")),
    ],
    ids=["by the external id of the user", "by the external id of the member", "by the address"],
)
def test_the_counterpart_of_an_excluded_record_is_excluded_too(person: Any, held: Any) -> None:
    policy = excluding(emails=["service@*"], external_ids=["legacy:*"])
    plan = plan_of(policy, snapshot([person]), organization([held]))
    assert (steps(plan), refused(plan)) == ([], [])


def test_excluded_members_neither_join_nor_leave_groups() -> None:
    current = organization(
        [member("ann"), member("bob"), member("cy")], [organization_group("staff")], staff=["ann", "cy"]
    )
    directory = snapshot([user("ann"), user("bob"), user("cy")], [group("staff", "bob", "cy")])
    assert steps(plan_of(excluding(emails=["ann@*", "bob@*"]), directory, current)) == []


@pytest.mark.parametrize("entry", ["STAFF", "st?ff", "g-staff"])
def test_an_excluded_group_is_left_alone(entry: str) -> None:
    current = organization([member("ann")], [organization_group("staff"), organization_group("crew")], staff=["ann"])
    policy = excluding(groups=[entry])
    for directory in (snapshot([user("ann")]), snapshot([user("ann")], [group("staff")])):
        plan = plan_of(policy, directory, current)
        assert (steps(plan), refused(plan)) == ([("delete_group", "crew", "absent_from_directory")], [])
    assert groups_that_matter([group("staff"), group("crew")], current.groups, policy) == ("g-crew",)


def test_a_group_of_the_directory_is_excluded_too() -> None:
    plan = plan_of(excluding(groups=["staff"]), snapshot([user("ann")], [group("staff", "ann")]), organization())
    assert [step[0] for step in steps(plan)] == ["invite_member"]


def test_external_ids_are_those_of_the_organization() -> None:
    policy = replace(excluding(external_ids=["ldap:id-ann"]), external_id_prefix="ldap:")
    assert steps(plan_of(policy, snapshot([user("ann")]), organization())) == []


@given(
    snapshots(),
    organizations(),
    policies(),
    st.sampled_from(
        [{"emails": ["user[0-3]@*"]}, {"external_ids": ["*id1", "foreign"]}, {"groups": ["f*"], "emails": ["user1*"]}]
    ),
)
def test_whatever_is_excluded_stays_what_it_is(
    directory: Snapshot, current: Organization, policy: Policy, lists: dict[str, list[str]]
) -> None:
    exclude = policy_from({"exclude": lists}).exclude
    policy = replace(policy, exclude=exclude)
    world = OrganizationInMemory(current)
    apply_plan(make_plan(directory, current, policy).actions, current, world)
    after = world.state()
    members = {item.id: item for item in after.members}
    for item in current.members:
        if fits(exclude.emails, item.email) or fits(exclude.external_ids, item.external_id or ""):
            assert members[item.id] == item
            for group_id in after.memberships.keys() & current.memberships.keys():
                assert (item.id in after.memberships[group_id]) == (item.id in current.memberships[group_id])
    groups = {item.id: item for item in after.groups}
    for team in current.groups:
        if fits(exclude.groups, team.name) or fits(exclude.external_ids, team.external_id or ""):
            assert groups[team.id] == team
    assert make_plan(directory, after, policy).actions == ()
