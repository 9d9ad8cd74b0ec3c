# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which role the policy wants for whom, what is planned for it, and whom it leaves alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.updates import with_role
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.policy import policy_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.permissions import PERMISSIONS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group, User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    MemberStatus,
    MemberType,
    Role,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy, Protection, policy_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import (
    RoleEntry,
    role_entries,
    role_of,
    wanted_roles,
)
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

USER, ADMIN, OWNER = Role(), Role(MemberType.ADMIN), Role(MemberType.OWNER)
HELPDESK = Role(MemberType.CUSTOM, frozenset({"manage_users", "manage_reset_password"}))
AUDITOR = Role(MemberType.CUSTOM, frozenset({"access_event_logs"}))
ENTRIES = (RoleEntry("admins", ADMIN), RoleEntry("id-helpdesk", HELPDESK))
INVITED, REVOKED = MemberStatus.INVITED, MemberStatus.REVOKED


def groups(admins: str = "", helpdesk: str = "") -> list[Group]:
    """Return the groups of the entries with these people."""
    return [group("admins", *admins.split()), group("helpdesk", *helpdesk.split())]


def plan_of(
    users: Iterable[User],
    members: Iterable[Member],
    directory: Iterable[Group],
    entries: Iterable[RoleEntry] = ENTRIES,
    **policy: Any,
) -> Plan:
    return make_plan(
        snapshot(users, directory), organization(members), Policy(roles=tuple(entries), **policy), parts={"members"}
    )


def roles(plan: Plan) -> dict[str, tuple[Role | None, Role | None]]:
    """Return the role before and after of whoever changes."""
    return {
        action.key.removesuffix("@example.org"): (action.previous_role, action.role)
        for action in plan.actions
        if action.role
    }


def test_the_first_entry_with_a_group_of_the_user_decides() -> None:
    wanted = wanted_roles(groups("ann", "ann bob"), ENTRIES, "keep")
    assert (wanted.of("id-ann"), wanted.of("id-bob"), wanted.of("id-cleo")) == (ADMIN, HELPDESK, None)
    wanted = wanted_roles(groups("ann", "ann bob"), ENTRIES[::-1], "user")
    assert (wanted.of("id-ann"), wanted.of("id-bob"), wanted.of("id-cleo")) == (HELPDESK, HELPDESK, USER)


def test_groups_are_found_by_external_id_before_name() -> None:
    twins = [group("admins", "ann", external_id="helpdesk"), group("helpdesk", "bob", external_id="admins")]
    wanted = wanted_roles(twins, [RoleEntry("admins", ADMIN)], "keep")
    assert (wanted.of("id-ann"), wanted.of("id-bob")) == (None, ADMIN)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ([], "no group of the snapshot has this external id or name"),
        ([group("admins", "ann", external_id="1"), group("admins", external_id="2")], "several groups"),
    ],
)
def test_an_entry_without_its_group_settles_nothing_for_those_below(missing: list[Group], message: str) -> None:
    entries = [RoleEntry("auditors", AUDITOR), *ENTRIES]
    directory = [*missing, group("auditors", "dora"), group("helpdesk", "bob")]
    wanted = wanted_roles(directory, entries, "user")
    assert (wanted.of("id-dora"), wanted.of("id-bob"), wanted.of("id-cleo")) == (AUDITOR, None, None)
    [refusal] = wanted.refusals
    assert (refusal.key, refusal.reason) == ("admins", "role_group_unknown")
    assert message in refusal.message


def test_every_entry_without_its_group_is_named() -> None:
    assert [refusal.key for refusal in wanted_roles([], ENTRIES, "keep").refusals] == ["admins", "id-helpdesk"]


def test_a_vanished_group_demotes_nobody() -> None:
    members = [with_role(member("ann"), ADMIN), with_role(member("bob"), HELPDESK)]
    plan = plan_of([user("ann"), user("bob")], members, [group("helpdesk", "ann", "bob")], other_roles="user")
    assert steps(plan) == []
    assert refused(plan) == [("admins", "role_group_unknown")]


def test_new_members_are_invited_in_their_role() -> None:
    plan = plan_of([user("ann"), user("bob"), user("cleo")], [], groups("ann", "bob"))
    assert roles(plan) == {"ann": (None, ADMIN), "bob": (None, HELPDESK)}
    assert {step[0] for step in steps(plan)} == {"invite_member"}


