# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the bulk import carries actions, which ones, and in how many calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group, Snapshot, User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Collection,
    MemberType,
    Organization,
    Role,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.accesses import AccessEntry, WantedAccess
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import RoleEntry
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.transport import (
    CLOUD,
    MOST_BYTES,
    SELF_HOSTED,
    Batch,
    Step,
    Transport,
    choose_steps,
)
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    snapshot,
    user,
)


def steps_of(
    directory: Snapshot, current: Organization, transport: Transport = "import", **policy: Any
) -> tuple[Step, ...]:
    return choose_steps(make_plan(directory, current, Policy(**policy)), current, transport, CLOUD)


def batches(steps: Iterable[Step]) -> list[Batch]:
    return [step for step in steps if isinstance(step, Batch)]


def singles(steps: Iterable[Step]) -> list[str]:
    return [step.kind.value for step in steps if isinstance(step, Action)]


def people(number: int) -> Snapshot:
    """Return a directory of so many people, without groups."""
    return snapshot(user(f"p{index:04}") for index in range(number))


def test_each_person_is_invited_by_one_batch_of_at_most_two_thousand() -> None:
    found = batches(steps_of(people(4500), Organization()))
    assert [len(batch.members) for batch in found] == [2000, 2000, 500]
    assert len({entry.email for batch in found for entry in batch.members}) == 4500
    assert all(not batch.groups for batch in found)


def test_a_body_stays_below_what_a_default_nginx_takes() -> None:
    members = tuple(f"id-{index:032}" for index in range(4000))
    users = tuple(User(id_, f"{id_}@example.org", None, "active", "s") for id_ in members)
    groups = tuple(Group(f"g{index:02}", f"Group {index:02}", "s", members) for index in range(20))
    found = batches(steps_of(Snapshot(users, groups), Organization()))
    sizes = [sum(len(id_) + 3 for entry in batch.groups for id_ in entry.member_external_ids) for batch in found]
    assert sum(size > 0 for size in sizes) == 4
    assert max(sizes) <= MOST_BYTES


def test_nothing_is_lost_or_done_twice_and_the_order_holds() -> None:
    directory = snapshot([user("ann"), user("bob"), user("cy")], [group("staff", "ann", "bob"), group("boards", "cy")])
    current = organization([member("bob", None), member("eve")], [organization_group("boards")], boards=["eve"])
    plan = make_plan(directory, current, Policy())
    steps = choose_steps(plan, current, "import", CLOUD)
    carried = [action for step in steps for action in (step.actions if isinstance(step, Batch) else (step,))]
    assert sorted(map(str, carried)) == sorted(map(str, plan.actions))
    assert singles(steps) == ["link_member", "revoke_member"]
    assert [type(step).__name__ for step in steps] == ["Action", "Batch", "Batch", "Action"]


def test_an_invitation_with_a_role_is_a_call_of_its_own() -> None:
    directory = snapshot([user("ann"), user("bob")], [group("admins", "ann")])
    roles = (RoleEntry("admins", Role(MemberType.ADMIN)),)
    steps = steps_of(directory, organization([], [organization_group("admins")]), roles=roles)
    assert singles(steps) == ["invite_member"]
    assert [entry.email for batch in batches(steps) for entry in batch.members] == ["bob@example.org"]


def test_collections_are_left_to_calls_of_their_own() -> None:
    directory = snapshot([user("ann")], [group("staff", "ann"), group("crew", "ann"), group("boards", "ann")])
    groups = [replace(organization_group("staff"), collections=())]
    current = replace(organization([], groups), collections=(Collection("c1"),))
    access = (WantedAccess("c1"),)
    steps = steps_of(directory, current, group_collections=(AccessEntry("staff", access), AccessEntry("crew", access)))
    assert singles(steps) == ["create_group", "set_group_members", "set_group_collections"]
    assert [entry.name for batch in batches(steps) for entry in batch.groups] == ["boards", "staff"]


def test_rest_means_rest() -> None:
    assert batches(steps_of(people(3000), Organization(), "rest")) == []


@pytest.mark.parametrize(("number", "bulk"), [(60, False), (62, True)])
def test_auto_imports_where_it_saves_a_minute_on_the_cloud(number: int, bulk: bool) -> None:
    assert bool(batches(steps_of(people(number), Organization(), "auto"))) is bulk


def test_auto_is_slower_to_import_without_rate_limits() -> None:
    plan = make_plan(people(1000), Organization(), Policy())
    assert batches(choose_steps(plan, Organization(), "auto", SELF_HOSTED)) == []


def test_a_group_with_somebody_whom_the_import_would_drop_is_set_by_a_call_of_its_own() -> None:
    directory = snapshot([user("ann")], [group("staff", "ann")])
    current = organization([member("guest", None)], [organization_group("staff")], staff=["guest"])
    assert singles(steps_of(directory, current)) == ["set_group_members"]


def test_a_group_with_members_who_share_an_address_is_set_by_a_call_of_its_own() -> None:
    twins = [member("eve"), member("eva", email="eve")]
    current = organization([*twins, member("ann")], [organization_group("staff")], staff=["eve"])
    steps = steps_of(snapshot([user("ann")], [group("staff", "ann")]), current)
    assert singles(steps) == ["set_group_members"]


@pytest.mark.parametrize("reason", ["adopted", "rekeyed"])
def test_a_group_whose_external_id_changes_is_not_imported_since_that_would_create_another(reason: str) -> None:
    external_id = None if reason == "adopted" else "id-old"
    current = organization([], [organization_group("staff", external_id)])
    steps = steps_of(snapshot([user("ann")], [group("staff", "ann")]), current, adopt=True)
    assert singles(steps) == ["update_group", "set_group_members"]


def test_a_renamed_group_is_imported_under_its_new_name() -> None:
    current = organization([], [organization_group("crew", "id-staff")])
    [batch] = batches(steps_of(snapshot([user("ann", "disabled")], [group("staff")]), current))
    assert [(entry.external_id, entry.name) for entry in batch.groups] == [("id-staff", "staff")]


@pytest.mark.parametrize("kind", ["members", "groups"])
def test_an_organization_in_which_every_import_fails_gets_single_calls(kind: str) -> None:
    twins = [member("eve", "twin"), member("eva", "twin")] if kind == "members" else []
    groups = [organization_group("a", "twin"), organization_group("b", "twin")] if kind == "groups" else []
    steps = steps_of(snapshot([user("ann")], [group("staff", "ann")]), organization(twins, groups))
    imported = [entry for batch in batches(steps) for entry in batch.groups]
    assert imported == []
    assert bool(batches(steps)) is (kind == "groups")
