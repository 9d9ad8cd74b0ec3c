# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which users and groups of a source count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.membership import Listing, flatten
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.selection import (
    Selection,
    select,
    selection_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import DirectGroup, Reading, User
from hypothesis import given
from hypothesis import strategies as st

READING = Reading(
    users=[
        User("ID-1", "ann@example.org", "Ann Lee", "active", "hr"),
        User("id-2", "bob@example.com", "Bob", "active", "hr"),
        User("id-3", None, None, "active", "hr"),
        User("id-4", "dan@example.org", "Dan", "disabled", "hr"),
        User("id-5", None, "Eve", "deleted", "hr"),
    ],
    groups=[
        DirectGroup("g-1", "Engineering", [0], [1]),
        DirectGroup("g-2", "Interns", [1, 2], []),
        DirectGroup("g-3", "Sales", [3], []),
    ],
)


def selection(
    users: dict[str, Any] | None = None, groups: dict[str, Any] | None = None, kind: str = "ldap"
) -> Selection:
    return selection_from(kind, "hr", {"read": True, **(users or {})}, {"read": True, **(groups or {})})


def selected(chosen: Selection) -> tuple[str, str]:
    """Return the numbers of the selected users and groups, for instance ``("123", "12")``."""
    outcome = select(chosen, READING, flatten(READING))
    users = Listing(READING.users).of(outcome.users)
    return (
        "".join(user.external_id[-1] for user in users),
        "".join(READING.groups[position].external_id[-1] for position in outcome.groups),
    )


def users_of(users: dict[str, Any], kind: str = "ldap") -> str:
    return selected(selection(users, kind=kind))[0]


def test_nothing_selected_means_everything() -> None:
    assert selected(selection()) == ("12345", "123")
    assert selected(selection({"include": {"ids": []}, "exclude": None}, {"include": {}})) == ("12345", "123")


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ({"ids": ["id-1", "ID-2"]}, "12"),
        ({"emails": ["ANN@example.org"]}, "135"),
        ({"emails": ["*@example.org"]}, "1345"),
        ({"emails": ["b?b@*"]}, "235"),
        ({"names": ["ann*"]}, "13"),
        ({"names": ["ann"]}, "3"),
        ({"email_regex": [r"@example\.(com|net)$"]}, "235"),
        ({"name_regex": ["^[AB]"]}, "123"),
        ({"name_regex": ["^a"]}, "3"),
        ({"groups": ["interns"]}, "235"),
        ({"groups": ["G-1"]}, "1235"),
        ({"groups": ["eng*"]}, "1235"),
        ({"groups": ["sales"], "ids": ["id-1"]}, "145"),
    ],
)
def test_include_keeps_whoever_fits_an_entry_or_cannot_be_judged(include: dict[str, Any], expected: str) -> None:
    assert users_of({"include": include}) == expected


@pytest.mark.parametrize(
    ("exclude", "expected"),
    [
        ({"ids": ["id-1"]}, "2345"),
        ({"emails": ["*@example.org"]}, "235"),
        ({"names": ["*"]}, "3"),
        ({"name_regex": ["e$"]}, "234"),
        ({"groups": ["Engineering"]}, "45"),
    ],
)
def test_exclude_drops_whoever_fits_an_entry(exclude: dict[str, Any], expected: str) -> None:
    assert users_of({"exclude": exclude}) == expected


def test_exclude_wins_over_include() -> None:
    assert users_of({"include": {"groups": ["engineering"]}, "exclude": {"groups": ["interns"]}}) == "15"


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"include": {"names": ["eng*", "sales"]}}, "13"),
        ({"include": {"ids": ["G-2"]}}, "2"),
        ({"include": {"name_regex": ["s$"]}, "exclude": {"ids": ["g-3"]}}, "2"),
        ({"exclude": {"names": ["Interns"]}}, "13"),
    ],
)
def test_groups_are_selected_without_touching_users(groups: dict[str, Any], expected: str) -> None:
    assert selected(selection(groups=groups)) == ("12345", expected)


def test_a_bwdc_filter_applies_beside_the_structured_options() -> None:
    users = {"include": {"emails": ["*@example.org"]}, "bwdc_filter": "exclude: Dan@example.org"}
    assert users_of(users, "okta") == "135"
    assert users_of({"bwdc_filter": "include:ann@example.org"}, "google_workspace") == "135"


def test_bwdc_clauses_by_group_take_ids() -> None:
    assert users_of({"bwdc_filter": "includeGroup:G-1|exclude:bob@example.com"}, "entra_id") == "135"
    assert users_of({"bwdc_filter": "excludeGroup:g-2"}, "entra_id") == "145"


def test_a_bwdc_group_filter_drops_active_users_outside_the_kept_groups() -> None:
    assert selected(selection(groups={"bwdc_filter": "include:engineering"}, kind="okta")) == ("12345", "1")
    assert selected(selection(groups={"bwdc_filter": "exclude:engineering,interns"}, kind="okta")) == ("45", "3")


