# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may touch what where several sources, or several runs, share an organization."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    Group,
    Snapshot,
    SourceSummary,
    User,
    UserStatus,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberStatus, Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import apply_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.scope import scoped
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    member,
    organization,
    organization_group,
    refused,
    steps,
)
from ansible_collections.dirsync.bitwarden.tests.support.organization import OrganizationInMemory
from ansible_collections.dirsync.bitwarden.tests.support.strategies import EMAILS, NAMES, organizations, policies
from hypothesis import given
from hypothesis import strategies as st

SWEEPING = Policy(absent="remove", absent_groups="remove", membership="exclusive", adopt=True)
STATUSES: list[UserStatus] = ["active", "active", "disabled"]


def person(key: str, name: str, status: UserStatus = "active", *, email: bool = True) -> User:
    return User(key, f"{name}@example.org" if email else None, name, status, key.partition(":")[0])


def team(key: str, name: str, *members: str) -> Group:
    return Group(key, name, key.partition(":")[0], tuple(sorted(members)))


def of_sources(*prefixes: str, users: tuple[User, ...] = (), groups: tuple[Group, ...] = ()) -> Snapshot:
    """Return a snapshot of sources with these prefixes."""
    sources = [SourceSummary(f"s{n}", "file", "", "", 0, 0, {}, None, prefix) for n, prefix in enumerate(prefixes)]
    return Snapshot(users, groups, tuple(sources))


@pytest.mark.parametrize(
    ("prefixes", "external_id", "owned"),
    [
        (["corp:", "lab:"], "corp:1", True),
        (["corp:", "lab:"], "lab:1", True),
        (["corp:", "lab:"], "scim:1", False),
        (["corp:", ""], "scim:1", True),
        ([], "scim:1", True),
        (["corp:"], None, False),
    ],
)
def test_the_scope_is_that_of_all_sources(prefixes: list[str], external_id: str | None, owned: bool) -> None:
    assert scoped(Policy(), of_sources(*prefixes)).owns(external_id) == owned


def test_the_prefix_of_the_policy_comes_first() -> None:
    policy = scoped(Policy(external_id_prefix="acme/"), of_sources("corp:"))
    assert policy.external_id("corp:1") == "acme/corp:1"
    assert (policy.owns("acme/corp:1"), policy.owns("corp:1"), policy.owns("acme/lab:1")) == (True, False, False)


def plan_of(snapshot: Snapshot, current: Organization, **policy: Any) -> Plan:
    return make_plan(snapshot, current, Policy(**policy))


@pytest.mark.parametrize("old_account", ["gone", "disabled", "deleted"])
def test_a_move_between_sources_is_one_rekey(old_account: str) -> None:
    users = [person("lab:7", "ann")]
    if old_account != "gone":
        users.append(person("corp:1", "ann", "disabled" if old_account == "disabled" else "deleted", email=False))
    current = organization([member("ann", "corp:1")])
    plan = plan_of(of_sources("corp:", "lab:", users=tuple(users)), current, absent="remove", disabled="remove")
    assert steps(plan) == [("rekey_member", "ann", "same_email")]
    assert (plan.actions[0].previous, plan.actions[0].external_id) == ("corp:1", "lab:7")
    assert refused(plan) == []


def test_a_source_of_nobody_without_prefix_lets_old_external_ids_get_a_prefix() -> None:
    current = organization([member("ann", "1")], [organization_group("Staff", "9")])
    directory = of_sources("hq:", "", users=(person("hq:1", "ann"),), groups=(team("hq:9", "Staff", "hq:1"),))
    plan = plan_of(directory, current, absent="remove", absent_groups="remove")
    assert [step[0] for step in steps(plan)] == ["rekey_member", "update_group", "set_group_members"]


def test_a_group_that_moves_between_sources_is_rekeyed_too() -> None:
    snapshot = of_sources("corp:", "lab:", groups=(team("lab:9", "Staff"),))
    current = organization([], [organization_group("Staff", "corp:9")])
    assert steps(plan_of(snapshot, current, absent_groups="remove")) == [("update_group", "Staff", "rekeyed")]


def test_a_source_that_is_left_out_leaves_its_objects_alone() -> None:
    current = organization([member("ann", "corp:1"), member("bob", "lab:2")], [organization_group("Lab", "lab:9")])
    plan = plan_of(of_sources("corp:"), current, absent="remove", absent_groups="remove")
    assert steps(plan) == [("remove_member", "ann", "absent_from_directory")]


def test_somebody_whom_another_run_manages_is_reported_not_touched() -> None:
    current = organization([member("ann", "lab:1", status=MemberStatus.REVOKED)])
    plan = plan_of(of_sources("corp:", users=(person("corp:1", "ann"),)), current)
    assert (steps(plan), refused(plan)) == ([], [("ann", "foreign_external_id")])


@st.composite
def directories(draw: st.DrawFn, prefix: str) -> Snapshot:
    """Directories of one source with a prefix; addresses and names collide with those of others."""
    emails = draw(st.lists(st.sampled_from(EMAILS), unique=True, max_size=5))
    users = tuple(
        User(f"{prefix}{number}", email, None, draw(st.sampled_from(STATUSES)), "s")
        for number, email in enumerate(emails)
    )
    ids = [user.external_id for user in users]
    groups = tuple(
        Group(f"{prefix}g{number}", name, "s", tuple(sorted(draw(st.sets(st.sampled_from(ids))) if ids else ())))
        for number, name in enumerate(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3)))
    )
    return of_sources(prefix, users=users, groups=groups)


@given(directories("corp:"), directories("lab:"), organizations(), policies(), policies())
def test_two_runs_never_touch_each_other_s_members_and_groups(
    corp: Snapshot, lab: Snapshot, start: Organization, corp_policy: Policy, lab_policy: Policy
) -> None:
    world = OrganizationInMemory(start)
    for directory, policy, foreign in (
        (corp, corp_policy, ()),
        (lab, lab_policy, ("corp:", "ldap:corp:")),
        (corp, corp_policy, ("lab:", "ldap:lab:")),
        (lab, lab_policy, ("corp:", "ldap:corp:")),
    ):
        before = world.state()
        apply_plan(make_plan(directory, before, policy).actions, before, world)
        after = world.state()
        kept = {item.id: item for item in (*after.members, *after.groups)}
        for item in (*before.members, *before.groups):
            if foreign and item.external_id and item.external_id.startswith(foreign):
                assert kept[item.id] == item
    assert make_plan(lab, world.state(), lab_policy).actions == ()
