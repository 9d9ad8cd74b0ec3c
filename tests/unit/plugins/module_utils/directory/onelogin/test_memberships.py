# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of several accounts of a membership is believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.memberships import (
    group_memberships,
    role_memberships,
)


class Roles:
    """Reads the users of single roles, and notes which were asked for."""

    def __init__(self, **users: set[int]) -> None:
        self._users = {int(name.removeprefix("role")): frozenset(ids) for name, ids in users.items()}
        self.asked: list[int] = []

    def __call__(self, roles: Sequence[int]) -> list[frozenset[int]]:
        self.asked += roles
        return [self._users[role] for role in roles]


def user(id_: int, *roles: int) -> dict[str, Any]:
    return {"id": id_, "role_ids": list(roles)}


def role(id_: int, *users: int) -> dict[str, Any]:
    return {"id": id_, "name": f"role{id_}", "users": list(users)}


def found(roles: list[dict[str, Any]], users: list[dict[str, Any]], single: Roles) -> dict[int, set[int]]:
    return {membership.id: set(membership.users) for membership in role_memberships(roles, users, single)}


def test_what_agrees_is_believed() -> None:
    single = Roles()
    assert found([role(1, 10, 11), role(2)], [user(10, 1), user(11, 1)], single) == {1: {10, 11}, 2: set()}
    assert single.asked == []


@pytest.mark.parametrize("users", [[user(10, 1), user(11)], [user(10, 1), user(11, 1, 2)]])
def test_roles_in_doubt_are_read(users: list[dict[str, Any]]) -> None:
    single = Roles(role1={10, 11}, role2={11})
    roles = [role(1, 10, 11), role(2)]
    memberships = found(roles, users, single)
    assert single.asked in ([1], [2])
    assert memberships[single.asked[0]] == ({10, 11} if single.asked == [1] else {11})


def test_roles_that_show_nobody_are_read() -> None:
    single = Roles(role1={10})
    assert found([{"id": 1, "name": "role1"}], [user(10, 1)], single) == {1: {10}}
    assert single.asked == [1]


def test_without_roles_of_users_the_role_is_believed() -> None:
    single = Roles()
    assert found([role(1, 10)], [{"id": 10}, {"id": 11, "role_ids": None}], single) == {1: {10}}
    assert single.asked == []


def test_users_who_are_not_listed_do_not_count() -> None:
    single = Roles(role2={10, 99})
    assert found([role(1, 10, 99), role(2)], [user(10, 1, 2)], single) == {1: {10}, 2: {10}}
    assert single.asked == [2]


def test_roles_that_are_not_listed_do_not_matter() -> None:
    assert found([role(1, 10)], [user(10, 1, 7)], Roles()) == {1: {10}}


def test_groups_have_the_users_who_point_at_them() -> None:
    users = [{"id": 10, "group_id": 1}, {"id": 11, "group_id": None}, {"id": 12, "group_id": 0}, {"id": 13}]
    groups = group_memberships([{"id": 1, "name": "Office"}, {"id": 2, "name": "Empty"}], users)
    assert [(group.name, set(group.users)) for group in groups] == [("Office", {10}), ("Empty", set())]


def test_a_group_without_a_name_is_an_error() -> None:
    with pytest.raises(IncompleteReadError, match="5"):
        group_memberships([{"id": 5, "name": None}], [])
    with pytest.raises(IncompleteReadError, match="5"):
        role_memberships([{"id": 5, "users": []}], [], Roles())
