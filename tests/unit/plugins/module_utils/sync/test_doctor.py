# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the identity doctor finds, and what it must not take for an illness."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    MemberStatus,
    MemberType,
    Organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.doctor import (
    FROM_REFUSALS,
    VERDICTS,
    Past,
    diagnose,
    plan_of_identities,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy, policy_from
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    snapshot,
    steps,
    user,
)
from ansible_collections.dirsync.bitwarden.tests.support.strategies import organizations, policies, snapshots
from hypothesis import given

MARCH = datetime(2026, 3, 1, tzinfo=timezone.utc)
NOTHING = Past({}, {})
OWNER = MemberType.OWNER


def found(
    current: Organization, directory: Snapshot | None = None, past: Past = NOTHING, **policy: Any
) -> list[tuple[str, str]]:
    """Return the codes that are found, with the first name of the first object."""
    findings = diagnose(current, directory, Policy(**policy), past, MARCH)
    return [(finding.code, finding.objects[0].removesuffix("@example.org")) for finding in findings]


def test_a_sound_organization_has_no_findings() -> None:
    people = [member("ann"), member("boss", type=OWNER), member("cleo", status=MemberStatus.REVOKED)]
    current = organization(people, [organization_group("staff")], staff=["ann"])
    directory = snapshot([user("ann"), user("boss"), user("cleo", "disabled")], [group("staff", "ann")])
    assert found(current) == found(current, directory) == []


def test_what_occurs_twice_is_an_error() -> None:
    twins = [member("ann", "x"), member("eve", "x"), member("bob"), member("bobby", email="bob")]
    groups = [organization_group("a", "y"), organization_group("b", "y"), organization_group("c", "z")]
    assert found(organization(twins, groups)) == [
        ("duplicate_external_id", "a"),
        ("duplicate_external_id", "ann"),
        ("duplicate_email", "m-bob"),
    ]
    [first, second, _email] = diagnose(organization(twins, groups), None, Policy(), NOTHING, MARCH)
    assert (first.objects, first.external_id, first.verdict.severity) == (("a", "b"), "y", "error")
    assert second.objects == ("ann@example.org", "eve@example.org")


@pytest.mark.parametrize(
    ("external_id", "policy", "codes"),
    [
        ("uid=ann,ou=people,dc=example,dc=org", {}, ["dn_external_id"]),
        ("CN=Miller\\, Ann,OU=People,DC=example", {}, ["dn_external_id"]),
        ("ldap:uid=ann,dc=example", {"external_id_prefix": "ldap:"}, ["dn_external_id"]),
        ("uid=ann,dc=example", {"external_id_prefix": "ldap:"}, []),
        ("2a7f9a86-4a6c-103d-8b1d-5f3f3a6f1a11", {}, []),
        ("a=b", {}, []),
        ("one,two=", {}, []),
    ],
)
def test_a_distinguished_name_is_no_stable_id(external_id: str, policy: dict[str, Any], codes: list[str]) -> None:
    current = organization([member("ann", external_id)])
    assert [code for code, _name in found(current, **policy)] == codes
    groups = organization([], [organization_group("ann", external_id)])
    assert [code for code, _name in found(groups, **policy)] == codes


def test_a_group_by_hand_is_mentioned_and_its_twin_in_the_directory_is_a_warning() -> None:
    current = organization([], [organization_group("staff", None), organization_group("choir", None)])
    assert found(current) == [("group_by_hand", "choir"), ("group_by_hand", "staff")]
    assert found(current, snapshot([], [group("staff")]))[0] == ("same_name", "staff")


def test_who_is_on_the_way_for_too_long_is_found() -> None:
    people = [member(name, status=MemberStatus.INVITED) for name in ("early", "late", "unknown")]
    people.append(member("ann", status=MemberStatus.ACCEPTED))
    past = Past({"m-early": datetime(2026, 1, 5, tzinfo=timezone.utc), "m-late": MARCH}, {})
    assert found(organization(people), past=past) == [
        ("invitation_open", "early"),
        ("invitation_open", "unknown"),
        ("confirmation_missing", "ann"),
    ]
    messages = [finding.message for finding in diagnose(organization(people), None, Policy(), past, MARCH)]
    assert "since 2026-01-05" in messages[0]
    assert "does not tell" in messages[1]


def test_members_who_were_never_linked() -> None:
    current = organization([member("ann", None), member("bob", None), member("guest", None)])
    assert found(current, snapshot([user("ann"), user("bob", "disabled")])) == [
        ("never_linked", "ann"),
        ("unmanaged", "bob"),
    ]


def test_owners_who_are_out_of_service() -> None:
    owners = [
        member("absent", type=OWNER),
        member("disabled", type=OWNER),
        member("by-mail", None, type=OWNER),
        member("emergency", None, type=OWNER),
        member("foreign", "other:1", type=OWNER),
        member("gone", type=OWNER, status=MemberStatus.REVOKED),
        member("active", type=OWNER),
    ]
    directory = snapshot([user("disabled", "disabled"), user("by-mail", "disabled"), user("active")])
    assert found(organization(owners), directory) == [
        ("owner_out_of_service", "absent"),
        ("owner_out_of_service", "by-mail"),
        ("owner_out_of_service", "disabled"),
        ("owner_out_of_service", "foreign"),
        ("owner_unknown", "emergency"),
    ]


