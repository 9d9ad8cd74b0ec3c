# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state file: kept, read, and refused where it is not the state of this organization."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import write_private
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.remembered import Remembered
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.state import State, read_state, write_state

COUNTS = {"members": {"active": 10, "groups": 3, "memberships": 25}, "groups": {"active": 20, "groups": 2}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def altered(path: Path, **changes: object) -> None:
    """Write a state file of the organization ``ours`` with some of its content changed."""
    write_state(path, "ours", State(COUNTS))
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_what_is_kept_is_read_and_private(path: Path) -> None:
    write_state(path, "ours", State(COUNTS))
    assert read_state(path, "ours") == State(COUNTS)
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_was_sent_is_kept_only_where_there_is_something(path: Path) -> None:
    write_state(path, "ours", State(COUNTS, Organization()))
    assert read_state(path, "ours") == State(COUNTS, Organization())
    write_state(path, "ours", State(COUNTS))
    assert "sent" not in json.loads(path.read_text())
    assert read_state(path, "ours").sent is None


def test_a_broken_record_of_what_was_sent_is_refused(path: Path) -> None:
    altered(path, sent={"members": []})
    with pytest.raises(ConfigurationError, match=r"its record of what was sent is broken"):
        read_state(path, "ours")


def test_what_is_remembered_of_members_is_kept(path: Path) -> None:
    remembered = Remembered(revoked={"m1": datetime(2026, 6, 1, 12, tzinfo=timezone.utc)})
    write_state(path, "ours", State(COUNTS, remembered=remembered))
    assert read_state(path, "ours").remembered == remembered
    altered(path, remembered={"revoked": []})
    with pytest.raises(ConfigurationError, match="what it remembers of members is broken: revoked is no object"):
        read_state(path, "ours")


def test_without_file_nothing_is_known(path: Path) -> None:
    assert read_state(path, "ours") == State()
    assert read_state(None, "ours") == State()


def test_the_state_of_another_organization_is_refused(path: Path) -> None:
    write_state(path, "theirs", State(COUNTS))
    with pytest.raises(ConfigurationError, match=r"belongs to theirs, not to ours.* state_file of its own"):
        read_state(path, "ours")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": "other"}'])
def test_a_file_that_is_no_state_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"The state file .*state\.json cannot be used"):
        read_state(path, "ours")


@pytest.mark.parametrize("version", [0, 2, None, "1"])
def test_another_version_is_refused(path: Path, version: object) -> None:
    altered(path, version=version)
    with pytest.raises(ConfigurationError, match="of the format, known is 1"):
        read_state(path, "ours")


@pytest.mark.parametrize(
    "counts", [None, 5, [], {"members": 5}, {"members": {"active": "many"}}, {"groups": {"active": None}}]
)
def test_counts_that_are_no_numbers_are_refused(path: Path, counts: object) -> None:
    altered(path, applied_counts=counts)
    with pytest.raises(ConfigurationError, match="no numbers"):
        read_state(path, "ours")


def test_counts_are_those_of_the_parts_and_the_largest_of_both() -> None:
    state = State(COUNTS)
    assert state.accepted({"members"}) == COUNTS["members"]
    assert state.accepted({"groups"}) == COUNTS["groups"]
    assert state.accepted({"members", "groups"}) == {"active": 20, "groups": 3, "memberships": 25}
    assert State({"members": {"active": 1}}).accepted({"groups"}) == State().accepted({"members"}) == {}


def test_a_folder_is_no_state(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_state(tmp_path, "ours")


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"applied_counts": ' + b"9" * 5000])
def test_a_file_that_no_run_wrote_is_refused(path: Path, content: bytes) -> None:
    write_private(path, [content])
    with pytest.raises(ConfigurationError, match="cannot be used: it cannot be read"):
        read_state(path, "ours")


def test_a_file_that_others_may_change_is_refused(path: Path) -> None:
    write_state(path, "ours", State(COUNTS))
    path.chmod(0o666)
    with pytest.raises(ConfigurationError, match="other users may access it"):
        read_state(path, "ours")
