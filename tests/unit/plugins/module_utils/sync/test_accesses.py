# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which collections are planned for groups, which stay, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.policy import policy_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Collection,
    OrganizationGroup,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.accesses import AccessEntry, WantedAccess
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy, policy_from
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    organization,
    organization_group,
    refused,
    snapshot,
    steps,
)

COLLECTIONS = (Collection("c1", "servers"), Collection("c2", "twin"), Collection("c3", "twin"), Collection("c4"))
SERVERS = WantedAccess("servers")
FOUR = Association("c4")


def staff(*associations: Association) -> OrganizationGroup:
    """Return the group of the organization with these accesses."""
    return replace(organization_group("staff"), collections=associations)


def plan_of(
    wanted: Iterable[WantedAccess],
    current: Iterable[OrganizationGroup],
    directory: Iterable[Group] = (group("staff"),),
    *,
    exclusive: bool = False,
    **policy: Any,
) -> Plan:
    entry = AccessEntry("staff", tuple(wanted), exclusive)
    world = replace(organization((), current), collections=COLLECTIONS)
    return make_plan(snapshot([], directory), world, Policy(group_collections=(entry,), **policy), parts={"groups"})


def changes(plan: Plan) -> tuple[list[str], list[str]]:
    """Return the accesses that come and go with the only action of the plan."""
    [action] = plan.actions
    return [str(access) for access in action.granting], [str(access) for access in action.withdrawing]


def test_a_group_gets_what_it_lacks_and_keeps_the_rest() -> None:
    plan = plan_of([SERVERS, WantedAccess("c4", manage=True)], [staff(Association("c2"), Association("hidden"))])
    assert steps(plan) == [("set_group_collections", "staff", "collections")]
    assert changes(plan) == (["c4 (manage)", "servers (edit)"], [])


def test_an_access_that_differs_is_changed_and_one_that_does_not_is_left() -> None:
    plan = plan_of([WantedAccess("servers", read_only=True), WantedAccess("c4")], [staff(Association("c1"), FOUR)])
    assert changes(plan) == (["servers (view)"], ["servers (edit)"])
    assert plan_of([SERVERS], [staff(FOUR, Association("c1"))]).actions == ()


def test_an_exclusive_list_takes_the_others_away() -> None:
    current = [staff(Association("c1"), Association("c2", hide_passwords=True), Association("hidden", manage=True))]
    plan = plan_of([SERVERS], current, exclusive=True)
    assert changes(plan) == ([], ["c2 (edit with hidden passwords)", "hidden (manage)"])
    assert changes(plan_of([], [staff(FOUR)], exclusive=True)) == ([], ["c4 (edit)"])


@pytest.mark.parametrize(
    ("unknown", "message"),
    [
        ("gone", "no shared collection has the id or external id gone"),
        ("twin", "several collections have the external id twin: use the id"),
    ],
)
def test_an_unknown_collection_is_refused_and_nothing_is_taken_away_then(unknown: str, message: str) -> None:
    plan = plan_of([WantedAccess(unknown), SERVERS], [staff(FOUR)], exclusive=True)
    assert changes(plan) == (["servers (edit)"], [])
    assert refused(plan) == [("staff", "collection_unknown")]
    assert message in plan.refusals[0].message


def test_a_collection_that_is_named_twice_counts_once() -> None:
    plan = plan_of([SERVERS, WantedAccess("C1", manage=True)], [staff()])
    assert (changes(plan), refused(plan)) == ((["servers (edit)"], []), [("staff", "collection_twice")])


def test_a_new_group_is_created_with_its_collections() -> None:
    plan = plan_of([SERVERS], [])
    assert steps(plan) == [("create_group", "staff", "new_group")]
    assert changes(plan) == (["servers (edit)"], [])


def test_the_group_has_to_be_known_and_only_one_entry_counts() -> None:
    assert refused(plan_of([SERVERS], [], [])) == [("staff", "collection_group_unknown")]
    entries = (AccessEntry("id-staff", (SERVERS,)), AccessEntry("staff", (WantedAccess("c4"),)))
    world = replace(organization((), [staff()]), collections=COLLECTIONS)
    plan = make_plan(snapshot([], [group("staff")]), world, Policy(group_collections=entries))
    assert (changes(plan), refused(plan)) == ((["servers (edit)"], []), [("staff", "collection_group_twice")])


def test_a_group_that_cannot_be_told_gets_nothing() -> None:
    plan = plan_of([SERVERS], [staff(), replace(staff(), id="g2")])
    assert (steps(plan), refused(plan)) == ([], [("staff", "duplicate_external_id")])


def test_where_the_server_hides_collections_none_are_overwritten() -> None:
    plan = plan_of([SERVERS], [organization_group("staff")])
    assert (steps(plan), refused(plan)) == ([], [("staff", "collections_untold")])


def test_the_digest_tells_accesses_apart() -> None:
    plans = [plan_of([WantedAccess("servers", *rights)], [staff()]) for rights in ((), (True,), (False, True))]
    plans.append(plan_of([], [staff(Association("c1"))], exclusive=True))
    assert len({plan.digest for plan in plans}) == 4


def policy_of(*entries: dict[str, Any]) -> Policy:
    result = ArgumentSpecValidator(policy_spec()).validate({"group_collections": list(entries)})
    if result.error_messages:
        raise ConfigurationError("; ".join(result.error_messages))
    return policy_from(result.validated_parameters)


def test_entries_are_read_from_the_option() -> None:
    policy = policy_of(
        {"group": "staff", "collections": [{"collection": "servers", "hide_passwords": True}], "exclusive": True}
    )
    assert policy.group_collections == (
        AccessEntry("staff", (WantedAccess("servers", hide_passwords=True),), exclusive=True),
    )


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([{"group": "staff"}], "missing required arguments: collections"),
        ([{"group": "staff", "collections": [{"manage": True}]}], "missing required arguments: collection"),
        (
            [{"group": "staff", "collections": [{"collection": "c", "manage": True, "read_only": True}]}],
            "for the group staff gives the collection c with manage and with a restriction",
        ),
        (
            [{"group": "staff", "collections": [{"collection": "c"}, {"collection": "c"}]}],
            "for the group staff names the collection c more than once",
        ),
        ([{"group": "staff", "collections": []}] * 2, "names the group staff more than once"),
    ],
)
def test_wrong_entries_are_refused(entries: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        policy_of(*entries)
