# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From member values to users and groups: exact first, by normal form or login for the rest, and never by guessing."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.members import MemberResolver

USERS = {b"uid=ann,ou=people,dc=x": 0, b"cn=Doe\\2C John,dc=x": 1, "cn=J\u00fcrgen,dc=x".encode(): 2}
GROUPS = {b"cn=staff,dc=x": 0, b"cn=all,dc=x": 1}
LOGINS = [[b"ann"], [b"John", b"jd"], [b"twin"], [b"TWIN"], None]


def resolve(*values: str) -> tuple[list[int], list[int]]:
    return MemberResolver(USERS, GROUPS, LOGINS).resolve([value.encode() for value in values])


@pytest.mark.parametrize(
    ("value", "users", "groups"),
    [
        ("uid=ann,ou=people,dc=x", [0], []),
        ("UID=Ann, OU=People, DC=X", [0], []),
        ("uid=ann,ou=people,dc=x#'0101'B", [0], []),
        ('CN="Doe, John",DC=x', [1], []),
        ("cn=Doe\\, John,dc=x", [1], []),
        ("cn=J\\c3\\bcrgen,dc=x", [2], []),
        ("cn=staff,dc=x", [], [0]),
        ("CN=All,DC=x", [], [1]),
        ("ann", [0], []),
        (" JOHN ", [1], []),
        ("jd", [1], []),
    ],
)
def test_finds_every_spelling(value: str, users: list[int], groups: list[int]) -> None:
    assert resolve(value) == (users, groups)


def test_keeps_users_and_groups_apart() -> None:
    assert resolve("cn=all,dc=x", "uid=ann,ou=people,dc=x", "cn=staff,dc=x") == ([0], [1, 0])


def test_counts_what_it_does_not_find() -> None:
    resolver = MemberResolver(USERS, GROUPS, LOGINS)
    assert resolver.resolve([b"cn=elsewhere,dc=y", b"nobody", *([b"cn=a,dc=y"] * 8)]) == ([], [])
    assert resolver.unresolved == 10
    assert resolver.samples[:2] == ["cn=elsewhere,dc=y", "nobody"]
    assert len(resolver.samples) == 5
    assert not resolver.warnings


def test_a_login_of_two_users_names_nobody() -> None:
    assert resolve("twin") == ([], [])


def test_entries_that_differ_in_spelling_only_are_not_guessed() -> None:
    resolver = MemberResolver({b"cn=a b,dc=x": 0, b"cn=A  B,dc=x": 1}, {}, [])
    assert resolver.resolve([b"cn=a b,dc=x", b"cn=A  B,dc=x"]) == ([0, 1], []), "their own spelling stays exact"
    assert resolver.resolve([b"CN=A B,DC=x"]) == ([], [])
    assert [warning.code for warning in resolver.warnings] == ["dn_ambiguous"]


@pytest.mark.parametrize("value", [b"cn=a,", b"=", b"cn=\\ff\xff"])
def test_a_value_that_is_no_dn_is_a_warning(value: bytes) -> None:
    resolver = MemberResolver(USERS, GROUPS, LOGINS)
    assert resolver.resolve([value]) == ([], [])
    assert [warning.code for warning in resolver.warnings] == ["member_invalid"]
    assert resolver.unresolved == 1
