# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered from one run to the next, and what the event log and the state file tell together."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import MemberEvents
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Member, MemberStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import Memory, memory_of, what_to_remember
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.remembered import (
    Reinvitations,
    Remembered,
    Told,
    remembered_as_data,
    remembered_from_data,
)
from ansible_collections.dirsync.bitwarden.tests.support.examples import member, organization, snapshot, user

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
INVITED, REVOKED = MemberStatus.INVITED, MemberStatus.REVOKED
POLICY = Policy(absent="remove", grace_days=30, reinvite_days=7, purge_days=30)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def after(users: list[User], members: list[Member], remembered: Remembered, policy: Policy = POLICY) -> Remembered:
    """Return what is remembered after a run."""
    memory = memory_of(MemberEvents(log_works=True), remembered, NOW)
    current, directory = organization(members), snapshot(users)
    plan = make_plan(directory, current, policy, memory, {"members"})
    return what_to_remember(remembered, memory, plan, directory, current, policy)


def test_the_log_knows_best_who_revoked_a_member_last() -> None:
    events = MemberEvents({"m1": "person", "m2": "api"}, {"m1": ago(1), "m2": ago(2)}, log_works=True)
    memory = memory_of(events, Remembered(revoked=dict.fromkeys(("m1", "m2", "m3"), ago(9))), NOW)
    assert memory.revoked_by == {"m1": "person", "m2": "api", "m3": "api"}
    assert memory.revoked_at == {"m2": ago(2), "m3": ago(9)}


def test_who_was_named_before_counts_where_the_log_tells_nothing_newer() -> None:
    past = Remembered(
        revoked={"m5": ago(9)},
        told={
            "m1": Told("person", ago(1)),
            "m2": Told("policy", ago(1)),
            "m3": Told(None, ago(1)),
            "m6": Told(None, NOW),
        },
    )
    asked = ["m1", "m2", "m3", "m4", "m5"]
    events = MemberEvents({"m1": "api", "m4": "person"}, log_works=True)
    memory = memory_of(events, past, NOW, asked)
    assert memory.revoked_by == {"m1": "api", "m2": "policy", "m4": "person", "m5": "api"}
    assert memory.told == {"m2": Told("policy", NOW), "m3": Told(None, NOW), "m4": Told("person", NOW)}
    assert memory_of(MemberEvents(), past, NOW, asked).told == {"m1": Told("person", NOW), "m2": Told("policy", NOW)}
    assert memory_of(events, past, NOW).told == {}


def test_an_invitation_keeps_the_date_that_was_noted_first() -> None:
    memory = memory_of(MemberEvents(invited_at={"m1": ago(1), "m2": ago(2)}), Remembered(invited={"m1": ago(9)}), NOW)
    assert memory.invited_at == {"m1": ago(9), "m2": ago(2)}


def test_a_revocation_is_remembered_until_it_ends() -> None:
    remembered = after([], [member("ann"), member("bob", status=REVOKED)], Remembered(revoked={"m-bob": ago(9)}))
    assert remembered.revoked == {"m-ann": NOW, "m-bob": ago(9)}
    assert after([user("bob")], [member("bob", status=REVOKED)], remembered).revoked == {}
    assert after([user("bob")], [member("bob")], remembered).revoked == {}
    assert after([], [], remembered).revoked == {}


def test_a_removal_is_remembered_until_a_run_sees_it_done() -> None:
    past = Remembered(revoked={"m-ann": ago(31)})
    assert after([], [member("ann", status=REVOKED)], past) == past


def test_an_invitation_of_unknown_age_is_noted_when_it_is_seen() -> None:
    members = [member("ann", status=INVITED), member("bob", None, status=INVITED), member("cleo", status=INVITED)]
    users = [user("ann"), user("bob"), user("cleo")]
    past = Remembered(invited={"m-ann": ago(6), "m-bob": ago(5)})
    assert after(users, members, past).invited == {"m-ann": ago(6), "m-bob": NOW, "m-cleo": NOW}
    assert after(users, members, past, Policy()).invited == {}
    assert after(users, [member("ann")], past).invited == {}


def test_each_reinvitation_is_counted() -> None:
    members, users = [member("ann", status=INVITED)], [user("ann")]
    policy = Policy(reinvite_days=7, reinvite_times=2)
    once = after(users, members, Remembered(invited={"m-ann": ago(8)}), policy)
    assert once.reinvited == {"m-ann": Reinvitations(1, NOW)}
    assert after(users, members, once, policy) == once
    earlier = Remembered(invited={"m-ann": ago(16)}, reinvited={"m-ann": Reinvitations(1, ago(8))})
    assert after(users, members, earlier, policy).reinvited == {"m-ann": Reinvitations(2, NOW)}
    assert after(users, [member("ann")], once, policy).reinvited == {}


def test_a_withdrawn_invitation_is_remembered_while_the_user_is_in_the_directory_and_no_member() -> None:
    past = Remembered(invited={"m-ann": ago(31)})
    withdrawn = after([user("ann")], [member("ann", status=INVITED)], past)
    assert withdrawn.lapsed == {"id-ann": NOW}
    assert after([user("ann")], [], withdrawn).lapsed == {"id-ann": NOW}
    assert after([user("ann", "disabled")], [], withdrawn).lapsed == {"id-ann": NOW}
    assert after([], [], withdrawn).lapsed == {}
    assert after([user("ann")], [member("ann")], withdrawn).lapsed == {}


def test_a_run_that_died_before_a_withdrawal_leaves_it_to_the_next_one() -> None:
    past = Remembered(invited={"m-ann": ago(31)})
    assert after([user("ann")], [member("ann", status=INVITED)], past).invited == past.invited


def test_memories_survive_as_plain_data() -> None:
    remembered = Remembered(
        revoked={"m1": ago(1)},
        invited={"m2": ago(2)},
        reinvited={"m2": Reinvitations(3, ago(1))},
        lapsed={"id-1": ago(4)},
        told={"m3": Told("person", ago(1)), "m4": Told(None, ago(1))},
    )
    assert remembered_from_data(json.loads(json.dumps(remembered_as_data(remembered)))) == remembered


def test_memories_of_before_the_log_was_remembered_are_read() -> None:
    written = remembered_as_data(Remembered(revoked={"m1": ago(1)}))
    del written["told"]
    assert remembered_from_data(written) == Remembered(revoked={"m1": ago(1)})


@pytest.mark.parametrize(
    "change",
    [
        {"revoked": []},
        {"revoked": {"m1": 5}},
        {"invited": {"m1": "yesterday"}},
        {"reinvited": {"m1": "2026-06-01T12:00:00Z"}},
        {"reinvited": {"m1": {"times": "2", "last": "2026-06-01T12:00:00Z"}}},
        {"reinvited": {"m1": {"times": 2}}},
        {"lapsed": None},
        {"told": []},
        {"told": {"m1": "person"}},
        {"told": {"m1": {"author": "api", "asked": "2026-06-01T12:00:00Z"}}},
        {"told": {"m1": {"author": "person"}}},
    ],
)
def test_memories_that_are_broken_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        remembered_from_data({**remembered_as_data(Remembered()), **change})
    with pytest.raises(ValueError, match="no object"):
        remembered_from_data([])


def test_without_memory_nothing_is_due() -> None:
    assert not Memory().is_past(ago(300), 1)
