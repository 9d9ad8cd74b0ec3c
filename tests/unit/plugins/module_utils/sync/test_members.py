# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned for each member, behaviour by behaviour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import Author
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User, UserStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Member,
    MemberStatus,
    MemberType,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.members import restore_candidates
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import NOTHING_KNOWN, Memory
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

INVITED, REVOKED = MemberStatus.INVITED, MemberStatus.REVOKED
OWNER = MemberType.OWNER


def plan_of(users: Iterable[User], members: Iterable[Member], *, memory: Memory = NOTHING_KNOWN, **policy: Any) -> Plan:
    return make_plan(snapshot(users), organization(members), Policy(**policy), memory, {"members"})


def test_a_member_who_is_right_needs_nothing() -> None:
    plan = plan_of([user("ann")], [member("ann")])
    assert (steps(plan), refused(plan)) == ([], [])


def test_a_new_user_is_invited_under_the_identity_key() -> None:
    plan = plan_of([user("ann")], [])
    assert steps(plan) == [("invite_member", "ann", "new_user")]
    assert (plan.actions[0].external_id, plan.actions[0].id) == ("id-ann", None)


def test_a_member_without_external_id_is_linked_by_email() -> None:
    plan = plan_of([user("ann")], [member("ann", None)])
    assert steps(plan) == [("link_member", "ann", "same_email")]
    assert (plan.actions[0].external_id, plan.actions[0].id) == ("id-ann", "m-ann")


def test_a_member_under_the_key_of_nobody_is_rekeyed_by_email() -> None:
    plan = plan_of([user("ann")], [member("ann", "uid=ann,dc=example")])
    assert steps(plan) == [("rekey_member", "ann", "same_email")]
    assert (plan.actions[0].previous, plan.actions[0].external_id) == ("uid=ann,dc=example", "id-ann")


def test_without_rekey_a_member_under_another_key_is_neither_touched_nor_invited() -> None:
    plan = plan_of([user("ann")], [member("ann", "uid=ann")], rekey=False)
    assert (steps(plan), refused(plan)) == ([], [("ann", "rekey_off")])


def test_the_external_id_counts_more_than_the_email() -> None:
    members = [member("ann", email="maiden-name"), member("bob", None, email="ann")]
    plan = plan_of([user("ann")], members)
    assert (steps(plan), refused(plan)) == ([], [("maiden-name", "email_differs")])


def test_a_member_outside_the_owner_scope_is_not_taken_over() -> None:
    plan = plan_of([user("ann")], [member("ann", "scim:7")], external_id_prefix="ldap:")
    assert (steps(plan), refused(plan)) == ([], [("ann", "foreign_external_id")])
    assert "scim:7" in plan.refusals[0].message


def test_members_who_share_an_external_id_are_left_alone_all_of_them() -> None:
    members = [member("ann", "id-ann"), member("anna", "id-ann")]
    plan = plan_of([user("ann")], members, absent="remove")
    assert steps(plan) == []
    assert set(refused(plan)) == {("ann", "duplicate_external_id"), ("anna", "duplicate_external_id")}


def test_a_shared_external_id_is_not_taken_over_by_email() -> None:
    members = [member("ann", "old"), member("anna", "old")]
    plan = plan_of([user("ann")], members)
    assert steps(plan) == []
    assert ("ann", "foreign_external_id") in refused(plan)


@pytest.mark.parametrize("status", ["active", "disabled", "deleted", None])
@pytest.mark.parametrize("of_invitation", [None, "id-else", "foreign"])
def test_members_who_share_an_address_are_left_alone_all_of_them(
    status: UserStatus | None, of_invitation: str | None
) -> None:
    users = [user("ann", status)] if status else []
    members = [member("ann"), member("twin", of_invitation, email="ann", status=INVITED)]
    plan = plan_of(users, members, absent="remove", disabled="remove", deleted="remove")
    assert steps(plan) == []
    assert set(refused(plan)) == {("ann", "duplicate_email")}
    assert len(refused(plan)) == 1 + (of_invitation is not None)


@pytest.mark.parametrize("status", ["active", "disabled"])
def test_a_shared_address_finds_no_member(status: UserStatus) -> None:
    plan = plan_of([user("ann", status)], [member("ann", None), member("twin", "old", email="ann")], absent="ignore")
    assert (steps(plan), set(refused(plan))) == ([], {("ann", "duplicate_email")})


@pytest.mark.parametrize("before", ["disabled", "deleted"])
def test_a_person_who_came_back_under_a_new_account_keeps_the_membership(before: UserStatus) -> None:
    old = user("ann", before, email=None, external_id="id-old")
    plan = plan_of([old, user("ann")], [member("ann", "id-old")])
    assert steps(plan) == [("rekey_member", "ann", "same_email")]


