# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the carrying out of a plan is: a small private file to look at, and now and then a line for the log.

Both hold numbers only, no names of people. Neither can stop the work: once the file cannot be written, it is given up.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import write_private
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import PRODUCT
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import duration, words

FORMAT = f"{PRODUCT}/progress"
FORMAT_VERSION = 1

WRITE_SECONDS = 1.0
LOG_SECONDS = 60.0
"""The least time between two writes of the file, and between two lines of the log."""


class Progress:
    """The progress of one plan: a context around its carrying out, to be called with each result.

    The file at ``path`` holds ``total``, ``done`` and ``failed`` actions, the ``kind`` of the latest one, and the times
    ``started``, ``updated``, ``estimated_end`` and ``ended`` (ISO 8601, UTC; null while unknown). ``log`` takes a line
    of text; ``clock`` counts seconds.
    """

    def __init__(
        self,
        plan: Plan,
        organization: str,
        path: Path | None,
        log: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._organization = organization
        self._digest = plan.digest
        self._total = len(plan.actions)
        self._path = path
        self._log = log
        self._clock = clock
        self._started = datetime.now(timezone.utc)
        self._begin = self._written = self._logged = clock()
        self._done = 0
        self._failed = 0
        self._kind: str | None = None

    def __enter__(self) -> Progress:
        """Write the file, so that nobody takes that of an earlier run for this one."""
        self._write(ended=False)
        if self._total:
            self._log(f"{self._organization}: carrying out {self._total:,} actions of plan {self._digest}")
        return self

    def __call__(self, result: Result) -> None:
        """Count the result of one action."""
        if result.outcome == "failed":
            self._failed += 1
        else:
            self._done += 1
        self._kind = result.action.kind.value
        now = self._clock()
        if now - self._written >= WRITE_SECONDS:
            self._write(ended=False)
        if now - self._logged >= LOG_SECONDS:
            self._logged = now
            self._log(f"{self._sentence()}; {words(self._kind).lower()}; about {duration(self._seconds_left())} left")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say that nothing more will be done; the log hears of the end itself from the run (see journal.py)."""
        self._write(ended=True)
        if error is not None:
            self._log(f"{self._sentence()}; broken off after {duration(self._clock() - self._begin)}")

    def _sentence(self) -> str:
        return f"{self._organization}: {self._done:,} of {self._total:,} actions done, {self._failed:,} failed"

    def _seconds_left(self) -> float:
        """Return how long the rest takes if it takes as long as what was carried out so far."""
        finished = self._done + self._failed
        return (self._clock() - self._begin) / finished * (self._total - finished)

    def _write(self, *, ended: bool) -> None:
        self._written = self._clock()
        if self._path is None:
            return
        known = self._done + self._failed > 0 and not ended
        content = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "organization": self._organization,
            "digest": self._digest,
            "total": self._total,
            "done": self._done,
            "failed": self._failed,
            "kind": self._kind,
            "started": self._time(self._begin),
            "updated": self._time(self._written),
            "estimated_end": self._time(self._written + self._seconds_left()) if known else None,
            "ended": self._time(self._written) if ended else None,
        }
        try:
            write_private(self._path, [json.dumps(content, indent=1).encode() + b"\n"])
        except ConfigurationError as error:
            self._path = None
            self._log(str(error))

    def _time(self, clock: float) -> str:
        """Return the time of day at which the clock shows so much."""
        return (self._started + timedelta(seconds=clock - self._begin)).strftime("%Y-%m-%dT%H:%M:%SZ")
