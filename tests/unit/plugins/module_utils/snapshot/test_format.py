# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The snapshot format: what is written is valid, described and read back; what was altered is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import SnapshotError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    Group,
    RecordWarning,
    Snapshot,
    SourceSummary,
    User,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.format import decode, digest, encode
from hypothesis import given
from hypothesis import strategies as st

SCHEMA = json.loads((Path(__file__).parents[5] / "docs" / "snapshot.schema.json").read_text())
SNAPSHOT = Snapshot(
    users=(
        User("id-1", "ann@example.org", "Ann \u00c4rger", "active", "hr"),
        User("id-2", None, None, "deleted", "hr", "in the recycle bin"),
    ),
    groups=(Group("g-1", "Staff", "hr", ("id-1", "id-2")), Group("g-2", 'Odd "name"\n{{ x }}', "hr", ())),
    sources=(SourceSummary("hr", "ldap", "ldap.example.org", "2026-03-01T12:00:00Z", 2, 2, {"pages": 1}),),
    warnings=(RecordWarning("email_missing", "id-2", "has no e-mail", "hr"),),
    created="2026-03-01T12:00:00Z",
)


def lines_of(snapshot: Snapshot) -> list[bytes]:
    return b"".join(encode(snapshot)[1]).splitlines(keepends=True)


def test_is_json_that_fits_the_schema() -> None:
    document = json.loads(b"".join(lines_of(SNAPSHOT)))
    jsonschema.validate(document, SCHEMA)
    assert list(document)[:5] == ["format", "version", "created", "generator", "digest"]
    assert document["counts"]["memberships"] == 2


def test_an_empty_snapshot_is_valid_too() -> None:
    empty = Snapshot((), (), created="2026-03-01T12:00:00Z")
    jsonschema.validate(json.loads(b"".join(lines_of(empty))), SCHEMA)
    assert decode(lines_of(empty)) == empty


def test_has_one_record_per_line_with_sorted_keys() -> None:
    assert (
        '{"email":"ann@example.org","external_id":"id-1","name":"Ann \u00c4rger","source":"hr","status":"active",'
        '"status_reason":""},\n'
    ).encode() in lines_of(SNAPSHOT)


def test_the_digest_is_about_users_and_groups_only() -> None:
    later = replace(SNAPSHOT, created="2026-03-02T12:00:00Z", sources=(), warnings=())
    assert digest(later) == digest(SNAPSHOT) == encode(SNAPSHOT)[0]
    renamed = replace(SNAPSHOT, groups=(replace(SNAPSHOT.groups[0], name="Everybody"), *SNAPSHOT.groups[1:]))
    assert digest(renamed) != digest(SNAPSHOT)
    assert digest(replace(SNAPSHOT, users=SNAPSHOT.users[:1])) != digest(SNAPSHOT)


texts = st.text(st.characters() | st.characters(categories=["Cs"]) | st.sampled_from('\u2028\x85"\\\n{}[],'))
users_by_id = st.dictionaries(
    texts,
    st.tuples(st.none() | texts, st.none() | texts, st.sampled_from(["active", "disabled", "deleted"]), texts),
    max_size=6,
)


def person(external_id: str, values: Any) -> User:
    email, name, status, reason = values
    return User(external_id, email, name, status, "src", reason)


@given(users_by_id, st.dictionaries(texts, st.tuples(texts, st.sets(st.integers(0, 5))), max_size=4))
def test_everything_comes_back(people: dict[str, Any], teams: dict[str, Any]) -> None:
    ids = sorted(people)
    snapshot = Snapshot(
        users=tuple(person(id_, people[id_]) for id_ in ids),
        groups=tuple(
            Group(id_, teams[id_][0], "src", tuple(ids[n] for n in sorted(teams[id_][1]) if n < len(ids)))
            for id_ in sorted(teams)
        ),
    )
    assert decode(lines_of(snapshot)) == snapshot


@pytest.mark.parametrize("count", range(len(lines_of(SNAPSHOT))))
def test_a_file_that_ends_early_is_refused(count: int) -> None:
    with pytest.raises(SnapshotError):
        decode(lines_of(SNAPSHOT)[:count])


def test_a_file_cut_anywhere_is_refused() -> None:
    content = b"".join(lines_of(SNAPSHOT))
    for length in range(len(content)):
        with pytest.raises(SnapshotError):
            decode(content[:length].splitlines(keepends=True))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"version": 1', b'"version": 2', "version 2 of the format"),
        (b"dirsync.bitwarden/snapshot", b"something/else", "not a snapshot"),
        (b"ann@example.org", b"eve@example.org", "digest"),
        (b'"members":["id-1","id-2"]', b'"members":["id-1"]', "digest"),
        (b'"members":["id-1","id-2"]', b'"members":["id-1","id-9"]', "unknown member"),
        (b'"members":["id-1","id-2"]', b'"members":7', "a group is not as it should be"),
        (b'"members":["id-1","id-2"]', b'"members":[["id-1"]]', "a group is not as it should be"),
        (b'"status":"active"', b'"status":"owner"', "wrong type"),
        (b'"email":null', b'"email":5', "wrong type"),
        (b'"email":null,', b"", "a user is not as it should be"),
        (b'"name":"Staff"', b'"name":null', "wrong type"),
        (b'"external_id":"id-2"', b'"external_id":"id-0"', "out of order"),
        (b'"external_id":"g-2"', b'"external_id":"g-1"', "out of order"),
        (b'{"email":null', b'["email",null', "is not a record"),
        (b'"email":"ann', b'"email":"\xff', "is not a record"),
        (b'"sources": [', b'"sources": [[', "header is not JSON"),
        (b'"code":"email_missing",', b"", "header"),
        (b"\n}\n", b"\n}\n\n", "does not end"),
        (b"\n]\n}\n", b'\n],\n"more": 1\n}\n', "is not a record"),
    ],
)
def test_an_altered_file_is_refused(old: bytes, new: bytes, message: str) -> None:
    content = b"".join(lines_of(SNAPSHOT))
    assert old in content
    with pytest.raises(SnapshotError, match=message):
        decode(content.replace(old, new).splitlines(keepends=True))


def test_a_list_instead_of_a_record_is_refused() -> None:
    content = b"".join(lines_of(SNAPSHOT)).replace(b'"users": [\n', b'"users": [\n["a","b"],\n')
    with pytest.raises(SnapshotError, match="a user is not as it should be"):
        decode(content.splitlines(keepends=True))


def test_deep_nesting_is_refused() -> None:
    content = b"".join(lines_of(SNAPSHOT)).replace(b'"name":"Staff"', b'"name":' + b"[" * 100_000)
    with pytest.raises(SnapshotError, match="is not a record"):
        decode(content.splitlines(keepends=True))
