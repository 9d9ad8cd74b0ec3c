# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What remains of the reading of one source, and what is reported about it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.contribution import (
    Contribution,
    SourceIdentity,
    contribution_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.selection import (
    Matcher,
    Selection,
    UserRules,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    DirectGroup,
    Reading,
    RecordWarning,
    User,
    UserStatus,
)

SOURCE = SourceIdentity("hr", "ldap", "2026-03-01T12:00:00Z")
EVERYBODY = Selection()
ONLY_A = Selection(user_filters=((UserRules(ids=Matcher(frozenset({"a"}))), UserRules()),))


def user(external_id: str, email: str | None = None, status: UserStatus = "active", name: str | None = None) -> User:
    return User(external_id, email, name, status, "hr")


def contribute(
    users: Sequence[User], groups: Sequence[DirectGroup] = (), selection: Selection = EVERYBODY
) -> Contribution:
    return contribution_from(SOURCE, Reading(users, groups), selection)


def codes(contribution: Contribution) -> list[tuple[str, str]]:
    return [(warning.code, warning.record) for warning in contribution.warnings]


def test_users_are_sorted_and_memberships_follow_them() -> None:
    result = contribute(
        [user("c", "c@x.org"), user("a", "a@x.org"), user("b", "b@x.org")],
        [DirectGroup("g", "Group", [0], [1]), DirectGroup("h", "Nested", [2, 1])],
    )
    assert [person.external_id for person in result.users] == ["a", "b", "c"]
    assert [group.members for group in result.groups] == [("a", "b", "c"), ("a", "b")]
    assert codes(result) == []


def test_provenance_and_warnings_of_the_reading_stay() -> None:
    warning = RecordWarning("member_unknown", "cn=x", "is not a user", "hr")
    reading = Reading([user("a", "a@x.org")], [], [warning], "ldap.example.org", {"pages": 2}, {"cookie": "1"})
    result = contribution_from(SOURCE, reading, EVERYBODY)
    assert result.warnings == [warning]
    assert (result.server, result.details, result.state) == ("ldap.example.org", {"pages": 2}, {"cookie": "1"})


def test_members_that_are_not_selected_leave_the_groups() -> None:
    users = [user("a", "a@x.org"), user("b", "b@x.org")]
    result = contribute(users, [DirectGroup("g", "Group", [0, 1])], ONLY_A)
    assert [person.external_id for person in result.users] == ["a"]
    assert result.groups[0].members == ("a",)


def test_groups_that_only_decide_about_users_are_not_listed() -> None:
    rules = UserRules(groups=("Group",))
    selection = Selection(user_filters=((rules, UserRules()),), list_groups=False)
    result = contribute([user("a", "a@x.org"), user("b", "b@x.org")], [DirectGroup("g", "Group", [1])], selection)
    assert [person.external_id for person in result.users] == ["b"]
    assert result.groups == []


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (user("a", None), [("email_missing", "a")]),
        (user("a", "broken"), [("email_invalid", "a")]),
        (user("a", None, "disabled"), [("email_missing", "a")]),
        (user("a", None, "deleted"), []),
        (user("a", "broken", "deleted"), []),
    ],
)
def test_a_user_without_usable_email_stays_and_is_reported(person: User, expected: list[tuple[str, str]]) -> None:
    result = contribute([person])
    assert [(kept.external_id, kept.email, kept.status) for kept in result.users] == [("a", None, person.status)]
    assert codes(result) == expected


def test_only_selected_users_are_reported() -> None:
    assert codes(contribute([user("a", "a@x.org"), user("b", "broken")], selection=ONLY_A)) == []


def test_an_external_id_that_is_too_long_becomes_its_hash() -> None:
    long_id = "x" * 301
    expected = "sha256:" + hashlib.sha256(long_id.encode()).hexdigest()
    result = contribute([user(long_id, "a@x.org")], [DirectGroup(long_id + "y", "Group", [0])])
    assert result.users[0].external_id == expected
    assert result.groups[0].members == (expected,)
    assert result.groups[0].external_id.startswith("sha256:")
    assert [code for code, _unused in codes(result)] == ["external_id_too_long"] * 2


