# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members who are protected because they are in a group."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberStatus, Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy, policy_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.protection import protecting_groups
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


def protecting(*groups: str) -> Policy:
    return policy_from({"absent": "remove", "disabled": "remove", "protected": {"groups": list(groups)}})


def with_admins() -> Organization:
    """Return an organization with Ann in the group Vault Admins, and Bob beside it."""
    admins = organization_group("Vault Admins", None, id="g-admins")
    return organization([member("ann"), member("bob")], [admins], admins=["ann"])


@pytest.mark.parametrize("entry", ["Vault Admins", "vault *", "g-admins"])
def test_members_of_a_group_of_the_organization_are_protected(entry: str) -> None:
    plan = make_plan(snapshot(), with_admins(), protecting(entry), parts={"members"})
    assert steps(plan) == [("remove_member", "bob", "absent_from_directory")]
    assert refused(plan) == [("ann", "member_protected")]


@pytest.mark.parametrize("entry", ["break-glass", "Break*", "id-break-glass"])
@pytest.mark.parametrize("current", [member("ann"), member("ann", None), member("ann", email="ann.smith")])
def test_members_of_a_group_of_the_directory_are_protected(entry: str, current: object) -> None:
    assert isinstance(current, type(member("ann")))
    directory = snapshot([user("ann", "disabled"), user("bob", "disabled")], [group("break-glass", "ann")])
    plan = make_plan(directory, organization([current, member("bob")]), protecting(entry), parts={"members"})
    assert steps(plan) == [("remove_member", "bob", "disabled_in_directory")]


def test_protected_members_leave_no_group() -> None:
    current = organization(
        [member("ann"), member("bob")],
        [organization_group("admins"), organization_group("staff")],
        admins=["ann"],
        staff=["ann", "bob"],
    )
    directory = snapshot([user("ann"), user("bob")], [group("admins"), group("staff")])
    plan = make_plan(directory, current, protecting("admins"))
    assert [(action.key, action.leaving) for action in plan.actions] == [("staff", ("bob@example.org",))]


def test_revoked_members_of_such_a_group_are_not_restored() -> None:
    current = organization([member("ann", status=MemberStatus.REVOKED)], [organization_group("admins")], admins=["ann"])
    assert steps(make_plan(snapshot([user("ann")]), current, protecting("admins"), parts={"members"})) == []


def test_an_entry_that_protects_nobody_stops_the_run() -> None:
    with pytest.raises(ConfigurationError, match=r"policy\.protected\.groups names Admin, which fits no group"):
        make_plan(snapshot(), with_admins(), protecting("Admin", "Vault Admins"))


def test_the_members_of_these_groups_have_to_be_read() -> None:
    groups = [organization_group("admins"), organization_group("staff")]
    assert protecting_groups(groups, protecting("adm*", "id-of-a-directory-group")) == ("g-admins",)
    assert protecting_groups(groups, Policy()) == ()


def test_a_group_that_protects_is_not_deleted() -> None:
    groups = [organization_group("admins"), organization_group("staff")]
    current = organization([member("ann")], groups, admins=["ann"])
    policy = policy_from({"absent_groups": "remove", "protected": {"groups": ["adm*"]}})
    plan = make_plan(snapshot([user("ann")]), current, policy)
    assert steps(plan) == [("delete_group", "staff", "absent_from_directory")]
    assert refused(plan) == [("admins", "group_protected")]