def test_a_query_alone_leaves_the_choice_to_the_directory() -> None:
    chosen = selection({"bwdc_filter": "(ou=x)"}, {"bwdc_filter": "(cn=y)"})
    assert selected(chosen) == ("12345", "123")
    assert (chosen.user_query, chosen.group_query) == ("(&(ou=x))", "(&(cn=y))")


def test_bwdc_values_are_no_globs() -> None:
    assert users_of({"bwdc_filter": "include:*@example.org"}, "okta") == "35"


def test_a_group_that_users_refer_to_in_vain_is_reported() -> None:
    chosen = selection({"include": {"groups": ["Engineering", "Gone"]}, "exclude": {"groups": ["Old*"]}})
    warnings = select(chosen, READING, flatten(READING)).warnings
    assert [(warning.code, warning.record) for warning in warnings] == [
        ("group_unmatched", "Gone"),
        ("group_unmatched", "Old*"),
    ]
    assert "users.exclude.groups" in warnings[1].message


@pytest.mark.parametrize(
    ("users", "groups", "needed"),
    [
        ({}, {}, True),
        ({}, {"read": False}, False),
        ({"include": {"groups": ["a"]}}, {"read": False}, True),
        ({"exclude": {"groups": ["a"]}}, {"read": False}, True),
    ],
)
def test_says_whether_groups_must_be_read(users: dict[str, Any], groups: dict[str, Any], needed: bool) -> None:
    assert selection(users, groups).needs_groups is needed


@pytest.mark.parametrize(
    ("users", "groups", "message"),
    [
        ({"include": {"email_regex": ["("]}}, {}, r"users\.include\.email_regex of the source hr has the invalid"),
        ({"exclude": {"name_regex": ["a", "*"]}}, {}, r"users\.exclude\.name_regex of the source hr"),
        ({}, {"include": {"name_regex": ["[z-a]"]}}, r"groups\.include\.name_regex of the source hr"),
        ({"include": {"groups": ["  "]}}, {}, r"users\.include\.groups of the source hr has a blank entry"),
        ({"include": {"ids": [""]}}, {}, r"users\.include\.ids of the source hr has a blank entry"),
    ],
)
def test_unusable_entries_are_refused(users: dict[str, Any], groups: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        selection(users, groups)


def test_an_unreadable_bwdc_filter_names_its_option() -> None:
    with pytest.raises(ConfigurationError, match=r"groups\.bwdc_filter of the source hr"):
        selection(groups={"bwdc_filter": "includes:x"}, kind="okta")


def test_administrative_units_are_left_to_the_directory() -> None:
    chosen = selection(groups={"bwdc_filter": "excludeAdministrativeUnit:x"}, kind="entra_id")
    assert chosen.group_query == "excludeadministrativeunit:x"
    assert chosen.members_only
    assert selected(chosen)[1] == "123"


def test_a_group_that_is_not_listed_passes_its_members_on() -> None:
    interns = replace(READING.groups[1], listed=False)
    reading = replace(READING, groups=[READING.groups[0], interns, READING.groups[2]])
    outcome = select(selection({"include": {"groups": ["Interns"]}}), reading, flatten(reading))
    assert outcome.groups == (0, 2)
    assert Listing([user.external_id for user in reading.users]).of(outcome.users) == ("id-2", "id-3", "id-5")


entries = st.lists(st.sampled_from(["id-1", "id-2", "id-9"]), max_size=2)


@given(entries, entries)
def test_ids_select_as_sets_do(include: list[str], exclude: list[str]) -> None:
    everybody = {user.external_id.lower() for user in READING.users}
    kept = (set(include) if include else everybody) & everybody - set(exclude)
    assert set(users_of({"include": {"ids": include}, "exclude": {"ids": exclude}})) == {id_[-1] for id_ in kept}


def test_names_compare_without_outer_blanks() -> None:
    reading = Reading(
        users=READING.users, groups=[DirectGroup("g-1", " Staff\r\n", [0]), DirectGroup("g-2", "Sales", [1])]
    )

    def groups_of(groups: dict[str, Any]) -> tuple[int, ...]:
        return select(selection(groups=groups, kind="okta"), reading, flatten(reading)).groups

    assert groups_of({"bwdc_filter": "include:staff"}) == (0,)
    assert groups_of({"bwdc_filter": "exclude:staff"}) == (1,)
    assert groups_of({"include": {"names": ["Sta?f"]}}) == (0,)


@pytest.mark.parametrize("entry", ["id-1", "hr:ID-1"])
def test_ids_may_have_the_prefix_of_the_source(entry: str) -> None:
    everything: dict[str, Any] = {"read": True}
    chosen = selection_from("ldap", "hr", {**everything, "exclude": {"ids": [entry]}}, everything, "hr:")
    assert selected(chosen)[0] == "2345"


@pytest.mark.parametrize("keyword", ["includeGroup", "excludeGroup"])
def test_a_bwdc_filter_by_a_group_that_does_not_exist_is_an_error(keyword: str) -> None:
    with pytest.raises(ConfigurationError, match="names the group g-9, which was not found"):
        selected(selection({"bwdc_filter": f"{keyword}:g-1,g-9"}, kind="entra_id"))
