# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private JSON files: only one of its format, version and organization, private to its owner, is read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import write_private
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.private_json import PrivateFormat

NOTES = PrivateFormat("note book", "dirsync.bitwarden/notes", version=3, hint="Buy another one")


def written(path: Path, **changes: Any) -> Path:
    write_private(path, [json.dumps({**NOTES.header("ours"), "note": "hello", **changes}).encode()])
    return path


def test_a_file_is_read_with_its_header(tmp_path: Path) -> None:
    assert NOTES.read(written(tmp_path / "notes"), "ours") == {
        "format": "dirsync.bitwarden/notes",
        "version": 3,
        "organization": "ours",
        "note": "hello",
    }


def test_there_may_be_no_file(tmp_path: Path) -> None:
    assert NOTES.read(tmp_path / "notes", "ours") is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": "dirsync.bitwarden/state"}, "it is no note book"),
        ({"organization": "theirs"}, "it belongs to theirs, not to ours"),
        ({"organization": "theirs", "version": 2}, "it belongs to theirs, not to ours"),
        ({"version": 2}, "it has version 2 of the format, known is 3"),
        ({"version": None}, "it has version None of the format, known is 3"),
    ],
)
def test_another_file_is_refused_by_name(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    path = written(tmp_path / "notes", **change)
    with pytest.raises(ConfigurationError) as caught:
        NOTES.read(path, "ours")
    assert (caught.value.what, caught.value.hint) == (f"The note book {path} cannot be used: {why}", "Buy another one")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": ' + b"9" * 5000])
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    write_private(tmp_path / "notes", [content])
    with pytest.raises(ConfigurationError, match="cannot be used: it cannot be read"):
        NOTES.read(tmp_path / "notes", "ours")


@pytest.mark.parametrize("content", [b"[]", b"null", b"3"])
def test_json_without_a_header_is_refused(tmp_path: Path, content: bytes) -> None:
    write_private(tmp_path / "notes", [content])
    with pytest.raises(ConfigurationError, match="it is no note book"):
        NOTES.read(tmp_path / "notes", "ours")


def test_a_file_that_others_may_access_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "notes")
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="other users may access it"):
        NOTES.read(path, "ours")


def test_only_another_version_of_a_disposable_file_counts_as_none(tmp_path: Path) -> None:
    cache = replace(NOTES, disposable=True)
    assert cache.read(written(tmp_path / "notes", version=2), "ours") is None
    with pytest.raises(ConfigurationError, match="belongs to theirs"):
        cache.read(written(tmp_path / "notes", version=2, organization="theirs"), "ours")