def test_a_disabled_user_never_takes_a_membership_over() -> None:
    plan = plan_of([user("ann", "disabled")], [member("ann", "id-of-somebody")], absent="ignore")
    assert (steps(plan), refused(plan)) == ([], [])


def test_a_deleted_user_is_not_found_by_email() -> None:
    plan = plan_of([user("ann", "deleted")], [member("ann", None)])
    assert (steps(plan), refused(plan)) == ([], [])


@pytest.mark.parametrize("status", ["disabled", "deleted"])
def test_only_active_users_are_invited(status: UserStatus) -> None:
    plan = plan_of([user("ann", status)], [])
    assert (steps(plan), refused(plan)) == ([], [])


def test_without_invite_a_new_user_is_reported() -> None:
    plan = plan_of([user("ann")], [], invite=False)
    assert (steps(plan), refused(plan)) == ([], [("ann", "invite_off")])


def test_a_new_user_without_email_is_reported_by_name() -> None:
    plan = plan_of([user("ann", email=None)], [])
    assert (steps(plan), refused(plan)) == ([], [("ann", "email_missing")])


def test_a_member_stays_though_the_directory_lost_the_email() -> None:
    plan = plan_of([user("ann", email=None)], [member("ann")])
    assert (steps(plan), refused(plan)) == ([], [])


def test_nobody_is_invited_twice_even_if_two_users_have_one_address() -> None:
    twins = [user("ann"), user("anna", email="ann"), user("bob", email="cleo"), user("dora", email="cleo")]
    plan = plan_of(twins, [member("bob", status=INVITED)])
    assert [step[:2] for step in steps(plan)] == [("replace_invitation", "bob"), ("invite_member", "ann")]
    assert refused(plan) == [("ann", "email_taken"), ("cleo", "email_taken")]


def test_an_address_that_another_user_holds_as_a_member_is_not_invited() -> None:
    plan = plan_of([user("ann"), user("bob", email="maiden-name")], [member("ann", email="maiden-name")])
    assert steps(plan) == []
    assert ("maiden-name", "email_taken") in refused(plan)


def test_the_new_address_of_an_account_is_only_reported() -> None:
    plan = plan_of([user("ann", email="ann.smith")], [member("ann")])
    assert (steps(plan), refused(plan)) == ([], [("ann", "email_differs")])
    assert "ann.smith@example.org" in plan.refusals[0].message


@pytest.mark.parametrize(
    ("accepted", "email", "restored", "words"),
    [
        (False, "ann.smith", False, "the invitation is revoked: remove the member by hand"),
        (False, "ann", True, ""),
        (False, None, True, ""),
        (True, "ann.smith", True, "only the member can change"),
    ],
)
def test_a_revoked_invitation_to_an_old_address_is_not_restored(
    accepted: bool, email: str | None, restored: bool, words: str
) -> None:
    users = [user("ann", email=email)]
    members = [replace(member("ann", status=REVOKED), user_id="u-ann" if accepted else None)]
    plan = plan_of(users, members)
    assert steps(plan) == ([("restore_member", "ann", "active_again")] if restored else [])
    assert refused(plan) == ([("ann", "email_differs")] if words else [])
    assert all(words in refusal.message for refusal in plan.refusals)
    assert bool(restore_candidates(users, members, Policy())) == restored


def test_a_pending_invitation_is_replaced_when_the_address_changes() -> None:
    plan = plan_of([user("ann", email="ann.smith")], [member("ann", status=INVITED)])
    assert steps(plan) == [("replace_invitation", "ann", "email_changed")]
    assert plan.actions[0].value == "ann.smith@example.org"


def test_invitations_are_replaced_in_the_order_in_which_addresses_become_free() -> None:
    users = [user("ann", email="bob"), user("bob", email="cleo"), user("cleo", email="dora"), user("eve", email="ann")]
    members = [member(name, status=INVITED) for name in ("ann", "bob", "cleo")]
    plan = plan_of(users, members)
    assert steps(plan) == [
        ("replace_invitation", "cleo", "email_changed"),
        ("replace_invitation", "bob", "email_changed"),
        ("replace_invitation", "ann", "email_changed"),
        ("invite_member", "ann", "new_user"),
    ]
    assert refused(plan) == []


def test_addresses_that_were_swapped_are_reported() -> None:
    users = [user("ann", email="bob"), user("bob", email="ann")]
    plan = plan_of(users, [member("ann", status=INVITED), member("bob", status=INVITED)])
    assert (steps(plan), refused(plan)) == ([], [("ann", "email_differs"), ("bob", "email_differs")])


