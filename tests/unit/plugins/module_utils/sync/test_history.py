# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history file: what it keeps, for how long, and what it refuses."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.history import (
    MOST_RUNS,
    past_run,
    read_history,
    write_history,
)
from ansible_collections.dirsync.bitwarden.tests.support.reports import record, report, runs


def test_a_run_is_kept_in_numbers() -> None:
    run = past_run(report(record(), record("bo@example.org"), record(outcome="failed"), guard=["no"]))
    assert (run.organization, run.time, run.digest) == ("organization.1", "2026-03-01T12:00:00Z", "sha256:5f2b")
    assert run.members == {"confirmed": 1200, "revoked": 3}
    assert run.changes == {"invite_member": 2}
    assert run.outcomes == {"planned": 0, "done": 2, "failed": 1, "refused": 0}
    assert run.stopped is True


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    kept = runs({"invite_member": 1}, {})
    write_history(path, kept)
    assert read_history(path, "organization.1") == kept
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().splitlines()) == 2


@pytest.mark.parametrize("path", [None, Path("/nowhere/history.jsonl")])
def test_without_file_there_is_no_past(path: Path | None) -> None:
    assert read_history(path, "organization.1") == ()


def test_the_oldest_runs_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    write_history(path, runs(*({"invite_member": number} for number in range(MOST_RUNS + 2))))
    kept = read_history(path, "organization.1")
    assert len(kept) == MOST_RUNS
    assert kept[0].changes == {"invite_member": 2}


def test_the_history_of_another_organization_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    write_history(path, runs({}))
    with pytest.raises(ConfigurationError, match=r"it belongs to organization\.1, not to organization\.2"):
        read_history(path, "organization.2")


@pytest.mark.parametrize(
    "content", [b"{}\n", b"[1]\n", b"not json\n", b'{"organization": "o", "more": 1}\n', b"\xff\n", b"\n"]
)
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="cannot be used"):
        read_history(path, "organization.1")
