# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each guard stops a plan, where it does not, what it says, and what overrides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import GuardError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Collection,
    MemberStatus,
    MemberType,
    Organization,
    Role,
    Seats,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.accesses import AccessEntry, WantedAccess
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.guards import (
    NAMED_RECORDS,
    Trip,
    check_guards,
    find_trips,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Guards, Limit, Policy, policy_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import RoleEntry
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    snapshot,
    user,
)

PEOPLE = [f"p{number:03}" for number in range(100)]
OFF = replace(Guards(), **{limit.name: Limit() for limit in fields(Guards) if limit.name != "exempt"})


NOTHING_APPLIED: Mapping[str, int] = MappingProxyType({})


def trips_of(
    directory: Snapshot, current: Organization, accepted: Mapping[str, int] = NOTHING_APPLIED, /, **policy: Any
) -> dict[str, str]:
    """Return the messages of the guards that stop the plan, by the name of the guard."""
    settings = Policy(**policy)
    plan = make_plan(directory, current, settings)
    return {trip.guard: str(trip) for trip in find_trips(plan, directory, current, settings, accepted)}


def only(guard: str, limit: Limit) -> Guards:
    """Return guards of which just this one is on."""
    return replace(OFF, **{guard: limit}, exempt=0)


def members_but(number: int) -> Snapshot:
    """Return a directory that lacks this many of the hundred members."""
    return snapshot([user(name) for name in PEOPLE[number:]])


HUNDRED_MEMBERS = organization([member(name) for name in PEOPLE])
HUNDRED_GROUPS = organization([member("ann")], [organization_group(name) for name in PEOPLE])


def groups_but(number: int) -> Snapshot:
    return snapshot([user("ann")], [group(name) for name in PEOPLE[number:]])


def newcomers(number: int) -> Snapshot:
    return snapshot([user(name) for name in PEOPLE] + [user(f"new{index}") for index in range(number)])


def staff_but(number: int) -> tuple[Snapshot, Organization]:
    """Return a directory and an organization with one group of a hundred, which this many have to leave."""
    directory = snapshot([user(name) for name in PEOPLE], [group("staff", *PEOPLE[number:])])
    return directory, organization(HUNDRED_MEMBERS.members, [organization_group("staff")], staff=PEOPLE)


@pytest.mark.parametrize(
    "limit", [Limit(count=10), Limit(percent=10), Limit(count=90, percent=10), Limit(count=10, percent=90)]
)
@pytest.mark.parametrize("beyond", [False, True])
def test_each_limit_holds_by_count_and_by_percent(limit: Limit, beyond: bool) -> None:
    number = 11 if beyond else 10

    def tripped(guard: str, directory: Snapshot, current: Organization, **policy: Any) -> bool:
        trips = trips_of(directory, current, guards=only(guard, limit), **policy)
        assert trips.keys() <= {guard}
        return bool(trips)

    assert tripped("removals", members_but(number), HUNDRED_MEMBERS, absent="remove") == beyond
    assert tripped("revocations", members_but(number), HUNDRED_MEMBERS) == beyond
    assert tripped("group_deletions", groups_but(number), HUNDRED_GROUPS, absent_groups="remove") == beyond
    assert tripped("invitations", newcomers(number), HUNDRED_MEMBERS) == beyond
    assert tripped("group_leavers", *staff_but(number)) == beyond


def test_a_percentage_is_exceeded_by_the_smallest_fraction() -> None:
    names = [f"m{number:03}" for number in range(109)]
    current = organization([member(name) for name in names])
    directory = snapshot([user(name) for name in names[11:]])
    assert list(trips_of(directory, current, guards=only("revocations", Limit(percent=10)))) == ["revocations"]


def test_a_limit_of_nothing_limits_nothing() -> None:
    assert trips_of(snapshot([user("ann")]), HUNDRED_MEMBERS, guards=OFF) == {}


def test_a_limit_of_zero_forbids() -> None:
    assert trips_of(members_but(1), HUNDRED_MEMBERS, guards=only("revocations", Limit(count=0))).keys() == {
        "revocations"
    }


def test_by_default_a_fifth_may_be_revoked_and_a_tenth_removed() -> None:
    assert trips_of(members_but(20), HUNDRED_MEMBERS) == {}
    assert trips_of(members_but(21), HUNDRED_MEMBERS).keys() == {"revocations"}
    assert trips_of(members_but(10), HUNDRED_MEMBERS, absent="remove") == {}
    assert trips_of(members_but(11), HUNDRED_MEMBERS, absent="remove").keys() == {"removals"}


