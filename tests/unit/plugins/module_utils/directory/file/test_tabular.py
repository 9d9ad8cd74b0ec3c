# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV files of users and memberships."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.records import Records
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.tabular import (
    Table,
    add_memberships,
    add_users,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import DirectGroup, Reading, User
from hypothesis import given
from hypothesis import strategies as st

USERS = 'external_id,email,name,status,room\n1,Ann@x.org,"Lee, Ann",,12\n\n2,,Bob,disabled,13\n'


def table(text: str, delimiter: str = ",", columns: Mapping[str, str] | None = None, path: str = "people.csv") -> Table:
    return Table(text, path, delimiter, columns or {})


def read(users: Table, memberships: Table | None = None) -> Reading:
    records = Records("hr")
    add_users(records, users)
    if memberships:
        add_memberships(records, memberships)
    return records.reading(users.path)


def message(users: Table, memberships: Table | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(users, memberships)
    return str(caught.value)


def test_reads_a_user_per_row_and_ignores_other_columns() -> None:
    assert read(table(USERS)).users == [
        User("1", "ann@x.org", "Lee, Ann", "active", "hr"),
        User("2", None, "Bob", "disabled", "hr"),
    ]


def test_columns_and_the_delimiter_can_be_named() -> None:
    columns = {"external_id": "Personnel No", "email": "E-Mail"}
    reading = read(table("E-Mail;Personnel No\na@x.org;7\n", ";", columns))
    assert reading.users == [User("7", "a@x.org", None, "active", "hr")]


def test_reads_a_membership_per_row() -> None:
    memberships = table(
        "group,group_id,member,member_group\nStaff,g1,1,\nStaff,g1,ANN@x.org,\nStaff,g1,,Interns\nInterns,,2,\nEmpty,,,\n"
    )
    assert read(table(USERS), memberships).groups == [
        DirectGroup("g1", "Staff", [0, 0], [1]),
        DirectGroup("Interns", "Interns", [1], []),
        DirectGroup("Empty", "Empty", [], []),
    ]


def test_members_without_record_are_reported() -> None:
    reading = read(table(USERS), table("group,member\nStaff,9\n"))
    assert [(warning.code, warning.record, warning.source) for warning in reading.warnings] == [
        ("member_unknown", "9", "hr")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "people.csv, line 1: the column external_id is missing; the columns are: none"),
        (
            "external_id;email\n",
            "people.csv, line 1: the column external_id is missing; the columns are: external_id;email",
        ),
        ("external_id\n", "people.csv, line 1: the column email is missing"),
        ("external_id,email,email\n", "people.csv, line 1: the column email occurs twice"),
        ("external_id,email\n1,a@x.org\n2\n", "people.csv, line 3: the row has 1 values, the header 2"),
        ("external_id,email\n1,a@x.org,x\n", "people.csv, line 2: the row has 3 values, the header 2"),
        ("external_id,email\n ,a@x.org\n", "people.csv, line 2: external_id is missing"),
        ('external_id,email\n1,"a@x.org\n', "people.csv, line 2: this is not CSV"),
        ("external_id,email,status\n1,a@x.org,left\n", "people.csv, line 2: the status 'left' is none of"),
    ],
)
def test_an_unusable_file_is_named_with_its_line(text: str, expected: str) -> None:
    assert message(table(text)).startswith(expected)


def test_a_renamed_column_must_exist() -> None:
    text = message(table("external_id,email\n", columns={"status": "state"}))
    assert "the column state is missing" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("member\n1\n", "groups.csv, line 1: the column group is missing"),
        ("group,member\n ,1\n", "groups.csv, line 2: the group has no name"),
        ("group,group_id\nA,1\nB,1\n", "groups.csv, line 3: the group 1 is called A above and B here"),
    ],
)
def test_an_unusable_memberships_file_is_named_with_its_line(text: str, expected: str) -> None:
    assert message(table(USERS), table(text, path="groups.csv")).startswith(expected)


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n",;'))


@given(st.lists(st.tuples(cells.filter(lambda cell: bool(cell.strip())), cells), max_size=5), st.sampled_from(",;\t|"))
def test_whatever_csv_can_hold_comes_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows([("external_id", "email", "name"), *((key, "a@x.org", name) for key, name in rows)])
    users = read(table(file.getvalue(), delimiter)).users
    assert [(user.external_id, user.name) for user in users] == [
        (key.strip(), name.strip() or None) for key, name in rows
    ]
