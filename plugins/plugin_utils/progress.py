# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Showing on the controller how far a module is, from the progress file that it writes.

The module runs as any other does, in one task, so that its result, check mode and difference stay what they are. A
task with ``async`` would not do: it is refused in check mode by some releases of Ansible, goes on alone after its
playbook was interrupted, and polling shows nothing of what it does.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from ansible.module_utils.common.validation import check_type_path
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import duration, words

SECONDS = 10.0
MOST_SECONDS = 60.0
"""The time until the first look at the file, and between two looks once the work takes long."""


class FollowingAction(NormalAction):  # type: ignore[misc]
    """Runs the module; where it writes a progress file on this machine, shows what that says."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Any:
        """Return the result of the module."""
        path = self._task.args.get("progress_file")
        if not path or self._connection.transport != "local" or self._task.async_val:
            return super().run(tmp, task_vars)
        host = (task_vars or {}).get("inventory_hostname", "")
        file = Path(check_type_path(path))  # as the module reads the option, whatever it holds
        with following(file, lambda line: Display().display(f"[{host}] {line}")):
            return super().run(tmp, task_vars)


@contextmanager
def following(path: Path, show: Callable[[str], None], seconds: float = SECONDS) -> Iterator[None]:
    """Show a line each time that a look at the file finds it changed, until the context ends.

    The first look comes after so many ``seconds``, each further one after twice the time up to MOST_SECONDS.
    """
    over = threading.Event()
    thread = threading.Thread(target=_follow, args=(path, _read(path), show, over, seconds), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _follow(path: Path, seen: bytes, show: Callable[[str], None], over: threading.Event, seconds: float) -> None:
    while not over.wait(seconds):
        seconds = min(2 * seconds, MOST_SECONDS)
        content = _read(path)
        if content != seen:
            seen = content
            line = sentence(content)
            if line:
                show(line)


def _read(path: Path) -> bytes:
    """Return the file, empty where it is not there or belongs to another user."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def sentence(content: bytes) -> str:
    """Return what a progress file says in words; nothing for the file of an ended run, or for another file."""
    try:
        progress = json.loads(content)
        if progress["ended"]:
            return ""
        done = f"{progress['done']:,} of {progress['total']:,} actions done, {progress['failed']:,} failed"
        if not progress["estimated_end"]:
            return done
        left = _time(progress["estimated_end"]) - _time(progress["updated"])
    except (ValueError, KeyError, TypeError):
        return ""
    return f"{done}; {words(progress['kind']).lower()}; about {duration(left.total_seconds())} left"


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