def test_a_few_records_are_exempt_from_percentages_but_not_from_counts() -> None:
    few = organization([member(name) for name in PEOPLE[:8]])
    directory = snapshot([user(name) for name in PEOPLE[5:8]])
    assert trips_of(directory, few) == {}
    assert trips_of(directory, few, guards=Guards(exempt=4)).keys() == {"revocations"}
    assert trips_of(directory, few, guards=Guards(revocations=Limit(count=4))).keys() == {"revocations"}


def test_percentages_relate_to_the_owner_scope_and_to_those_with_access() -> None:
    strangers = [member(f"s{index}", None) for index in range(100)]
    revoked = [member(f"r{index}", status=MemberStatus.REVOKED) for index in range(100)]
    current = organization([*HUNDRED_MEMBERS.members, *strangers, *revoked])
    message = trips_of(members_but(21), current)["revocations"]
    assert message.startswith("21 of 100 members would be revoked, the guard allows 20 percent: p000@example.org, ")


def test_each_group_is_guarded_by_itself() -> None:
    names = PEOPLE[:40]
    groups = [organization_group("one"), organization_group("two")]
    current = organization([member(name) for name in names], groups, one=names[:20], two=names[20:])
    users = [user(name) for name in names]
    mild = snapshot(users, [group("one", *names[10:20]), group("two", *names[30:])])
    harsh = snapshot(users, [group("one", *names[11:20]), group("two", *names[20:])])
    assert trips_of(mild, current) == {}
    assert trips_of(harsh, current)["group_leavers"].startswith("11 of 20 members would leave the group one, ")


@pytest.mark.parametrize("users", [[], [user("ann", "disabled"), user("bob", "deleted")]], ids=["nobody", "no active"])
@pytest.mark.parametrize("policy", [Policy(), Policy(absent="ignore", guards=OFF)], ids=["default", "lax"])
def test_a_snapshot_without_active_users_is_refused_always(users: list[Any], policy: Policy) -> None:
    directory, current = snapshot(users), organization([member("ann", None)])
    trips = find_trips(make_plan(directory, current, policy), directory, current, policy, {})
    assert [str(trip) for trip in trips] == ["the snapshot holds no active user"]


def test_a_snapshot_without_groups_deletes_none() -> None:
    directory = snapshot([user("ann")])
    current = organization([member("ann")], [organization_group("staff")])
    assert trips_of(directory, current, absent_groups="remove").keys() == {"empty_snapshot"}
    assert trips_of(directory, current, absent_groups="ignore") == {}


