# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be seen of a plan while it is carried out."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.progress import Progress
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime

ACTIONS = tuple(Action(Kind.INVITE_MEMBER, f"p{number}@example.org", "new_user", f"{number}") for number in range(300))
PLAN = Plan(ACTIONS)
DONE = Result(ACTIONS[0], "done")
FAILED = Result(Action(Kind.REVOKE_MEMBER, "bo@example.org", "absent_from_directory", "bo"), "failed", "no")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "progress.json"


@pytest.fixture
def lines() -> list[str]:
    """Return the lines that were logged."""
    return []


@pytest.fixture
def progress(path: Path, lines: list[str], fake_time: FakeTime) -> Progress:
    return Progress(PLAN, "organization.1", path, lines.append, fake_time.clock)


def content(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text())
    assert isinstance(found, dict)
    return found


def time_in(content: dict[str, Any], name: str) -> datetime:
    return datetime.strptime(content[name], "%Y-%m-%dT%H:%M:%S%z")


def test_the_file_is_there_from_the_start_and_private(progress: Progress, path: Path) -> None:
    with progress:
        found = content(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (found["total"], found["done"], found["failed"], found["kind"]) == (300, 0, 0, None)
    assert (found["estimated_end"], found["ended"]) == (None, None)
    assert (found["organization"], found["digest"]) == ("organization.1", PLAN.digest)
    assert (found["format"], found["version"]) == ("dirsync.bitwarden/progress", 1)


def test_the_file_is_written_once_a_second_at_most(progress: Progress, path: Path, fake_time: FakeTime) -> None:
    with progress:
        fake_time.sleep(0.6)
        progress(DONE)
        assert content(path)["done"] == 0
        fake_time.sleep(0.6)
        progress(DONE)
        assert content(path)["done"] == 2
        progress(FAILED)
        assert content(path)["failed"] == 0
    found = content(path)
    assert (found["done"], found["failed"], found["kind"]) == (2, 1, "revoke_member")
    assert found["ended"] == found["updated"]
    assert found["estimated_end"] is None


def test_the_end_is_estimated_from_what_was_carried_out(progress: Progress, path: Path, fake_time: FakeTime) -> None:
    with progress:
        fake_time.sleep(10)
        for _unused in range(100):
            progress(DONE)
        fake_time.sleep(50)
        progress(DONE)
        found = content(path)
    started, updated, end = (time_in(found, name) for name in ("started", "updated", "estimated_end"))
    assert updated - started == timedelta(seconds=60)
    assert abs(end - updated - timedelta(seconds=60 / 101 * 199)) <= timedelta(seconds=1)


def test_the_log_gets_a_line_a_minute_without_names(progress: Progress, lines: list[str], fake_time: FakeTime) -> None:
    with progress:
        for _unused in range(149):
            fake_time.sleep(1)
            progress(DONE)
        fake_time.sleep(1)
        progress(FAILED)
    assert lines == [
        f"organization.1: carrying out 300 actions of plan {PLAN.digest}",
        "organization.1: 60 of 300 actions done, 0 failed; invite member; about 4 minutes left",
        "organization.1: 120 of 300 actions done, 0 failed; invite member; about 3 minutes left",
    ]


def test_work_that_breaks_off_is_said_to_have_ended(progress: Progress, path: Path, lines: list[str]) -> None:
    def interrupted() -> None:
        with progress:
            progress(DONE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    found = content(path)
    assert (found["done"], found["total"]) == (1, 300)
    assert found["ended"] is not None
    assert lines[-1] == "organization.1: 1 of 300 actions done, 0 failed; broken off after 0 seconds"


def test_a_file_that_cannot_be_written_does_not_stop_the_work(
    tmp_path: Path, lines: list[str], fake_time: FakeTime
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with Progress(PLAN, "organization.1", folder / "progress.json", lines.append, fake_time.clock) as progress:
        (folder / "progress.json").unlink()
        folder.rmdir()
        for _unused in range(3):
            fake_time.sleep(2)
            progress(DONE)
    assert sum("cannot be written" in line for line in lines) == 1


def test_without_path_and_without_actions_nothing_is_said(lines: list[str]) -> None:
    with Progress(Plan(()), "organization.1", None, lines.append):
        pass
    assert lines == []