def test_members_get_their_role_and_keep_it() -> None:
    members = [member("ann"), with_role(member("bob"), ADMIN), with_role(member("cleo"), HELPDESK), member("dora")]
    plan = plan_of([user(name) for name in ("ann", "bob", "cleo", "dora")], members, groups("ann", "bob cleo"))
    assert steps(plan) == [("promote_member", "ann", "group_role"), ("demote_member", "bob", "group_role")]
    assert roles(plan) == {"ann": (USER, ADMIN), "bob": (ADMIN, HELPDESK)}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (USER, ADMIN, "promote_member"),
        (HELPDESK, ADMIN, "promote_member"),
        (AUDITOR, Role(MemberType.CUSTOM, AUDITOR.permissions | HELPDESK.permissions), "promote_member"),
        (ADMIN, HELPDESK, "demote_member"),
        (HELPDESK, AUDITOR, "demote_member"),
        (AUDITOR, Role(MemberType.CUSTOM), "demote_member"),
        (Role(MemberType.CUSTOM), USER, "demote_member"),
    ],
)
def test_whoever_loses_anything_is_demoted(before: Role, after: Role, kind: str) -> None:
    plan = plan_of([user("ann")], [with_role(member("ann"), before)], groups("ann"), [RoleEntry("admins", after)])
    assert steps(plan) == [(kind, "ann", "group_role")]


def test_others_keep_their_role_or_become_users() -> None:
    members = [with_role(member("ann"), ADMIN), member("bob")]
    users = [user("ann"), user("bob")]
    assert steps(plan_of(users, members, groups())) == []
    plan = plan_of(users, members, groups(), other_roles="user")
    assert steps(plan) == [("demote_member", "ann", "no_group_role")]
    assert steps(plan_of(users, members, [], (), other_roles="user")) == [("demote_member", "ann", "no_group_role")]


def test_only_active_users_in_the_owner_scope_get_a_role() -> None:
    members = [member("ann"), member("bob"), member("cleo", "foreign"), member("dora", "gone"), member("eve", None)]
    users = [user("ann", "disabled"), user("bob", "deleted"), user("cleo"), user("eve")]
    everybody = groups("ann bob cleo dora eve")
    plan = plan_of(users, members, everybody, rekey=False, disabled="ignore", absent="ignore")
    assert roles(plan) == {"eve": (USER, ADMIN)}


def test_whoever_stays_revoked_keeps_the_role_and_whoever_comes_back_gets_it() -> None:
    members = [member("ann", status=REVOKED), with_role(member("bob", status=REVOKED), ADMIN)]
    users = [user("ann"), user("bob")]
    assert steps(plan_of(users, members, groups("ann", "bob"), restore=False)) == []
    assert [step[:2] for step in steps(plan_of(users, members, groups("ann", "bob")))] == [
        ("restore_member", "ann"),
        ("restore_member", "bob"),
        ("promote_member", "ann"),
        ("demote_member", "bob"),
    ]


def test_a_replaced_invitation_carries_the_role_that_is_wanted() -> None:
    invitation = with_role(member("ann", status=INVITED), HELPDESK)
    [action] = plan_of([user("ann", email="new")], [invitation], groups("ann")).actions
    assert (action.kind.value, action.value) == ("replace_invitation", "new@example.org")
    assert (action.role, action.previous_role) == (ADMIN, HELPDESK)
    plan = plan_of([user("ann", email="new")], [invitation], groups())
    assert (steps(plan), refused(plan)) == ([], [("ann", "email_differs")])


@pytest.mark.parametrize(
    ("before", "admins", "after", "gives", "takes"),
    [
        (USER, "", None, False, False),
        (USER, "ann", ADMIN, True, False),
        (ADMIN, "ann", ADMIN, False, False),
        (ADMIN, "", USER, False, True),
        (HELPDESK, "ann", ADMIN, True, False),
    ],
)
def test_a_replaced_invitation_tells_how_the_role_changes(
    before: Role, admins: str, after: Role | None, gives: bool, takes: bool
) -> None:
    invitation = with_role(member("ann", status=INVITED), before)
    [action] = plan_of([user("ann", email="new")], [invitation], groups(admins), other_roles="user").actions
    assert (action.role, action.previous_role) == (after, before if after else None)
    assert (action.gives_role, action.takes_role) == (gives, takes)


def test_protected_members_keep_their_role() -> None:
    protected = Protection(external_ids=frozenset({"id-ann"}))
    plan = plan_of([user("ann")], [member("ann")], groups("ann"), protected=protected)
    assert (steps(plan), refused(plan)) == ([], [("ann", "member_protected")])


def test_nobody_becomes_owner_unless_an_entry_says_so() -> None:
    plan = plan_of([user("ann")], [member("ann")], groups("ann"), [RoleEntry("admins", OWNER)])
    assert roles(plan) == {"ann": (USER, OWNER)}


