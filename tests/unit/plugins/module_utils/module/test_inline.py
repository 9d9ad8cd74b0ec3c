# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From small lists in a task to a snapshot, and what is wrong with a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group, Snapshot, User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.inline import inline_snapshot

NOW = "2026-03-01T12:00:00Z"


def entry(email: str, **further: str) -> dict[str, Any]:
    return {"external_id": None, "name": None, "status": "active", **further, "email": email}


def listed(name: str, *members: str, external_id: str | None = None) -> dict[str, Any]:
    return {"name": name, "external_id": external_id, "members": list(members)}


def read(members: Sequence[dict[str, Any]], groups: Sequence[dict[str, Any]] = ()) -> Snapshot:
    return inline_snapshot(members, groups, NOW)


def test_keys_default_to_the_email_and_to_the_name_of_the_group() -> None:
    snapshot = read([entry(" Ann@Example.org ")], [listed("Staff", "ann@example.org")])
    assert snapshot.users == (User("ann@example.org", "ann@example.org", None, "active", "inline"),)
    assert snapshot.groups == (Group("Staff", "Staff", "inline", ("ann@example.org",)),)


def test_what_is_given_is_kept() -> None:
    snapshot = read(
        [entry("ann@example.org", external_id="7", name="Ann", status="disabled")],
        [listed("Staff", external_id="staff")],
    )
    assert snapshot.users == (User("7", "ann@example.org", "Ann", "disabled", "inline"),)
    assert snapshot.groups == (Group("staff", "Staff", "inline", ()),)


def test_users_groups_and_their_members_are_sorted() -> None:
    snapshot = read([entry("bob@example.org"), entry("ann@example.org")], [listed("b", "bob@example.org"), listed("a")])
    assert [user.external_id for user in snapshot.users] == ["ann@example.org", "bob@example.org"]
    assert [group.name for group in snapshot.groups] == ["a", "b"]


@pytest.mark.parametrize("name", ["ann@example.org", "ANN@example.org ", "7"])
def test_groups_name_people_by_email_or_by_external_id(name: str) -> None:
    snapshot = read([entry("ann@example.org", external_id="7")], [listed("staff", name, "7")])
    assert snapshot.groups[0].members == ("7",)


def test_the_snapshot_says_where_it_comes_from() -> None:
    snapshot = read([entry("ann@example.org")], [listed("staff")])
    [source] = snapshot.sources
    assert (source.name, source.type, source.read_at, source.users, source.groups) == ("inline", "inline", NOW, 1, 1)
    assert snapshot.created == NOW


@pytest.mark.parametrize("email", ["", "  ", "ann", "ann@localhost", "Ann <ann@example.org>", "a" * 251 + "@x.org"])
def test_an_address_that_cannot_be_invited_is_refused(email: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be invited"):
        read([entry(email)])


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ([entry("ann@example.org"), entry("ANN@example.org", external_id="7")], "ann@example.org"),
        ([entry("ann@example.org", external_id="7"), entry("bob@example.org", external_id="7")], "7"),
        (
            [entry("ann@example.org", external_id="bob@example.org"), entry("bob@example.org", external_id="7")],
            "bob@example.org",
        ),
    ],
    ids=["e-mail", "external id", "e-mail of one, external id of the other"],
)
def test_a_name_that_stands_for_two_people_is_refused(members: list[dict[str, Any]], named: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^members: the email or external_id {named} occurs more than once"):
        read(members)


@pytest.mark.parametrize(
    "groups", [[listed("staff"), listed("staff")], [listed("staff", external_id="1"), listed("crew", external_id="1")]]
)
def test_a_key_that_stands_for_two_groups_is_refused(groups: list[dict[str, Any]]) -> None:
    with pytest.raises(ConfigurationError, match=r"^groups: the external_id .* occurs more than once"):
        read([], groups)


def test_groups_of_one_name_can_be_told_apart_by_their_keys() -> None:
    snapshot = read([], [listed("staff", external_id="1"), listed("staff", external_id="2")])
    assert [group.external_id for group in snapshot.groups] == ["1", "2"]


def test_a_member_of_a_group_who_is_not_listed_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"the group staff names bob@example\.org, who is not in members"):
        read([entry("ann@example.org")], [listed("staff", "ann@example.org", "bob@example.org")])
