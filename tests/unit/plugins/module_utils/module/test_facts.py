# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of directory_facts to a snapshot file and a summary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.source import source_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.facts import read_directory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.format import digest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import read_snapshot

STAFF: dict[str, Any] = {
    "users": [
        {"external_id": "1", "email": "Ann@example.org", "name": "Ann"},
        {"external_id": "2", "email": "bob@example.org", "name": "Bob", "status": "disabled"},
        {"external_id": "3", "name": "Cy"},
    ],
    "groups": [
        {"external_id": "g1", "name": "All", "groups": ["g2"], "members": ["1"]},
        {"external_id": "g2", "name": "Team", "members": ["2", "3"]},
    ],
}
GUESTS: dict[str, Any] = {"users": [{"external_id": "9", "email": "ann@example.org", "name": "Other Ann"}]}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("staff.json").write_text(json.dumps(STAFF))
    Path("guests.json").write_text(json.dumps(GUESTS))
    Path("empty.json").write_text('{"users": []}')


def source(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "type": "file", "file": {"path": f"{name}.json"}, **options}


def facts(*sources: dict[str, Any], **options: Any) -> dict[str, Any]:
    values = {"snapshot": "snapshot.json", "probe": False, "on_conflict": "first", "sources": list(sources), **options}
    validator = ArgumentSpecValidator(
        {"sources": source_spec(), **{name: {"type": "raw"} for name in values if name != "sources"}}
    )
    validated = validator.validate(values)
    assert not validated.error_messages
    return read_directory(validated.validated_parameters)


def summary(*sources: dict[str, Any], **options: Any) -> dict[str, Any]:
    result: dict[str, Any] = facts(*sources, **options)["ansible_facts"]["bitwarden_directory"]
    return result


def test_returns_a_summary_and_writes_the_people_into_the_snapshot() -> None:
    result = summary(source("staff"))
    snapshot = read_snapshot(Path("snapshot.json"))
    assert result["snapshot"] == "snapshot.json"
    assert result["digest"] == digest(snapshot)
    assert result["created"] == snapshot.created
    assert result["counts"] == {
        "users": 3,
        "active": 2,
        "disabled": 1,
        "deleted": 0,
        "groups": 2,
        "memberships": 5,
        "warnings": 1,
    }
    assert [
        (each["name"], each["type"], each["server"], each["users"], each["groups"]) for each in result["sources"]
    ] == [("staff", "file", "staff.json", 3, 2)]
    assert [warning["code"] for warning in result["warnings"]] == ["email_missing"]
    assert [group.members for group in snapshot.groups] == [("1", "2", "3"), ("2", "3")]


def test_the_digest_stays_the_same_while_the_directory_does() -> None:
    first = summary(source("staff"))["digest"]
    assert summary(source("staff"), snapshot="again.json.gz")["digest"] == first
    smaller = {**STAFF, "users": STAFF["users"][:2]}
    Path("staff.json").write_text(json.dumps(smaller))
    assert summary(source("staff"))["digest"] != first


def test_warnings_become_one_line() -> None:
    assert facts(source("staff"), source("guests"))["warnings"] == [
        "The directory has records that need attention (email_conflict: 1, email_missing: 1); "
        "the warnings in the snapshot name them"
    ]


def test_returned_warnings_are_capped() -> None:
    users = [{"external_id": str(number)} for number in range(60)]
    Path("staff.json").write_text(json.dumps({"users": users}))
    result = summary(source("staff"))
    assert len(result["warnings"]) == 50
    assert result["counts"]["warnings"] == 60


def test_sources_come_in_order_of_precedence() -> None:
    summary(source("guests"), source("staff"))
    assert [(user.external_id, user.email) for user in read_snapshot(Path("snapshot.json")).users] == [
        ("1", None),
        ("2", "bob@example.org"),
        ("3", None),
        ("9", "ann@example.org"),
    ]


def test_selection_applies_to_its_source_after_nesting() -> None:
    summary(
        source(
            "staff",
            users={"include": {"groups": ["all"]}, "exclude": {"ids": ["3"]}},
            groups={"include": {"names": ["all"]}},
        ),
        source("guests"),
    )
    snapshot = read_snapshot(Path("snapshot.json"))
    assert [user.external_id for user in snapshot.users] == ["1", "2", "9"]
    assert [(group.name, group.members) for group in snapshot.groups] == [("All", ("1", "2"))]


def test_groups_can_be_left_out() -> None:
    assert summary(source("staff", groups={"read": False}))["counts"]["groups"] == 0


def test_probe_tries_each_source_and_writes_nothing() -> None:
    probes = summary(source("staff"), source("guests"), probe=True, snapshot=None)["probe"]
    assert [(probe["name"], probe["type"], probe["users"]) for probe in probes] == [
        ("staff", "file", 3),
        ("guests", "file", 1),
    ]
    assert not Path("snapshot.json").exists()


def refused(error: type[Exception], *sources: dict[str, Any], **options: Any) -> str:
    Path("snapshot.json").write_text("old")
    with pytest.raises(error) as caught:
        facts(*sources, **options)
    assert Path("snapshot.json").read_text() == "old"
    return str(caught.value)


def test_conflicts_can_be_errors() -> None:
    assert "ann@example.org" in refused(DirectoryError, source("staff"), source("guests"), on_conflict="fail")


def test_a_source_without_users_is_an_error_unless_allowed() -> None:
    assert "empty returned no users" in refused(IncompleteReadError, source("staff"), source("empty"))
    assert summary(source("staff"), source("empty", allow_empty=True))["counts"]["users"] == 3


def test_all_options_are_checked_before_anything_is_read() -> None:
    missing = {"name": "x", "type": "file", "file": {"path": "missing.json"}}
    broken = source("staff", users={"include": {"name_regex": ["("]}})
    assert "users.include.name_regex of the source staff" in refused(ConfigurationError, missing, broken)
    assert "missing.json cannot be read" in refused(ConfigurationError, missing)


@pytest.mark.parametrize(
    ("sources", "options", "message"),
    [
        ([], {}, "There are no sources"),
        ([source("staff"), source("staff")], {}, "Several sources are called staff"),
        ([source("staff", users={"read": False})], {}, "No source reads users"),
        ([source("staff")], {"snapshot": "none/s.json"}, "none is not a folder"),
        ([source("staff")], {"snapshot": "."}, "it is a folder"),
    ],
)
def test_options_that_cannot_work_are_refused(
    sources: list[dict[str, Any]], options: dict[str, Any], message: str
) -> None:
    assert message in refused(ConfigurationError, *sources, **options)


def test_ldif_takes_a_bwdc_filter_for_ldap() -> None:
    entries = (
        f"dn: uid={uid}\nobjectClass: inetOrgPerson\nentryUUID: {uid}\nuid: {uid}\nmail: {uid}@x.org\n" for uid in "ab"
    )
    Path("people.ldif").write_text("\n".join(entries))
    people = {"name": "people", "type": "file", "file": {"path": "people.ldif"}}
    assert summary({**people, "users": {"bwdc_filter": "(uid=a*)(mail=*)"}})["counts"]["users"] == 1
