# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorded organization: kept as plain data, read back, assumed where nothing is known, and brought forward."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberStatus, Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import BOTH, make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy, policy_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.record import (
    ASSUMED,
    assumed_organization,
    organization_after,
    organization_after_failure,
    organization_from_record,
    record_of,
    without_doubt,
)
from ansible_collections.dirsync.bitwarden.tests.support.examples import group, snapshot, steps, user

RECORD: dict[str, Any] = {
    "members": {
        "id-ann": {"email": "ann@example.org", "revoked": False},
        "id-bob": {"email": "bob@example.org", "revoked": True},
    },
    "groups": {
        "id-boards": {"name": "boards", "members": []},
        "id-staff": {"name": "staff", "members": ["id-ann", "id-bob"]},
    },
}
PEOPLE = [user("ann"), user("bob", "disabled")]
GROUPS = [group("boards"), group("staff", "ann", "bob")]


def statuses(organization: Organization) -> dict[str, MemberStatus]:
    return {member.email.partition("@")[0]: member.status for member in organization.members}


def brought_forward(directory: Snapshot, organization: Organization, **policy: Any) -> Organization:
    return organization_after(make_plan(directory, organization, Policy(**policy)), organization)


def test_a_record_survives_the_way_through_a_file() -> None:
    assert record_of(organization_from_record(json.loads(json.dumps(RECORD)))) == RECORD


def test_an_organization_that_was_recorded_needs_no_plan() -> None:
    assert make_plan(snapshot(PEOPLE, GROUPS), organization_from_record(RECORD), Policy()).actions == ()


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        {},
        {"members": {}, "groups": []},
        {"members": {"id-ann": None}, "groups": {}},
        {"members": {"id-ann": {"revoked": True}}, "groups": {}},
        {"members": {"id-ann": {"email": ""}}, "groups": {}},
        {"members": {}, "groups": {"id-staff": {"members": []}}},
        {"members": {}, "groups": {"id-staff": {"name": "staff"}}},
        {"members": {}, "groups": {"id-staff": {"name": "staff", "members": ["id-ann"]}}},
    ],
)
def test_anything_else_is_no_record(record: object) -> None:
    with pytest.raises(ValueError, match=r"missing|has no|not recorded"):
        organization_from_record(record)


def test_the_outcome_of_a_plan_leaves_nothing_to_plan() -> None:
    first = brought_forward(snapshot(PEOPLE, GROUPS), organization_from_record({"members": {}, "groups": {}}))
    assert record_of(first)["groups"] == {
        "id-boards": {"name": "boards", "members": []},
        "id-staff": {"name": "staff", "members": ["id-ann"]},
    }
    later = snapshot([user("ann", "disabled"), user("bob"), user("cy")], [group("boards", "cy"), group("staff")])
    second = brought_forward(later, first)
    assert statuses(second) == {
        "ann": MemberStatus.REVOKED,
        "bob": MemberStatus.CONFIRMED,
        "cy": MemberStatus.CONFIRMED,
    }
    assert make_plan(later, second, Policy()).actions == ()


def test_a_new_identity_key_reaches_the_groups() -> None:
    directory = snapshot([user("ann", external_id="new")])
    after = brought_forward(directory, organization_from_record(RECORD), absent="ignore")
    assert record_of(after)["members"]["new"] == {"email": "ann@example.org", "revoked": False}
    assert record_of(after)["groups"]["id-staff"]["members"] == ["id-bob", "new"]


def test_a_revoked_member_does_not_pass_to_somebody_with_the_same_address() -> None:
    directory = snapshot([user("bob", external_id="new")])
    after = brought_forward(directory, organization_from_record(RECORD), absent="ignore")
    assert record_of(after) == RECORD


def test_without_a_record_whoever_is_out_of_service_is_revoked_and_the_rest_is_sent() -> None:
    directory = snapshot([*PEOPLE, user("cy", "deleted"), user("dan", "disabled", email=None)], GROUPS[:1])
    assumed = assumed_organization(directory, Policy(), BOTH)
    assert steps(make_plan(directory, assumed, Policy())) == [
        ("invite_member", "ann", "new_user"),
        ("create_group", "boards", "new_group"),
        ("revoke_member", "bob", "disabled_in_directory"),
        ("revoke_member", "cy", "deleted_in_directory"),
    ]


def test_an_address_that_somebody_in_service_has_is_not_revoked() -> None:
    directory = snapshot([user("ann"), user("old", "disabled", email="ann")])
    assert assumed_organization(directory, Policy(), BOTH) == Organization()


@pytest.mark.parametrize("policy", [{"disabled": "ignore"}, {"protected": {"emails": ["bob@*"]}}])
def test_whom_the_policy_leaves_alone_is_taken_for_a_member(policy: dict[str, Any]) -> None:
    assumed = assumed_organization(snapshot(PEOPLE), policy_from(policy), BOTH)
    assert statuses(assumed) == {"bob": ASSUMED}
    assert organization_from_record(record_of(assumed)) == assumed


def test_groups_alone_take_the_active_users_for_members() -> None:
    directory = snapshot([user("ann"), user("cy", email=None)], [group("staff", "ann", "cy")])
    assumed = assumed_organization(directory, Policy(), {"groups"})
    assert statuses(assumed) == {"ann": ASSUMED}
    plan = make_plan(directory, assumed, Policy(), parts={"groups"}, members_first=False)
    assert plan.actions[-1].joining == ("ann@example.org",)


def test_a_doubtful_member_survives_the_record() -> None:
    failed = make_plan(snapshot([user("cy")]), organization_from_record({"members": {}, "groups": {}}), Policy())
    after = organization_after_failure([], failed.actions, Organization())
    assert record_of(after)["members"] == {"id-cy": {"email": "cy@example.org", "revoked": False, "doubtful": True}}
    assert organization_from_record(record_of(after)) == after


@pytest.mark.parametrize(
    ("directory", "policy", "expected"),
    [
        (snapshot([user("cy")]), {}, {}),
        (snapshot([user("cy")]), {"invite": False}, {"cy": MemberStatus.REVOKED}),
        (snapshot([user("cy", "disabled")]), {}, {"cy": MemberStatus.CONFIRMED}),
        (snapshot([user("ann")]), {}, {"cy": MemberStatus.CONFIRMED}),
    ],
)
def test_a_doubtful_member_is_taken_for_what_the_plan_corrects(
    directory: Snapshot, policy: dict[str, Any], expected: dict[str, MemberStatus]
) -> None:
    record = {
        "members": {"id-cy": {"email": "cy@example.org", "revoked": False, "doubtful": True}},
        "groups": {"id-staff": {"name": "staff", "members": ["id-cy"]}},
    }
    found = without_doubt(organization_from_record(record), directory, Policy(**policy))
    assert statuses(found) == expected
    assert found.memberships["id-staff"] == {member.id for member in found.members}
