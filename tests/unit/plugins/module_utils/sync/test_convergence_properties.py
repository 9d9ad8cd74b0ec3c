# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises of the design, for any directory, any organization and any policy."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import MemberEvents
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    MemberStatus,
    MemberType,
    Organization,
    Role,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import apply_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import Memory, memory_of, what_to_remember
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.remembered import Remembered
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import role_of, wanted_roles
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.transport import CLOUD, choose_steps
from ansible_collections.dirsync.bitwarden.tests.support.organization import Killed, OrganizationInMemory
from ansible_collections.dirsync.bitwarden.tests.support.strategies import (
    memories,
    organizations,
    policies,
    snapshots,
)
from hypothesis import assume, given
from hypothesis import strategies as st


@given(snapshots(), organizations(), policies(), memories())
def test_a_second_run_finds_nothing_to_do(
    snapshot: Snapshot, organization: Organization, policy: Policy, memory: Memory
) -> None:
    client = OrganizationInMemory(organization)
    plan = make_plan(snapshot, organization, policy, memory)
    results = apply_plan(plan.actions, organization, client)
    assert [result.message for result in results if result.outcome != "done"] == []
    memory = _after(memory, plan, snapshot, organization, policy)
    assert make_plan(snapshot, client.state(), policy, memory).actions == ()


@given(snapshots(), organizations(), policies(), memories())
def test_owners_and_strangers_are_left_alone(
    snapshot: Snapshot, organization: Organization, policy: Policy, memory: Memory
) -> None:
    client = OrganizationInMemory(organization)
    apply_plan(make_plan(snapshot, organization, policy, memory).actions, organization, client)
    after = {member.id: member for member in client.state().members}
    addresses = {user.email for user in snapshot.users}
    for member in organization.members:
        owned = policy.owns(member.external_id)
        linkable = member.external_id is None and member.email in addresses
        if member.type == MemberType.OWNER and owned and policy.demote_owners:
            assert replace(after[member.id], type=member.type, permissions=None) == member
        elif member.type == MemberType.OWNER or not (owned or linkable):
            assert after[member.id] == member
            assert member.id not in client.reinvited
        elif member.external_id is None:
            assert after[member.id].status == member.status
    groups = {group.id: group for group in client.state().groups}
    for group in organization.groups:
        if group.external_id is None or not policy.owns(group.external_id):
            assert group.id in groups
            if not policy.adopt or group.external_id is not None:
                assert groups[group.id] == group


@given(snapshots(), organizations(), policies(), memories(), st.integers(0, 30))
def test_a_killed_run_converges_on_the_next_one(
    snapshot: Snapshot, organization: Organization, policy: Policy, memory: Memory, fatal: int
) -> None:
    def kill(number: int) -> None:
        if number == fatal:
            raise Killed

    client = OrganizationInMemory(organization, kill)
    straight = OrganizationInMemory(organization)
    plan = make_plan(snapshot, organization, policy, memory)
    apply_plan(plan.actions, organization, straight)
    try:
        apply_plan(plan.actions, organization, client)
    except Killed:
        fatal = -1
    state = client.state()
    memory = _after(memory, plan, snapshot, organization, policy)
    second = make_plan(snapshot, state, policy, memory)
    results = apply_plan(second.actions, state, client)
    assert all(result.outcome == "done" for result in results)
    memory = _after(memory, second, snapshot, state, policy)
    assert make_plan(snapshot, client.state(), policy, memory).actions == ()
    assert len(client.invited) == len(set(client.invited))
    assert len(client.reinvited) == len(set(client.reinvited))
    assert _essence(client.state()) == _essence(straight.state())


@given(snapshots(), organizations(), policies(), memories())
def test_whoever_is_removed_has_had_the_days_of_grace(
    snapshot: Snapshot, organization: Organization, policy: Policy, memory: Memory
) -> None:
    statuses = {member.id: member.status for member in organization.members}
    for action in make_plan(snapshot, organization, policy, memory).actions:
        if action.kind == Kind.REMOVE_MEMBER and policy.grace_days:
            assert statuses[action.id or ""] == MemberStatus.REVOKED
            assert memory.revoked_by.get(action.id or "", "api") == "api"
            assert memory.is_past(memory.revoked_at[action.id or ""], policy.grace_days)
        elif action.kind in (Kind.REINVITE_MEMBER, Kind.WITHDRAW_INVITATION):
            assert statuses[action.id or ""] == MemberStatus.INVITED


@given(snapshots(), organizations(), policies())
def test_active_users_have_access_and_the_others_have_not(
    snapshot: Snapshot, organization: Organization, policy: Policy
) -> None:
    client = OrganizationInMemory(organization)
    plan = make_plan(snapshot, organization, policy)
    apply_plan(plan.actions, organization, client)
    refused = {refusal.external_id for refusal in plan.refusals}
    members = {member.external_id: member for member in client.state().members}
    emails = {member.email: member for member in client.state().members}
    in_service = {user.email for user in snapshot.users if user.status == "active"}
    for user in snapshot.users:
        external_id = policy.external_id(user.external_id)
        member = members.get(external_id)
        if external_id in refused:
            continue
        if user.status == "active":
            assert user.email is not None or member is not None
            holder = member or emails[user.email or ""]
            assert holder.status != MemberStatus.REVOKED or policy.protected.covers(holder)
        elif member is not None and not policy.protected.covers(member) and member.email not in in_service:
            wish = policy.disabled if user.status == "disabled" else policy.deleted
            assert wish == "ignore" or member.status == MemberStatus.REVOKED