@pytest.mark.parametrize(
    ("invitation", "invite"),
    [
        (member("ann", status=INVITED), False),
        (member("ann", status=INVITED, type=MemberType.ADMIN), True),
        (member("ann", status=INVITED, collections=(Association("c1"),)), True),
    ],
    ids=["invite is off", "a role", "collections"],
)
def test_an_invitation_that_would_lose_something_is_not_replaced(invitation: Member, invite: bool) -> None:
    plan = plan_of([user("ann", email="ann.smith")], [invitation], invite=invite)
    assert (steps(plan), refused(plan)) == ([], [("ann", "email_differs")])


@pytest.mark.parametrize("status", ["disabled", None])
def test_a_member_whose_address_somebody_awaits_is_revoked_not_removed(status: UserStatus | None) -> None:
    users = [user("ann", email="shared"), *([user("bob", status, email=None)] if status else [])]
    members = [member("ann", status=INVITED), member("bob", email="shared")]
    plan = plan_of(users, members, absent="remove", disabled="remove")
    assert [step[:2] for step in steps(plan)] == [("revoke_member", "shared")]
    assert refused(plan) == [("ann", "email_differs"), ("shared", "address_awaited")]


@pytest.mark.parametrize("status", ["disabled", "deleted", None])
def test_owners_are_protected_and_named(status: UserStatus | None) -> None:
    users = [user("ann", status)] if status else []
    plan = plan_of(users, [member("ann", type=OWNER)], absent="remove", disabled="remove", deleted="remove")
    assert (steps(plan), refused(plan)) == ([], [("ann", "owner_protected")])


@pytest.mark.parametrize("status", ["active", "disabled", None])
def test_owners_are_not_mentioned_where_nothing_is_wanted_of_them(status: UserStatus | None) -> None:
    users = [user("ann", status)] if status else []
    plan = plan_of(users, [member("ann", type=OWNER)], absent="ignore", disabled="ignore")
    assert (steps(plan), refused(plan)) == ([], [])


def test_owners_are_not_linked_rekeyed_or_restored() -> None:
    members = [
        member("ann", None, type=OWNER),
        member("bob", "old", type=OWNER),
        member("cleo", type=OWNER, status=REVOKED),
    ]
    plan = plan_of([user("ann"), user("bob"), user("cleo")], members)
    assert (steps(plan), refused(plan)) == ([], [])


@pytest.mark.parametrize(
    "protection",
    [{"emails": ["ann@*"]}, {"emails": ["ANN@example.org"]}, {"external_ids": ["id-ann"]}, {"types": ["admin"]}],
)
def test_protected_members_are_left_alone_and_named(protection: dict[str, list[str]]) -> None:
    policy = policy_from(
        {"absent": "remove", "protected": {"emails": [], "external_ids": [], "types": [], **protection}}
    )
    members = [member("ann", type=MemberType.ADMIN), member("bob")]
    plan = make_plan(snapshot(), organization(members), policy, parts={"members"})
    assert [step[:2] for step in steps(plan)] == [("remove_member", "bob")]
    assert refused(plan) == [("ann", "member_protected")]


def test_protected_members_join_groups_but_do_not_leave_them() -> None:
    policy = policy_from({"protected": {"emails": ["ann@*", "bob@*"], "external_ids": [], "types": []}})
    current = organization(
        [member("ann"), member("bob"), member("cy")], [organization_group("staff")], staff=["bob", "cy"]
    )
    directory = snapshot([user("ann"), user("bob"), user("cy")], [group("staff", "ann")])
    [action] = make_plan(directory, current, policy).actions
    assert (action.joining, action.leaving) == (("ann@example.org",), ("cy@example.org",))


def test_members_without_external_id_and_without_user_are_nobody_s_business() -> None:
    plan = plan_of([], [member("ann", None), member("bob", None, status=REVOKED)], absent="remove")
    assert (steps(plan), refused(plan)) == ([], [])


@pytest.mark.parametrize(
    ("status", "standing"), [("disabled", MemberStatus.CONFIRMED), ("active", REVOKED), ("disabled", REVOKED)]
)
def test_members_without_external_id_are_linked_only_to_keep_access(status: UserStatus, standing: MemberStatus) -> None:
    plan = plan_of([user("ann", status)], [member("ann", None, status=standing)], disabled="remove")
    assert (steps(plan), refused(plan)) == ([], [("ann", "unmanaged")])


@pytest.mark.parametrize(
    ("status", "standing", "words"),
    [
        ("disabled", MemberStatus.CONFIRMED, "disabled in the directory; a member without"),
        ("active", REVOKED, "active in the directory; a revoked member without"),
    ],
)
def test_it_is_said_why_a_member_is_not_linked(status: UserStatus, standing: MemberStatus, words: str) -> None:
    plan = plan_of([user("ann", status)], [member("ann", None, status=standing)])
    assert words in plan.refusals[0].message


def test_members_without_external_id_are_not_mentioned_where_disabled_users_are_ignored() -> None:
    plan = plan_of([user("ann", "disabled")], [member("ann", None)], disabled="ignore")
    assert (steps(plan), refused(plan)) == ([], [])