@pytest.mark.parametrize(
    ("author", "words"), [("person", "a person"), ("policy", "a policy of"), ("api", "a sync or SCIM"), ("", "nobody")]
)
def test_a_revoked_member_whose_user_is_active(author: str, words: str) -> None:
    current = organization([member("ann", status=MemberStatus.REVOKED)])
    past = Past({}, {"m-ann": author} if author else {})
    [finding] = diagnose(current, snapshot([user("ann")]), Policy(), past, MARCH)
    assert (finding.code, finding.external_id) == ("revoked_but_active", "id-ann")
    assert words in finding.message


def test_a_group_that_nothing_stands_behind() -> None:
    current = organization([], [organization_group("dissolved"), organization_group("staff")])
    assert found(current, snapshot([], [group("staff")])) == [("group_without_source", "dissolved")]


def test_what_a_run_refuses_for_want_of_an_identity() -> None:
    current = organization([member("ann", email="old"), member("eve", "other:1")])
    directory = snapshot([user("ann"), user("nobody", email=None), user("eve")])
    assert found(current, directory, rekey=False, external_id_prefix="") == [
        ("email_differs", "old"),
        ("email_missing", "nobody"),
    ]
    assert found(organization([member("eve", "other:1")]), snapshot([user("eve")]), external_id_prefix="ad:") == [
        ("foreign_external_id", "eve")
    ]


def test_two_users_with_one_address() -> None:
    directory = snapshot([user("ann"), user("anna", email="ann"), user("anne", "deleted", email="ann")])
    [finding] = diagnose(Organization(), directory, Policy(), NOTHING, MARCH)[:1]
    assert (finding.code, finding.objects) == ("duplicate_user_email", ("id-ann", "id-anna"))


def test_the_plan_is_that_of_the_run_as_far_as_external_ids_go() -> None:
    names = "uid=ann,dc=example"
    current = organization(
        [member("ann", names), member("bob", None), member("left")],
        [organization_group("staff", "cn=staff,dc=example"), organization_group("choir", None)],
    )
    directory = snapshot([user("ann"), user("bob"), user("new")], [group("staff", "ann"), group("choir")])
    plan = plan_of_identities(directory, current, Policy(adopt=True))
    assert steps(plan) == [
        ("link_member", "bob", "same_email"),
        ("rekey_member", "ann", "same_email"),
        ("update_group", "choir", "adopted"),
        ("update_group", "staff", "rekeyed"),
    ]
    assert set(plan.actions) < set(make_plan(directory, current, Policy(adopt=True)).actions)


def test_nothing_is_said_of_what_the_policy_excludes() -> None:
    policy = policy_from({"exclude": {"emails": ["guest*"]}})
    current = organization([member("guest", "uid=guest,dc=example"), member("ann", None)])
    findings = diagnose(current, snapshot([user("guest2", email=None), user("ann")]), policy, NOTHING, MARCH)
    assert "guest@example.org" not in {name for finding in findings for name in finding.objects}
    assert ("never_linked", ("ann@example.org",)) in [(finding.code, finding.objects) for finding in findings]


def test_whoever_a_group_protects_is_not_to_be_linked() -> None:
    policy = policy_from({"protected": {"groups": ["admins"]}})
    current = organization([member("ann", None)], [organization_group("admins", None)], admins=["ann"])
    assert plan_of_identities(snapshot([user("ann")]), current, policy).actions == ()


@given(directory=snapshots(), current=organizations(), policy=policies())
def test_every_finding_has_a_meaning_and_the_gravest_come_first(
    directory: Snapshot, current: Organization, policy: Policy
) -> None:
    findings = diagnose(current, directory, policy, NOTHING, MARCH)
    ranks = [("error", "warning", "info").index(finding.verdict.severity) for finding in findings]
    assert ranks == sorted(ranks)
    assert all(finding.objects and finding.message for finding in findings)
    whole: Plan = make_plan(directory, current, policy)
    reasons = {refusal.reason for refusal in whole.refusals} & FROM_REFUSALS
    assert reasons <= {finding.code for finding in findings}
    assert set(plan_of_identities(directory, current, policy).actions) <= set(whole.actions)


def test_every_code_tells_what_to_do() -> None:
    assert VERDICTS.keys() >= FROM_REFUSALS
    assert all(verdict.advice and not verdict.advice.endswith(".") for verdict in VERDICTS.values())


def test_a_group_may_be_excluded_and_protect_its_members() -> None:
    policy = policy_from({"exclude": {"groups": ["VIP"]}, "protected": {"groups": ["VIP"]}})
    current = organization([member("ann"), member("bob", None)], [organization_group("VIP", None)], VIP=["ann"])
    findings = diagnose(current, snapshot([user("ann"), user("bob")]), policy, NOTHING, MARCH)
    assert [finding.code for finding in findings] == ["never_linked"]