@given(snapshots(), organizations(), policies(), memories())
def test_the_digest_does_not_depend_on_the_order_of_things(
    snapshot: Snapshot, organization: Organization, policy: Policy, memory: Memory
) -> None:
    mirrored = replace(
        organization,
        members=organization.members[::-1],
        groups=organization.groups[::-1],
        collections=organization.collections[::-1],
    )
    plan, other = (make_plan(snapshot, each, policy, memory) for each in (organization, mirrored))
    assert plan.digest == other.digest


@given(snapshots(), organizations(), policies(), memories())
def test_groups_planned_before_the_members_foresee_them(
    snapshot: Snapshot, organization: Organization, policy: Policy, memory: Memory
) -> None:
    foreseen = make_plan(snapshot, organization, policy, memory, parts={"groups"})
    client = OrganizationInMemory(organization)
    apply_plan(make_plan(snapshot, organization, policy, memory, parts={"members"}).actions, organization, client)
    real = make_plan(snapshot, client.state(), policy, parts={"groups"}, members_first=False)
    assert foreseen.digest == real.digest


@given(snapshots(), organizations(), policies(), st.integers(0, 30))
def test_both_transports_reach_the_same_state(
    snapshot: Snapshot, organization: Organization, policy: Policy, fatal: int
) -> None:
    def kill(number: int) -> None:
        if number == fatal:
            raise Killed

    plan = make_plan(snapshot, organization, policy)
    single, bulk = OrganizationInMemory(organization), OrganizationInMemory(organization, kill)
    apply_plan(plan.actions, organization, single)
    try:
        apply_plan(choose_steps(plan, organization, "import", CLOUD), organization, bulk)
    except Killed:
        fatal = -1
        state = bulk.state()
        apply_plan(choose_steps(make_plan(snapshot, state, policy), state, "import", CLOUD), state, bulk)
    assert _essence(bulk.state()) == _essence(single.state())
    assert make_plan(snapshot, bulk.state(), policy).actions == ()
    assert len(bulk.invited) == len(set(bulk.invited))


@given(snapshots(), organizations(), policies())
def test_members_have_the_role_of_their_groups_and_nobody_else_changes(
    snapshot: Snapshot, organization: Organization, policy: Policy
) -> None:
    client = OrganizationInMemory(organization)
    plan = make_plan(snapshot, organization, policy)
    apply_plan(plan.actions, organization, client)
    wanted = wanted_roles(snapshot.groups, policy.roles, policy.other_roles)
    roles = {
        policy.external_id(user.external_id): wanted.of(user.external_id)
        for user in snapshot.users
        if user.status == "active"
    }
    refused = {refusal.key for refusal in plan.refusals} | {refusal.external_id for refusal in plan.refusals}
    before = {member.id: role_of(member) for member in organization.members}
    for member in client.state().members:
        role = roles.get(member.external_id or "")
        if role is None or member.email in refused or member.external_id in refused:
            assert role_of(member) in (before.get(member.id, Role()), role)
        elif policy.protected.covers(member) and role_of(member) == before.get(member.id):
            deals_with = policy.owns(member.external_id) and member.status != MemberStatus.REVOKED
            assert not deals_with or role_of(member) == role
        else:
            assert role_of(member) == role
    assert any(
        (member.type, member.status) == (MemberType.OWNER, MemberStatus.CONFIRMED) for member in client.state().members
    )


@given(snapshots(), organizations(), policies())
def test_without_its_groups_a_list_of_roles_changes_no_role(
    snapshot: Snapshot, organization: Organization, policy: Policy
) -> None:
    assume(policy.roles)
    plan = make_plan(replace(snapshot, groups=()), organization, policy)
    assert not [action for action in plan.actions if action.role]


def _after(memory: Memory, plan: Plan, snapshot: Snapshot, organization: Organization, policy: Policy) -> Memory:
    """Return the memory of the next run, a moment after this one: it knows who revoked whom, too."""
    before = Remembered(
        memory.revoked_at, memory.invited_at, memory.reinvitations, dict.fromkeys(memory.lapsed, memory.now)
    )
    remembered = what_to_remember(before, memory, plan, snapshot, organization, policy)
    return replace(
        memory_of(MemberEvents(log_works=memory.log_works), remembered, memory.now),
        revoked_by={**memory.revoked_by, **dict.fromkeys(remembered.revoked, "api")},
    )


def _essence(organization: Organization) -> tuple[object, ...]:
    """Return the state without the ids that differ from run to run."""
    members = organization.members
    emails = {member.id: member.email for member in members}
    return (
        sorted((m.email, m.external_id or "", m.status, role_of(m).type, *role_of(m).permissions) for m in members),
        sorted(
            (
                group.name,
                group.external_id or "",
                sorted(emails[id_] for id_ in organization.memberships[group.id]),
                sorted((access.id, str(access)) for access in group.collections or ()),
            )
            for group in organization.groups
        ),
    )