def test_a_revoked_member_whose_user_is_active_is_restored() -> None:
    plan = plan_of([user("ann")], [member("ann", status=REVOKED)])
    assert steps(plan) == [("restore_member", "ann", "active_again")]


def test_a_revoked_member_under_another_key_may_be_a_predecessor_with_the_same_address() -> None:
    plan = plan_of([user("ann")], [member("ann", "old", status=REVOKED)])
    assert (steps(plan), refused(plan)) == ([], [("ann", "address_reused")])


def test_without_restore_a_revoked_member_stays_so() -> None:
    plan = plan_of([user("ann")], [member("ann", status=REVOKED)], restore=False)
    assert (steps(plan), refused(plan)) == ([], [("ann", "stays_revoked")])


@pytest.mark.parametrize(("author", "restored"), [("api", True), ("person", False), ("policy", False), (None, False)])
def test_who_revoked_a_member_decides_on_the_restoration(author: Author | None, restored: bool) -> None:
    memory = Memory({"m-ann": author} if author else {}, log_works=True)
    plan = plan_of([user("ann")], [member("ann", status=REVOKED)], memory=memory)
    assert bool(steps(plan)) == restored
    assert bool(refused(plan)) != restored


@pytest.mark.parametrize(
    ("author", "words"), [("person", "administrator"), ("policy", "policy"), (None, "does not tell")]
)
def test_a_refused_restoration_says_why(author: Author | None, words: str) -> None:
    memory = Memory({"m-ann": author} if author else {}, log_works=True)
    plan = plan_of([user("ann")], [member("ann", status=REVOKED)], memory=memory)
    assert words in plan.refusals[0].message


def test_the_log_is_asked_only_about_members_that_may_be_restored() -> None:
    members = [
        member("ann", status=REVOKED),
        member("bob"),
        member("cleo", status=REVOKED),
        member("dora", status=REVOKED, type=OWNER),
        member("eve", None, status=REVOKED),
    ]
    users = [user("ann"), user("bob"), user("cleo", "disabled"), user("dora"), user("eve")]
    assert [found.email for found in restore_candidates(users, members, Policy())] == ["ann@example.org"]
    assert restore_candidates(users, members, Policy(restore=False)) == ()


@pytest.mark.parametrize(
    ("wish", "done"), [("ignore", []), ("revoke", ["revoke_member"]), ("remove", ["remove_member"])]
)
@pytest.mark.parametrize("status", ["disabled", None])
def test_absent_and_disabled_users_are_treated_as_the_policy_says(
    status: UserStatus | None, wish: str, done: list[str]
) -> None:
    users = [user("ann", status)] if status else []
    plan = plan_of(users, [member("ann")], absent=wish, disabled=wish)
    reason = f"{status}_in_directory" if status else "absent_from_directory"
    assert steps(plan) == [(kind, "ann", reason) for kind in done]


@pytest.mark.parametrize(("wish", "done"), [("revoke", "revoke_member"), ("remove", "remove_member")])
def test_deleted_users_are_treated_as_the_policy_says(wish: str, done: str) -> None:
    plan = plan_of([user("ann", "deleted", email=None)], [member("ann")], deleted=wish)
    assert steps(plan) == [(done, "ann", "deleted_in_directory")]


def test_by_default_nobody_is_removed() -> None:
    users = [user("ann", "disabled"), user("bob", "deleted")]
    plan = plan_of(users, [member("ann"), member("bob"), member("cleo")])
    assert [step[0] for step in steps(plan)] == ["revoke_member"] * 3


def test_a_member_is_not_revoked_twice() -> None:
    plan = plan_of([user("ann", "disabled")], [member("ann", status=REVOKED), member("bob", status=REVOKED)])
    assert (steps(plan), refused(plan)) == ([], [])


def test_a_revoked_member_can_still_be_removed() -> None:
    plan = plan_of([user("ann", "disabled")], [member("ann", status=REVOKED)], disabled="remove")
    assert steps(plan) == [("remove_member", "ann", "disabled_in_directory")]


def test_the_prefix_is_part_of_every_external_id_that_is_written() -> None:
    plan = plan_of([user("ann"), user("bob")], [member("bob", None)], external_id_prefix="ldap:")
    assert [action.external_id for action in plan.actions] == ["ldap:id-bob", "ldap:id-ann"]


def test_the_prefix_limits_the_owner_scope() -> None:
    members = [member("ann", "ldap:id-ann"), member("bob", "ldap:id-bob"), member("cleo", "scim:3")]
    plan = plan_of([user("ann")], members, external_id_prefix="ldap:")
    assert (steps(plan), refused(plan)) == ([("revoke_member", "bob", "absent_from_directory")], [])
