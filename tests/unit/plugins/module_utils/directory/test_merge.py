# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several sources in one snapshot: who wins, who stays, what is reported."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.contribution import (
    Contribution,
    SourceIdentity,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.merge import merge
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    Group,
    RecordWarning,
    Snapshot,
    User,
    UserStatus,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = "2026-03-01T12:00:00Z"
STATUSES: tuple[UserStatus, ...] = ("active", "disabled", "deleted")


def source(
    name: str, users: Sequence[User] = (), groups: Sequence[Group] = (), *, lists_users: bool = True
) -> Contribution:
    return Contribution(SourceIdentity(name, "file", NOW), users, groups, lists_users=lists_users)


def user(external_id: str, email: str | None, status: UserStatus = "active", origin: str = "hr") -> User:
    return User(external_id, email, None, status, origin)


def emails(snapshot: Snapshot) -> dict[str, str | None]:
    return {person.external_id: person.email for person in snapshot.users}


def codes(snapshot: Snapshot) -> list[tuple[str, str]]:
    return [(warning.code, warning.record) for warning in snapshot.warnings]


def test_sources_are_joined_sorted_and_counted() -> None:
    first = source("hr", [user("b", "b@x.org"), user("d", "d@x.org")], [Group("g2", "Two", "hr", ("b",))])
    second = source("lab", [user("c", "c@x.org", origin="lab")], [Group("g1", "One", "lab", ("c",))])
    snapshot = merge([first, second], NOW)
    assert list(emails(snapshot)) == ["b", "c", "d"]
    assert [group.external_id for group in snapshot.groups] == ["g1", "g2"]
    assert [(summary.name, summary.users, summary.groups) for summary in snapshot.sources] == [
        ("hr", 2, 1),
        ("lab", 1, 1),
    ]
    assert snapshot.created == NOW
    assert codes(snapshot) == []


@pytest.mark.parametrize(
    ("first", "second", "owner", "reported"),
    [
        (user("b", "x@x.org"), user("a", "x@x.org"), "b", "a"),
        (user("a", "x@x.org", "disabled"), user("b", "x@x.org"), "b", "a"),
        (user("a", "x@x.org"), user("b", "x@x.org", "disabled"), "a", "b"),
        (user("a", "x@x.org", "deleted"), user("b", "x@x.org"), "b", None),
        (user("a", "x@x.org"), user("b", "x@x.org", "deleted"), "a", None),
        (user("a", "x@x.org", "deleted"), user("b", "x@x.org", "disabled"), "b", None),
        (user("a", "x@x.org", "deleted"), user("b", "x@x.org", "deleted"), "a", None),
    ],
)
@pytest.mark.parametrize("together", [False, True])
def test_an_email_goes_to_the_best_claim_and_nobody_gets_lost(
    first: User, second: User, owner: str, reported: str | None, together: bool
) -> None:
    sources = [source("hr", [first, second])] if together else [source("hr", [first]), source("lab", [second])]
    snapshot = merge(sources, NOW)
    assert emails(snapshot) == {"a": None, "b": None} | {owner: "x@x.org"}
    assert {person.external_id: person.status for person in snapshot.users} == {
        first.external_id: first.status,
        second.external_id: second.status,
    }
    assert codes(snapshot) == ([("email_conflict", reported)] if reported else [])


def test_a_conflict_of_three_names_each_loser() -> None:
    snapshot = merge([source("hr", [user(key, "x@x.org") for key in "abc"])], NOW)
    assert emails(snapshot) == {"a": "x@x.org", "b": None, "c": None}
    assert codes(snapshot) == [("email_conflict", "b"), ("email_conflict", "c")]


def test_one_person_in_two_sources_is_one_user() -> None:
    first, second = user("a", "a@x.org"), user("a", "a@x.org", origin="lab")
    snapshot = merge([source("hr", [first]), source("lab", [second])], NOW)
    assert snapshot.users == (first,)
    assert codes(snapshot) == []