@pytest.mark.parametrize(
    ("what", "words"), [("active", "70 active users"), ("groups", "20 groups"), ("memberships", "70 memberships")]
)
@pytest.mark.parametrize("beyond", [False, True])
def test_a_snapshot_that_shrank_since_the_last_applied_one_is_refused(what: str, words: str, beyond: bool) -> None:
    directory = snapshot(
        [user(name) for name in PEOPLE[:70]],
        [group("staff", *PEOPLE[:70]), *[group(f"g{index}") for index in range(19)]],
    )
    now = directory.counts()[what]
    accepted = {**directory.counts(), what: now * 10 // 7 + beyond}
    trips = trips_of(directory, organization(), accepted, guards=only("shrink", Limit(percent=30)))
    assert trips.keys() == ({"shrink"} if beyond else set())
    assert all(words in message for message in trips.values())


def test_without_memory_nothing_shrinks() -> None:
    assert trips_of(snapshot([user("ann")]), organization(), {}) == {}


def test_a_directory_that_grows_is_no_concern() -> None:
    assert trips_of(snapshot([user(name) for name in PEOPLE]), organization(), {"active": 1}) == {}


def test_a_message_names_no_more_records_than_anybody_reads() -> None:
    records = tuple(f"r{index}" for index in range(NAMED_RECORDS + 3))
    assert str(Trip("removals", "too many", records[:2])) == "too many: r0, r1"
    assert str(Trip("removals", "too many", records[:NAMED_RECORDS])).endswith(f", r{NAMED_RECORDS - 1}")
    assert str(Trip("removals", "too many", records)).endswith(f", r{NAMED_RECORDS - 1} and 3 more")
    assert str(Trip("empty_snapshot", "it is empty")) == "it is empty"


def test_the_error_says_what_was_stopped_and_how_to_go_on() -> None:
    directory = members_but(21)
    plan = make_plan(directory, HUNDRED_MEMBERS, Policy())
    with pytest.raises(GuardError, match="nothing was written: 21 of 100 members would be revoked") as caught:
        check_guards(plan, directory, HUNDRED_MEMBERS, Policy(), {})
    assert f"approve: ['{plan.digest}']" in str(caught.value)
    assert [trip.split(",")[0] for trip in caught.value.trips] == ["21 of 100 members would be revoked"]


def test_the_digest_approves_that_plan_and_no_other() -> None:
    directory = members_but(30)
    plan = make_plan(directory, HUNDRED_MEMBERS, Policy())
    check_guards(plan, directory, HUNDRED_MEMBERS, Policy(), {}, approved=["sha256:other", plan.digest])
    larger = members_but(31)
    with pytest.raises(GuardError):
        check_guards(
            make_plan(larger, HUNDRED_MEMBERS, Policy()),
            larger,
            HUNDRED_MEMBERS,
            Policy(),
            {},
            approved=[plan.digest],
        )


def test_a_plan_within_its_guards_passes() -> None:
    directory = members_but(3)
    check_guards(make_plan(directory, HUNDRED_MEMBERS, Policy()), directory, HUNDRED_MEMBERS, Policy(), {})


def test_beside_an_approved_plan_not_even_a_harmless_one_passes() -> None:
    directory = members_but(3)
    plan = make_plan(directory, HUNDRED_MEMBERS, Policy())
    with pytest.raises(GuardError, match=f"{plan.digest}.* is not the one that was approved"):
        check_guards(plan, directory, HUNDRED_MEMBERS, Policy(), {}, approved=["sha256:other"])


def test_where_nothing_is_left_to_do_an_old_approval_does_no_harm() -> None:
    directory = members_but(0)
    plan = make_plan(directory, HUNDRED_MEMBERS, Policy())
    check_guards(plan, directory, HUNDRED_MEMBERS, Policy(), {}, approved=["sha256:other"])


@pytest.mark.parametrize(
    ("seats", "allowed", "message"),
    [
        (Seats(3, 10), False, "2 seats are needed, and 1 of 3 are free"),
        (Seats(2, None), False, "2 seats are needed, and 0 of 2 are free"),
        (Seats(4, 4), False, None),
        (Seats(None, None), False, None),
        (None, False, None),
        (Seats(3, 10), True, None),
    ],
)
def test_seats_are_not_bought_unasked(seats: Seats | None, allowed: bool, message: str | None) -> None:
    directory = snapshot([user("ann"), user("bob"), user("cy")])
    current = organization([member("ann"), member("bob", status=MemberStatus.REVOKED), member("eve", external_id=None)])
    policy = Policy(allow_seat_purchase=allowed)
    plan = make_plan(directory, current, policy)
    trips = {trip.guard: str(trip) for trip in find_trips(plan, directory, current, policy, {}, seats)}
    assert ("seats" in trips) == (message is not None)
    if message:
        assert trips["seats"].startswith(message)
        assert trips["seats"].endswith("bob@example.org, cy@example.org")


@pytest.mark.parametrize(("number", "stopped"), [(5, False), (6, True)])
def test_memberships_that_vanished_altogether_stop_the_plan(number: int, stopped: bool) -> None:
    names = PEOPLE[:number]
    teams = [f"team-{name}" for name in names]
    current = organization(
        [member(name) for name in names],
        [organization_group(team) for team in teams],
        **{team: [name] for team, name in zip(teams, names, strict=True)},
    )
    directory = snapshot([user(name) for name in names], [group(team) for team in teams])
    assert ("empty_snapshot" in trips_of(directory, current)) is stopped


def test_a_replaced_invitation_counts_as_one() -> None:
    current = organization([member("ann", status=MemberStatus.INVITED)])
    directory = snapshot([user("ann", email="anne")])
    guards = only("invitations", Limit(count=0))
    assert trips_of(directory, current, guards=guards)["invitations"].endswith("ann@example.org")


def staff_of_admins(admins: int, *, others: int = 0, policy: Guards = OFF, members: bool = True) -> dict[str, str]:
    """Return the trips where this many of a hundred are in the group of administrators, and ``others`` were before."""
    names = PEOPLE[:admins] if members else []
    former = [member(name, type=MemberType.ADMIN) for name in PEOPLE[:others]]
    current = organization([*former, *(member(name) for name in PEOPLE[others:])])
    directory = snapshot([user(name) for name in PEOPLE], [group("admins", *names)])
    entry = RoleEntry("admins", Role(MemberType.ADMIN))
    return trips_of(directory, current, roles=(entry,), other_roles="user", guards=policy)


@pytest.mark.parametrize(("number", "stopped"), [(20, False), (21, True)])
def test_by_default_a_fifth_may_be_promoted(number: int, stopped: bool) -> None:
    trips = staff_of_admins(number, policy=Guards())
    assert ("promotions" in trips) is stopped
    if stopped:
        assert trips["promotions"].startswith("21 of 100 members would get a higher role, the guard allows 20 percent")


def test_promotions_relate_to_the_members_there_will_be() -> None:
    names = [f"new{number}" for number in range(20)]
    directory = snapshot([user(name) for name in [*PEOPLE, *names]], [group("admins", PEOPLE[0], *names)])
    policy = {"roles": (RoleEntry("admins", Role(MemberType.ADMIN)),)}
    assert trips_of(directory, HUNDRED_MEMBERS, guards=only("promotions", Limit(percent=20)), **policy) == {}


def test_invitations_with_a_role_are_promotions() -> None:
    directory = snapshot([user(name) for name in PEOPLE], [group("admins", *PEOPLE[:21])])
    roles = (RoleEntry("admins", Role(MemberType.ADMIN)),)
    assert list(trips_of(directory, organization(), roles=roles)) == ["promotions"]


@pytest.mark.parametrize(
    ("before", "after", "stopped"), [(10, 7, False), (10, 6, True), (3, 2, False), (3, 1, True), (1, 0, False)]
)
def test_by_default_three_of_ten_may_be_demoted_and_one_always(before: int, after: int, stopped: bool) -> None:
    directory = snapshot([user(name) for name in PEOPLE], [group("admins", *PEOPLE[:after], "somebody-else")])
    current = organization(
        [member(name, type=MemberType.ADMIN if name in PEOPLE[:before] else MemberType.USER) for name in PEOPLE]
    )
    roles = (RoleEntry("admins", Role(MemberType.ADMIN)),)
    assert ("demotions" in trips_of(directory, current, roles=roles, other_roles="user")) is stopped


@pytest.mark.parametrize(
    ("admins_before", "admins_after", "stopping"),
    [(40, 40, []), (40, 0, ["demotions"]), (0, 40, ["promotions"])],
)
def test_a_replaced_invitation_counts_for_what_changes_of_its_role(
    admins_before: int, admins_after: int, stopping: list[str]
) -> None:
    invited = [
        member(name, status=MemberStatus.INVITED, type=MemberType.ADMIN if number < admins_before else MemberType.USER)
        for number, name in enumerate(PEOPLE)
    ]
    directory = snapshot(
        [user(name, email=f"new-{name}") for name in PEOPLE],
        [group("admins", *PEOPLE[:admins_after], "somebody-else")],
    )
    roles = (RoleEntry("admins", Role(MemberType.ADMIN)),)
    assert list(trips_of(directory, organization(invited), roles=roles, other_roles="user")) == stopping


def test_a_group_that_lost_everybody_stops_the_plan() -> None:
    trips = staff_of_admins(0, others=1)
    assert trips["demotions"] == f"the group admins holds nobody, and all would lose its role: {PEOPLE[0]}@example.org"


def test_a_share_is_one_of_what_is_not_excluded() -> None:
    directory = snapshot([user("left"), *(user(name) for name in PEOPLE)])
    current = organization([*(member(f"mine{number}") for number in range(10)), *HUNDRED_MEMBERS.members])
    exclude = policy_from({"exclude": {"emails": ["p*"], "groups": ["p*"]}}).exclude
    assert trips_of(directory, current, exclude=exclude) == {
        "revocations": "10 of 10 members would be revoked, the guard allows 20 percent: "
        + ", ".join(sorted(f"mine{number}@example.org" for number in range(10)))
    }
    groups = organization(
        [member("left")], [*HUNDRED_GROUPS.groups, *(organization_group(f"mine{number}") for number in range(10))]
    )
    assert trips_of(groups_but(0), groups, exclude=exclude, absent_groups="remove").keys() == {
        "empty_snapshot",
        "group_deletions",
    }


def test_excluded_users_do_not_make_up_for_an_empty_snapshot() -> None:
    exclude = policy_from({"exclude": {"emails": ["p*"]}}).exclude
    assert trips_of(snapshot([user("p1")]), organization([member("ann")]), exclude=exclude).keys() == {"empty_snapshot"}


def test_excluded_members_occupy_their_seats() -> None:
    exclude = policy_from({"exclude": {"emails": ["p*"]}}).exclude
    policy = Policy(exclude=exclude)
    directory = snapshot([user("ann")])
    plan = make_plan(directory, HUNDRED_MEMBERS, policy)
    trips = find_trips(plan, directory, HUNDRED_MEMBERS, policy, {}, Seats(100, None))
    assert [trip.guard for trip in trips] == ["seats"]


@pytest.mark.parametrize("protected", [{"emails": ["p*"]}, {"groups": ["safe"]}])
def test_a_share_is_one_of_those_who_are_not_protected(protected: dict[str, list[str]]) -> None:
    mine = [member(f"mine{number}", type=MemberType.ADMIN) for number in range(10)]
    safe = [member(name, type=MemberType.ADMIN) for name in PEOPLE]
    current = organization([*mine, *safe], [organization_group("safe")], safe=PEOPLE)
    policy = policy_from({"other_roles": "user", "protected": protected})
    names = [f"mine{number}" for number in range(10)]

    def tripped(directory: Snapshot, settings: Policy) -> list[str]:
        plan = make_plan(directory, current, settings, parts={"members"})
        return [str(trip).partition(",")[0] for trip in find_trips(plan, directory, current, settings, {})]

    people = [user(name) for name in PEOPLE]
    assert tripped(snapshot(people), policy) == ["10 of 10 members would be revoked"]
    assert tripped(snapshot(people), replace(policy, absent="remove")) == ["10 of 10 members would be removed"]
    everybody = snapshot([*people, *(user(name) for name in names)])
    assert tripped(everybody, policy) == ["10 of 10 members with a role would lose it or a part of it"]


FULL, VIEW, HIDDEN, MANAGED = (
    Association("c1"),
    Association("c1", read_only=True),
    Association("c1", hide_passwords=True),
    Association("c1", manage=True),
)


@pytest.mark.parametrize(
    ("wanted", "exclusive", "loses"),
    [
        (WantedAccess("c1"), False, False),
        (WantedAccess("c1", manage=True), False, False),
        (WantedAccess("c1", read_only=True), False, True),
        (WantedAccess("c1", hide_passwords=True), False, True),
        (WantedAccess("c2"), False, False),
        (WantedAccess("c2"), True, True),
    ],
)
@pytest.mark.parametrize(("number", "beyond"), [(20, False), (21, True)])
def test_groups_that_lose_access_to_collections_are_limited(
    wanted: WantedAccess, exclusive: bool, loses: bool, number: int, beyond: bool
) -> None:
    groups = [replace(organization_group(name), collections=(FULL,)) for name in PEOPLE]
    current = replace(organization([member("ann")], groups), collections=(Collection("c1"), Collection("c2")))
    entries = tuple(AccessEntry(name, (wanted,), exclusive) for name in PEOPLE[:number])
    trips = trips_of(groups_but(0), current, group_collections=entries)
    assert list(trips) == (["collection_withdrawals"] if loses and beyond else [])
    if trips:
        message = "21 of 100 groups would lose access to collections, the guard allows 20 percent: p000, p001, "
        assert trips["collection_withdrawals"].startswith(message)


def test_an_access_exceeds_another_in_any_respect() -> None:
    exceeding = {(a, b) for a in (FULL, VIEW, HIDDEN, MANAGED) for b in (FULL, VIEW, HIDDEN, MANAGED) if a.exceeds(b)}
    assert exceeding == {
        *((MANAGED, other) for other in (FULL, VIEW, HIDDEN)),
        *((FULL, other) for other in (VIEW, HIDDEN)),
        (VIEW, HIDDEN),
        (HIDDEN, VIEW),
    }
