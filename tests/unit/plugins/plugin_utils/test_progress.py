# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controller shows of a module that writes a progress file."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible_collections.dirsync.bitwarden.plugins.action import (
    bitwarden_org_groups,
    bitwarden_org_members,
    bitwarden_org_sync,
)
from ansible_collections.dirsync.bitwarden.plugins.plugin_utils import progress
from ansible_collections.dirsync.bitwarden.plugins.plugin_utils.progress import FollowingAction, following, sentence

PATIENCE = 30
"""Seconds after which a test gives up; none of them has to wait that long."""

LINE = "1,200 of 5,000 actions done, 3 failed; invite member; about 2 minutes left"


def content(**changes: Any) -> bytes:
    values = {
        "total": 5000,
        "done": 1200,
        "failed": 3,
        "kind": "invite_member",
        "updated": "2026-03-01T23:59:00Z",
        "estimated_end": "2026-03-02T00:01:10Z",
        "ended": None,
    }
    return json.dumps({**values, **changes}).encode()


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (content(), LINE),
        (content(estimated_end=None), "1,200 of 5,000 actions done, 3 failed"),
        (content(ended="2026-03-02T00:01:10Z"), ""),
        (content(updated="yesterday"), ""),
        (content(done="many"), ""),
        (b"", ""),
        (b"[]", ""),
        (b"{}", ""),
        (b"half {", ""),
        (b"\xff", ""),
    ],
)
def test_a_progress_file_is_put_into_words(found: bytes, line: str) -> None:
    assert sentence(found) == line


def test_changes_are_shown_until_the_work_is_over(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    path.write_bytes(content(done=1))
    shown: queue.Queue[str] = queue.Queue()
    with following(path, shown.put, seconds=0.001):
        path.write_bytes(content())
        assert shown.get(timeout=PATIENCE) == LINE
        path.write_bytes(content(done=1300))
        assert shown.get(timeout=PATIENCE).startswith("1,300 of 5,000")
    path.write_bytes(content(done=1400))
    assert shown.empty()


def test_a_file_that_is_missing_or_of_an_earlier_run_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    shown: list[str] = []
    for _unused in range(2):
        with following(path, shown.append, seconds=0.001):
            pass
        path.write_bytes(content())
    assert shown == []


def test_errors_of_the_work_pass_through(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broken"), following(tmp_path / "progress.json", print):
        raise ValueError("broken")


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Keep actions from running anything; return the paths that they follow."""
    paths: list[Path] = []

    def follow(path: Path, show: Callable[[str], None]) -> Any:
        paths.append(path)
        return following(path, show)

    monkeypatch.setattr(progress, "following", follow)
    monkeypatch.setattr(NormalAction, "run", lambda self, tmp=None, task_vars=None: {"changed": True})
    return paths


def action(arguments: dict[str, Any], transport: str = "local", wait: int = 0) -> Any:
    task = SimpleNamespace(args=arguments, async_val=wait)
    return FollowingAction(task, SimpleNamespace(transport=transport), None, None, None, None)


def test_the_progress_of_a_module_on_this_machine_is_followed(
    followed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    result = action({"progress_file": "~/progress.json"}).run(task_vars={"inventory_hostname": "acme"})
    assert result == {"changed": True}
    assert followed == [Path("/home/ann/progress.json")]


@pytest.mark.parametrize("value", [2026, "~nobody-of-this-name/progress.json"])
def test_what_the_module_will_refuse_or_take_for_a_name_is_left_to_it(followed: list[Path], value: Any) -> None:
    assert action({"progress_file": value}).run(task_vars={}) == {"changed": True}
    assert followed == [Path(str(value))]


@pytest.mark.parametrize(
    "unfit",
    [
        action({}),
        action({"progress_file": None}),
        action({"progress_file": "/srv/progress.json"}, "ssh"),
        action({"progress_file": "/srv/progress.json"}, wait=60),
    ],
)
def test_what_cannot_be_followed_just_runs(followed: list[Path], unfit: Any) -> None:
    assert unfit.run(task_vars={}) == {"changed": True}
    assert followed == []


@pytest.mark.parametrize("plugin", [bitwarden_org_sync, bitwarden_org_members, bitwarden_org_groups])
def test_every_module_that_converges_is_followed(plugin: Any) -> None:
    assert issubclass(plugin.ActionModule, FollowingAction)