def test_one_id_with_different_emails_is_a_conflict() -> None:
    first, second = user("a", "a@x.org", "disabled"), user("a", "b@x.org", origin="lab")
    snapshot = merge([source("hr", [first]), source("lab", [second])], NOW)
    assert snapshot.users == (second,)
    assert codes(snapshot) == [("external_id_conflict", "a")]


def test_a_group_in_two_sources_has_the_members_of_both() -> None:
    first = source("hr", [user("b", "b@x.org")], [Group("g", "G", "hr", ("b",))])
    second = source("lab", [user("a", "a@x.org", origin="lab")], [Group("g", "G", "lab", ("a",))])
    assert merge([first, second], NOW).groups == (Group("g", "G", "hr", ("a", "b")),)


def test_one_group_id_with_different_names_is_a_conflict() -> None:
    first = source("hr", [user("b", "b@x.org")], [Group("g", "G", "hr", ("b",))])
    second = source("lab", [user("a", "a@x.org")], [Group("g", "Other", "lab", ("a",))])
    snapshot = merge([first, second], NOW)
    assert snapshot.groups == (Group("g", "G", "hr", ("b",)),)
    assert codes(snapshot) == [("external_id_conflict", "g")]


def test_groups_of_the_same_name_stay_and_are_reported() -> None:
    groups = [Group("g", "G", "hr", ()), Group("h", "G", "hr", ())]
    snapshot = merge([source("hr", [user("a", "a@x.org")], groups)], NOW, "fail")
    assert len(snapshot.groups) == 2
    assert codes(snapshot) == [("group_name_shared", "h")]


def test_a_source_without_listed_users_only_explains_memberships() -> None:
    first = source("hr", [user("a", "a@x.org")])
    second = source("lab", [user("a", None), user("b", None)], [Group("g", "G", "lab", ("a", "b"))], lists_users=False)
    snapshot = merge([first, second], NOW)
    assert list(emails(snapshot)) == ["a"]
    assert snapshot.groups[0].members == ("a",)


def test_conflicts_are_an_error_when_asked_for() -> None:
    people = [user(f"u{number:02}", "x@x.org") for number in range(13)]
    with pytest.raises(
        DirectoryError, match=r"contradicts itself in 12 records: u01: x@x\.org belongs to u00.*and 2 more"
    ):
        merge([source("hr", people)], NOW, "fail")


def test_conflicts_within_a_source_count_as_well() -> None:
    warning = RecordWarning("external_id_conflict", "a", "two records", "hr")
    contribution = Contribution(SourceIdentity("hr", "file", NOW), [user("a", "a@x.org")], [], [warning])
    assert codes(merge([contribution], NOW)) == [("external_id_conflict", "a")]
    with pytest.raises(DirectoryError):
        merge([contribution], NOW, "fail")


people = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from([None, "x@x.org", "y@x.org", "z@x.org"]), st.sampled_from(STATUSES)),
)


@given(st.lists(people, max_size=3))
def test_a_snapshot_is_sorted_unique_and_complete(contents: list[dict[str, tuple[str | None, UserStatus]]]) -> None:
    sources = []
    for number, content in enumerate(contents):
        name = f"s{number}"
        users = [user(key, *content[key], name) for key in sorted(content)]
        sources.append(source(name, users, [Group("g", "G", name, tuple(sorted(content)))]))
    snapshot = merge(sources, NOW)
    assert list(emails(snapshot)) == sorted({key for content in contents for key in content})
    addresses = [email for email in emails(snapshot).values() if email]
    assert len(addresses) == len(set(addresses))
    for group in snapshot.groups:
        assert list(group.members) == list(emails(snapshot))
    active = {key for content in contents for key, (_unused, status) in content.items() if status == "active"}
    assert {person.external_id for person in snapshot.users if person.status == "active"} == active
    assert sum(summary.users for summary in snapshot.sources) == len(snapshot.users)
