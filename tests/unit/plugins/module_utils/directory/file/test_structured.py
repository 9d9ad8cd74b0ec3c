# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON and YAML files of users and groups."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    MissingLibraryError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.records import Records
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.structured import (
    add_records,
    parse_json,
    parse_yaml,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import DirectGroup, Reading, User
from hypothesis import given
from hypothesis import strategies as st

YAML = """\
# staff
users:
  - {external_id: 0123, email: " Ann@Example.org ", name: Ann}
  - external_id: "2"
    email:
    name: No
    status: Disabled
groups:
  - name: Staff
    members: [0123, ann@example.org, nobody]
    groups: [g-2, staff]
  - {external_id: g-2, name: Interns, members: ["2"]}
"""
EXPECTED_USERS = [
    User("0123", "ann@example.org", "Ann", "active", "hr"),
    User("2", None, "No", "disabled", "hr"),
]
EXPECTED_GROUPS = [DirectGroup("Staff", "Staff", [0, 0], [1, 0]), DirectGroup("g-2", "Interns", [1], [])]


def read(document: Any) -> Reading:
    records = Records("hr")
    add_records(records, document, "people.yml")
    return records.reading("people.yml")


def message(function: Any, *arguments: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        function(*arguments)
    return str(caught.value)


def test_yaml_is_read_as_it_is_written() -> None:
    reading = read(parse_yaml(YAML, "people.yml"))
    assert reading.users == EXPECTED_USERS
    assert reading.groups == EXPECTED_GROUPS
    assert [(warning.code, warning.record) for warning in reading.warnings] == [("member_unknown", "nobody")]


def test_json_means_the_same() -> None:
    document = json.loads(json.dumps(parse_yaml(YAML, "people.yml")))
    assert read(parse_json(json.dumps(document), "people.json")) == read(document)


def test_whole_numbers_in_json_are_taken_by_their_digits() -> None:
    text = '{"users": [{"external_id": 7, "email": "a@x.org"}], "groups": [{"name": "G", "members": [7]}]}'
    reading = read(parse_json(text, "people.json"))
    assert reading.users[0].external_id == "7"
    assert reading.groups[0].users == [0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("users:\n  - &a {external_id: 1}\n  - *a\n", "people.yml, line 2: anchors and aliases are not read"),
        ("users:\n  - *a\n", "people.yml, line 2: anchors and aliases are not read"),
        ("users: !!python/object/apply:os.system [id]\n", "people.yml, line 1: the tag tag:yaml.org,2002:python"),
        (
            "users:\n  - {external_id: 1, external_id: 2}\n",
            "people.yml, line 2: the key 'external_id' is no text or is",
        ),
        ("users:\n  - {[a]: 1}\n", "people.yml, line 2: the key ['a'] is no text"),
        ("users: " + "[" * 50, "people.yml, line 1: the file is nested too deeply"),
        ("users:\n\t- a\n", "people.yml, line 2: this is not YAML"),
        ("users: []\n---\nusers: []\n", "people.yml, line 2: there is a second document"),
        ("users: \x00\n", "people.yml cannot be read as YAML"),
    ],
)
def test_yaml_that_is_broken_or_dangerous_is_refused(text: str, expected: str) -> None:
    assert message(parse_yaml, text, "people.yml").startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"users": [\n}', "people.json, line 2: this is not JSON"),
        ('{"users": [], "users": []}', "people.json: the key users occurs twice in an object"),
        ("[" * 100_000, "people.json is nested too deeply"),
    ],
)
def test_broken_json_is_refused(text: str, expected: str) -> None:
    assert message(parse_json, text, "people.json").startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "people.yml has no list called users"),
        ("- a\n", "people.yml has no list called users"),
        ("users: Ann\n", "people.yml has no list called users"),
        ("users: []\nmembers: []\n", "people.yml: the key members is none of: users, groups"),
        ("users: []\ngroups: x\n", "people.yml: groups is not a list"),
        ("users: [ann]\n", "people.yml: users[0] is not a mapping"),
        ("users:\n  - email: a@x.org\n", "people.yml, line 2: external_id is missing"),
        ("users:\n  - external_id: 1\n    e-mail: a\n", "people.yml, line 2: the key e-mail is none of"),
        ("users:\n  - external_id: 1\n    status: gone\n", "people.yml, line 2: the status 'gone' is none of"),
        ("users:\n  - external_id: [1]\n", "people.yml, line 2: external_id is not a text"),
        ("users: []\ngroups:\n  - external_id: a\n", "people.yml, line 3: the group has no name"),
        ("users: []\ngroups:\n  - {name: a, members: b}\n", "people.yml, line 3: members is not a list"),
        ("users: []\ngroups:\n  - {name: a, members: [[b]]}\n", "people.yml, line 3: members is not a text"),
    ],
)
def test_a_record_that_is_not_as_described_is_named(text: str, expected: str) -> None:
    assert message(read, parse_yaml(text, "people.yml")).startswith(expected)


def test_records_of_json_are_named_by_their_number() -> None:
    document = parse_json('{"users": [{"external_id": "1"}, {"external_id": true}]}', "people.json")
    assert message(read, document).startswith("people.yml: users[1]: external_id is not a text")


def test_a_reference_that_fits_several_records_fits_none() -> None:
    users = [{"external_id": key, "email": "same@x.org"} for key in "ab"]
    groups = [
        {"external_id": "g1", "name": "Twin"},
        {"external_id": "g2", "name": "twin"},
        {"external_id": "g3", "name": "G", "members": ["same@x.org", "a"], "groups": ["Twin", "g1"]},
    ]
    reading = read({"users": users, "groups": groups})
    assert (reading.groups[2].users, reading.groups[2].groups) == ([0], [0])
    assert [warning.record for warning in reading.warnings] == ["same@x.org", "Twin"]


def test_without_pyyaml_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MissingLibraryError, match="PyYAML"):
        parse_yaml("users: []", "people.yml")


def test_a_number_beyond_all_bounds_is_refused() -> None:
    text = '{"users": [{"external_id": ' + "9" * 5000 + "}]}"
    assert "holds something that cannot be read" in message(parse_json, text, "people.json")


@given(st.text(st.sampled_from("users:-[]{}&*!|> \n'\"a1,#")))
def test_any_yaml_gives_a_reading_or_a_clear_error(text: str) -> None:
    try:
        reading = read(parse_yaml("users:\n" + text, "people.yml"))
    except ConfigurationError:
        return
    assert all(user.external_id for user in reading.users)
