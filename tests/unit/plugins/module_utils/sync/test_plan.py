# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans as a whole: order, parts, digest and counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    snapshot,
    steps,
    user,
)

DIRECTORY = snapshot(
    [
        user("ann"),
        user("bob"),
        user("cleo"),
        user("dora", email="dora.new"),
        user("eve"),
        user("gil", "disabled"),
        user("hal", "deleted"),
    ],
    [group("staff", "ann", "eve"), group("crew")],
)
ORGANIZATION = organization(
    [
        member("bob", None),
        member("cleo", "old"),
        member("dora", status=MemberStatus.INVITED),
        member("eve", status=MemberStatus.REVOKED),
        member("gil"),
        member("hal"),
    ],
    [organization_group("crew", "old-crew"), organization_group("gone")],
)
POLICY = Policy(deleted="remove", absent_groups="remove")

ACTION = Action(Kind.SET_GROUP_MEMBERS, "staff", "membership", "id-staff", "g1", joining=("a@x.org",))


def test_actions_come_in_the_order_of_their_kinds() -> None:
    assert [(kind, name) for kind, name, _unused in steps(make_plan(DIRECTORY, ORGANIZATION, POLICY))] == [
        ("link_member", "bob"),
        ("rekey_member", "cleo"),
        ("restore_member", "eve"),
        ("replace_invitation", "dora"),
        ("invite_member", "ann"),
        ("create_group", "staff"),
        ("update_group", "crew"),
        ("set_group_members", "staff"),
        ("revoke_member", "gil"),
        ("remove_member", "hal"),
        ("delete_group", "gone"),
    ]


def test_a_part_is_planned_alone() -> None:
    whole = make_plan(DIRECTORY, ORGANIZATION, POLICY).actions
    members = make_plan(DIRECTORY, ORGANIZATION, POLICY, parts={"members"}).actions
    groups = make_plan(DIRECTORY, ORGANIZATION, POLICY, parts={"groups"}).actions
    assert sorted(whole, key=str) == sorted(members + groups, key=str)
    assert {action.kind.value.endswith(("member", "invitation")) for action in members} == {True}


def test_groups_alone_foresee_the_members_or_take_them_as_they_are() -> None:
    foreseen = make_plan(DIRECTORY, ORGANIZATION, POLICY, parts={"groups"})
    as_they_are = make_plan(DIRECTORY, ORGANIZATION, POLICY, parts={"groups"}, members_first=False)
    assert [action.joining for action in foreseen.actions if action.joining] == [("ann@example.org", "eve@example.org")]
    assert [action.joining for action in as_they_are.actions if action.joining] == [("eve@example.org",)]


def test_equal_states_have_equal_digests() -> None:
    shuffled = replace(DIRECTORY, users=DIRECTORY.users[::-1], groups=DIRECTORY.groups[::-1], created="later")
    mirrored = replace(ORGANIZATION, members=ORGANIZATION.members[::-1], groups=ORGANIZATION.groups[::-1])
    assert make_plan(shuffled, mirrored, POLICY).digest == make_plan(DIRECTORY, ORGANIZATION, POLICY).digest


@pytest.mark.parametrize(
    "other",
    [
        replace(ACTION, kind=Kind.CREATE_GROUP),
        replace(ACTION, key="crew"),
        replace(ACTION, external_id="id-crew"),
        replace(ACTION, previous="old"),
        replace(ACTION, value="new"),
        replace(ACTION, joining=("b@x.org",)),
        replace(ACTION, joining=(), leaving=("a@x.org",)),
    ],
)
def test_the_digest_changes_with_whatever_is_done(other: Action) -> None:
    assert Plan((other,)).digest != Plan((ACTION,)).digest


def test_the_digest_does_not_change_with_ids_that_the_server_gives() -> None:
    assert Plan((replace(ACTION, id=None),)).digest == Plan((ACTION,)).digest


def test_counts_name_every_kind() -> None:
    counts = make_plan(DIRECTORY, ORGANIZATION, POLICY).counts()
    assert counts.keys() == {kind.value for kind in Kind} | {"refused"}
    assert set(counts.values()) == {1, 0}
    assert make_plan(snapshot(), organization(), POLICY).counts().get("invite_member") == 0
