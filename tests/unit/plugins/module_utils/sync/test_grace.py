# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Days of grace between the revocation of a member and the removal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import Author
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User, UserStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    MemberStatus,
    MemberType,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.grace import of_doubtful_grace
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.guards import find_trips
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import NOTHING_KNOWN, Memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Guards, Limit, Policy
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    member,
    organization,
    refused,
    snapshot,
    steps,
    user,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
REVOKED = MemberStatus.REVOKED
GRACE = Policy(absent="remove", disabled="remove", deleted="remove", grace_days=30)


def plan_of(users: Iterable[User], members: Iterable[Member], memory: Memory, policy: Policy = GRACE) -> Plan:
    return make_plan(snapshot(users), organization(members), policy, memory, {"members"})


def revoked(days: float, author: Author = "api", name: str = "ann") -> Memory:
    """Return the memory of a revocation so many days ago."""
    return Memory({f"m-{name}": author}, True, revoked_at={f"m-{name}": NOW - timedelta(days=days)}, now=NOW)


@pytest.mark.parametrize("status", ["disabled", "deleted", None])
def test_whoever_is_to_be_removed_is_revoked_first(status: UserStatus | None) -> None:
    users = [user("ann", status)] if status else []
    reason = f"{status}_in_directory" if status else "absent_from_directory"
    assert steps(plan_of(users, [member("ann")], Memory(now=NOW))) == [("revoke_member", "ann", reason)]


@pytest.mark.parametrize("status", ["disabled", "deleted", None])
@pytest.mark.parametrize(("days", "removed"), [(0, False), (29.999, False), (30, True), (300, True)])
def test_the_removal_waits_for_the_days_of_grace(status: UserStatus | None, days: float, removed: bool) -> None:
    users = [user("ann", status)] if status else []
    plan = plan_of(users, [member("ann", status=REVOKED)], revoked(days))
    assert steps(plan) == ([("remove_member", "ann", "grace_is_over")] if removed else [])
    assert refused(plan) == []


def test_without_grace_a_removal_does_not_wait() -> None:
    plan = plan_of([], [member("ann")], Memory(now=NOW), Policy(absent="remove"))
    assert steps(plan) == [("remove_member", "ann", "absent_from_directory")]


def test_nobody_is_removed_where_the_policy_revokes() -> None:
    plan = plan_of([], [member("ann", status=REVOKED)], revoked(300), Policy(grace_days=30))
    assert (steps(plan), refused(plan)) == ([], [])


@pytest.mark.parametrize("author", ["person", "policy"])
def test_a_revocation_by_others_never_starts_the_removal(author: Author) -> None:
    plan = plan_of([], [member("ann", status=REVOKED)], revoked(300, author))
    assert (steps(plan), refused(plan)) == ([], [("ann", "revoked_by_others")])


@pytest.mark.parametrize("memory", [NOTHING_KNOWN, Memory(now=NOW), Memory(log_works=True, now=NOW)])
def test_nobody_is_removed_whose_revocation_is_unknown(memory: Memory) -> None:
    plan = plan_of([], [member("ann", status=REVOKED)], memory)
    assert (steps(plan), refused(plan)) == ([], [("ann", "revocation_unknown")])


def test_a_clock_that_is_behind_removes_nobody() -> None:
    assert steps(plan_of([], [member("ann", status=REVOKED)], revoked(-300))) == []


def test_whoever_comes_back_within_the_days_of_grace_is_restored() -> None:
    plan = plan_of([user("ann")], [member("ann", status=REVOKED)], revoked(29))
    assert steps(plan) == [("restore_member", "ann", "active_again")]


def test_owners_have_nothing_to_fear_from_the_end_of_grace() -> None:
    plan = plan_of([], [member("ann", status=REVOKED, type=MemberType.OWNER)], revoked(300))
    assert steps(plan) == []


def test_removals_after_grace_count_for_the_guard() -> None:
    members = organization([member("ann", status=REVOKED), member("bob")])
    policy = Policy(absent="remove", grace_days=30, guards=Guards(removals=Limit(count=0)))
    directory = snapshot([user("bob")])
    plan = make_plan(directory, members, policy, revoked(31), {"members"})
    assert [trip.guard for trip in find_trips(plan, directory, members, policy, {})] == ["removals"]


def test_the_digest_does_not_depend_on_the_clock() -> None:
    plans = [plan_of([], [member("ann", status=REVOKED)], revoked(days)) for days in (31, 300)]
    assert plans[0].digest == plans[1].digest


def test_the_log_is_asked_only_about_members_whose_grace_may_be_over() -> None:
    members = [
        member("ann", status=REVOKED),
        member("bob", status=REVOKED),
        member("cleo", status=REVOKED),
        member("dora"),
        member("eve", status=REVOKED, type=MemberType.OWNER),
        member("fay", None, status=REVOKED),
        member("gus", status=REVOKED),
    ]
    users = [user("cleo")]
    known = Memory(
        revoked_at={"m-bob": NOW - timedelta(days=29), "m-gus": NOW - timedelta(days=31)},
        now=NOW,
    )
    asked = [found.id for found in of_doubtful_grace(users, members, GRACE, known)]
    assert asked == ["m-ann", "m-gus"]
    assert of_doubtful_grace(users, members, Policy(grace_days=30), known) == ()
    assert of_doubtful_grace(users, members, Policy(absent="remove"), known) == ()
