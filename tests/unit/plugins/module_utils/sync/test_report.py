# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as data: its shape, and that every record occurs in it once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import VERSION
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    RecordWarning,
    Snapshot,
    SourceSummary,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberStatus, MemberType, Role
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report import (
    as_json,
    describe,
    make_report,
    outcomes,
)
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    snapshot,
    user,
)

DIRECTORY = snapshot([user("ann"), user("bob")], [group("staff", "ann", "bob")])
CURRENT = organization(
    [
        member("bob", None),
        member("cleo"),
        member("dora", status=MemberStatus.REVOKED),
        member("olga", type=MemberType.OWNER),
    ],
    [organization_group("crew")],
)
PLAN = make_plan(DIRECTORY, CURRENT, Policy())


def report_of(results: Sequence[Result], directory: Snapshot = DIRECTORY, **further: Any) -> dict[str, Any]:
    report = make_report(
        PLAN,
        results,
        directory,
        organization="organization.1",
        current=CURRENT,
        check_mode=False,
        started="2026-03-01T12:00:00Z",
        finished="2026-03-01T12:00:09Z",
        **further,
    )
    read = json.loads(as_json(report))
    assert read == report
    assert isinstance(read, dict)
    return read


def test_every_action_and_every_refusal_is_a_record_once() -> None:
    results = [Result(action, "done") for action in PLAN.actions[:-1]] + [Result(PLAN.actions[-1], "failed", "no")]
    report = report_of(results)
    assert [(record["action"], record["key"], record["outcome"]) for record in report["records"]] == [
        ("link_member", "bob@example.org", "done"),
        ("invite_member", "ann@example.org", "done"),
        ("create_group", "staff", "done"),
        ("set_group_members", "staff", "done"),
        ("revoke_member", "cleo@example.org", "failed"),
        ("none", "olga@example.org", "refused"),
    ]
    assert report["outcomes"] == {"planned": 0, "done": 4, "failed": 1, "refused": 1}
    assert (report["counts"]["refused"], report["counts"]["invite_member"]) == (1, 1)


def test_records_say_what_and_why() -> None:
    records = {
        record["key"]: record for record in report_of([Result(PLAN.actions[-1], "failed", "It broke.")])["records"]
    }
    assert records["cleo@example.org"] == {
        "action": "revoke_member",
        "key": "cleo@example.org",
        "reason": "absent_from_directory",
        "external_id": "id-cleo",
        "id": "m-cleo",
        "outcome": "failed",
        "message": "It broke.",
    }
    assert records["olga@example.org"]["reason"] == "owner_protected"
    assert "owners are never touched" in records["olga@example.org"]["message"]


def test_without_results_everything_is_planned() -> None:
    report = report_of((), guard=["too many"])
    assert {record["outcome"] for record in report["records"]} == {"planned", "refused"}
    assert report["outcomes"]["planned"] == len(PLAN.actions)
    assert report["guard"] == ["too many"]


def test_the_report_identifies_the_run() -> None:
    report = report_of(())
    assert (report["format"], report["version"]) == ("dirsync.bitwarden/report", 1)
    assert report["generator"] == f"dirsync.bitwarden {VERSION}"
    assert (report["organization"], report["digest"]) == ("organization.1", PLAN.digest)
    assert (report["started"], report["finished"]) == ("2026-03-01T12:00:00Z", "2026-03-01T12:00:09Z")
    assert report["current"] == {"members": {"confirmed": 3, "revoked": 1}, "groups": 1}


def test_the_report_tells_what_was_read() -> None:
    directory = Snapshot(
        users=DIRECTORY.users,
        groups=DIRECTORY.groups,
        sources=(SourceSummary("hr", "ldap", "ldaps://ldap.example.org", "2026-03-01T11:59:00Z", 2, 1, {"calls": 3}),),
        warnings=(RecordWarning("email_missing", "id-x", "there is none", "hr"),),
        created="2026-03-01T12:00:00Z",
    )
    assert report_of((), directory)["snapshot"] == {
        "created": "2026-03-01T12:00:00Z",
        "counts": directory.counts(),
        "sources": [{"name": "hr", "type": "ldap", "server": "ldaps://ldap.example.org"}],
        "warnings": [{"code": "email_missing", "record": "id-x", "message": "there is none", "source": "hr"}],
    }


def test_outcomes_name_every_way_to_end() -> None:
    assert outcomes(PLAN, ()) == {"planned": 0, "done": 0, "failed": 0, "refused": 1}


def test_an_action_is_described_by_what_it_has() -> None:
    assert describe(Action(Kind.CREATE_GROUP, "staff", "new_group", "id-staff")) == {
        "action": "create_group",
        "key": "staff",
        "reason": "new_group",
        "external_id": "id-staff",
    }
    full = Action(
        Kind.SET_GROUP_MEMBERS, "staff", "membership", "id-staff", "g1", "old", "new", ("a@x.org",), ("b@x.org",)
    )
    assert list(describe(full).values()) == [
        "set_group_members",
        "staff",
        "membership",
        "id-staff",
        "g1",
        "old",
        "new",
        ["a@x.org"],
        ["b@x.org"],
    ]


def test_a_role_is_described_with_its_permissions() -> None:
    helpdesk = Role(MemberType.CUSTOM, frozenset({"manage_users", "manage_sso"}))
    action = Action(Kind.PROMOTE_MEMBER, "ann@x.org", "group_role", "1", "m1", role=helpdesk, previous_role=Role())
    described = describe(action)
    assert (described["role"], described["permissions"]) == ("custom", ["manage_sso", "manage_users"])
    assert (described["previous_role"], "previous_permissions" in described) == ("user", False)