def test_records_without_external_id_are_left_out_and_reported() -> None:
    result = contribute(
        [user("", "ann@x.org"), user("b", "b@x.org")], [DirectGroup("", "Nameless", [0]), DirectGroup("g", "G", [0, 1])]
    )
    assert [person.external_id for person in result.users] == ["b"]
    assert [(group.external_id, group.members) for group in result.groups] == [("g", ("b",))]
    assert codes(result) == [("external_id_missing", "ann@x.org"), ("external_id_missing", "Nameless")]


def test_the_same_record_twice_is_one_user_in_silence() -> None:
    twice = [user("a", "a@x.org"), user("a", "a@x.org")]
    result = contribute(twice, [DirectGroup("g", "G", [0, 1])])
    assert len(result.users) == 1
    assert result.groups[0].members == ("a",)
    assert codes(result) == []


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_records_with_one_id_the_active_one_counts(order: int) -> None:
    records = [user("a", "old@x.org", "disabled"), user("a", "new@x.org")][::order]
    result = contribute(records)
    assert [person.email for person in result.users] == ["new@x.org"]
    assert codes(result) == [("external_id_conflict", "a")]
    assert "new@x.org (active, source hr) and old@x.org (disabled" in result.warnings[0].message


def test_a_group_read_twice_has_all_its_members() -> None:
    users = [user("a", "a@x.org"), user("b", "b@x.org")]
    result = contribute(users, [DirectGroup("g", "G", [0]), DirectGroup("g", "G", [1])])
    assert [group.members for group in result.groups] == [("a", "b")]
    assert codes(result) == []


def test_different_groups_with_one_id_do_not_share_members() -> None:
    users = [user("a", "a@x.org"), user("b", "b@x.org")]
    result = contribute(users, [DirectGroup("g", "G", [0]), DirectGroup("g", "Other", [1])])
    assert [(group.name, group.members) for group in result.groups] == [("G", ("a",))]
    assert codes(result) == [("external_id_conflict", "g")]


@pytest.mark.parametrize(
    ("name", "expected", "code"),
    [("  ", "g", "group_name_missing"), ("x" * 101, "x" * 100, "group_name_too_long"), (" G ", "G", None)],
)
def test_a_group_name_that_bitwarden_refuses_is_made_to_fit(name: str, expected: str, code: str | None) -> None:
    result = contribute([user("a", "a@x.org")], [DirectGroup("g", name, [0])])
    assert [group.name for group in result.groups] == [expected]
    assert codes(result) == ([(code, "g")] if code else [])


def test_no_users_at_all_is_an_error_unless_allowed() -> None:
    with pytest.raises(IncompleteReadError, match="hr returned no users at all"):
        contribute([])
    with pytest.raises(IncompleteReadError, match="has 1 users, but its selection leaves none"):
        contribute([user("b", "b@x.org")], selection=ONLY_A)
    assert contribution_from(SOURCE, Reading([], []), EVERYBODY, allow_empty=True).users == []


def test_a_prefix_begins_all_external_ids_after_the_selection() -> None:
    source = SourceIdentity("hr", "ldap", "2026-03-01T12:00:00Z", "corp:")
    reading = Reading([user("b", "b@x.org"), user("a", "a@x.org")], [DirectGroup("g", "Group", [0, 1])])
    result = contribution_from(source, reading, ONLY_A)
    assert [person.external_id for person in result.users] == ["corp:a"]
    assert [(group.external_id, group.members) for group in result.groups] == [("corp:g", ("corp:a",))]


def test_an_external_id_that_gets_too_long_by_its_prefix_becomes_its_hash() -> None:
    source = SourceIdentity("hr", "ldap", "2026-03-01T12:00:00Z", "corp:")
    long_id = "x" * 298
    reading = Reading([user(long_id, "a@x.org")], [DirectGroup("g", "Group", [0])])
    result = contribution_from(source, reading, EVERYBODY)
    expected = "corp:sha256:" + hashlib.sha256(long_id.encode()).hexdigest()
    assert result.users[0].external_id == expected
    assert result.groups[0].members == (expected,)