@pytest.mark.parametrize(
    ("ann", "email", "demote_owners", "reason"),
    [
        (member("ann"), "ann", False, "owner_protected"),
        (member("ann", "other"), "ann", True, "owner_protected"),
        (member("ann", status=INVITED), "new", True, "owner_protected"),
        (member("ann"), "ann", True, "last_owner"),
    ],
)
def test_owners_stay_owners(ann: Member, email: str, demote_owners: bool, reason: str) -> None:
    founder = with_role(member("founder", None), OWNER)
    members = [with_role(ann, OWNER), *([founder] if reason != "last_owner" else [])]
    plan = plan_of([user("ann", email=email)], members, groups("ann"), demote_owners=demote_owners)
    assert roles(plan) == {}
    assert ("ann", reason) in refused(plan)


def test_nothing_is_said_of_owners_outside_the_owner_scope() -> None:
    plan = plan_of([user("ann")], [with_role(member("ann", None), OWNER)], groups("ann"))
    assert (steps(plan), refused(plan)) == ([], [])


def test_owners_may_follow_the_directory_when_told_so() -> None:
    members = [with_role(member("ann"), OWNER), member("bob")]
    entries = [RoleEntry("admins", OWNER), RoleEntry("helpdesk", HELPDESK)]
    plan = plan_of([user("ann"), user("bob")], members, groups("bob", "ann"), entries, demote_owners=True)
    assert steps(plan) == [("promote_member", "bob", "group_role"), ("demote_member", "ann", "group_role")]


def test_of_all_owners_the_last_one_stays() -> None:
    members = [with_role(member("ann"), OWNER), with_role(member("bob"), OWNER), with_role(member("cleo", None), OWNER)]
    members[2] = replace(members[2], status=INVITED)
    plan = plan_of([user("ann"), user("bob")], members, groups("ann bob"), demote_owners=True)
    assert (roles(plan), refused(plan)) == ({"ann": (OWNER, ADMIN)}, [("bob", "last_owner")])


def test_a_new_owner_stays_in_groups_and_a_former_one_leaves_them() -> None:
    members = [member("ann"), with_role(member("bob"), OWNER), with_role(member("founder", None), OWNER)]
    directory = snapshot(
        [user("ann"), user("bob")],
        [group("admins", "ann"), group("helpdesk", "bob"), group("crew")],
    )
    current = organization(members, [organization_group("crew")], crew=["ann", "bob"])
    entries = (RoleEntry("admins", OWNER), RoleEntry("helpdesk", ADMIN))
    plan = make_plan(directory, current, Policy(roles=entries, demote_owners=True))
    assert [action.leaving for action in plan.actions if action.leaving] == [("bob@example.org",)]


def options(*entries: Mapping[str, Any], **further: Any) -> dict[str, Any]:
    """Return the policy with entries as Ansible hands them to the module."""
    result = ArgumentSpecValidator(policy_spec()).validate({"roles": list(entries), **further})
    if result.error_messages:
        raise ConfigurationError("; ".join(result.error_messages))
    return result.validated_parameters


def test_entries_are_read_from_the_option() -> None:
    policy = policy_from(
        options(
            {"group": "admins", "type": "admin"},
            {"group": "helpdesk", "type": "custom", "permissions": {"manage_users": True, "manage_sso": False}},
            other_roles="user",
            demote_owners=True,
        )
    )
    assert policy.roles == (
        RoleEntry("admins", ADMIN),
        RoleEntry("helpdesk", Role(MemberType.CUSTOM, frozenset({"manage_users"}))),
    )
    assert (policy.other_roles, policy.demote_owners) == ("user", True)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([{"type": "admin"}], "missing required arguments: group"),
        ([{"group": "admins"}], "missing required arguments: type"),
        ([{"group": "admins", "type": "manager"}], "value of type must be one of"),
        ([{"group": "admins", "type": "custom"}], "type is custom but all of the following are missing: permissions"),
        ([{"group": "admins", "type": "custom", "permissions": {"fly": True}}], "roles.permissions.fly"),
        ([{"group": "admins", "type": "admin", "permissions": {}}], "Only the type custom has permissions"),
        ([{"group": "admins", "type": "admin"}, {"group": "admins", "type": "user"}], "several entries"),
    ],
)
def test_wrong_entries_are_refused(entries: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        role_entries(options(*entries)["roles"])


def test_a_custom_role_counts_what_is_granted_and_known() -> None:
    granted = {"manageUsers": True, "manageSso": False, "futurePermission": True}
    ann = replace(member("ann", type=MemberType.CUSTOM), permissions=granted)
    assert role_of(ann) == Role(MemberType.CUSTOM, frozenset({"manage_users"}))
    assert len(PERMISSIONS) == len(set(PERMISSIONS.values())) == 13
