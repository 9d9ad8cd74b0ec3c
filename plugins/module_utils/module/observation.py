# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watching a run from its start to its end, however it ends: a line for the system log and the metrics file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.session import Traffic
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import GuardError, LockedError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.metrics_file import replace_metrics
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.journal import end_line
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.metrics import Ending, EndOfRun
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import verdict


class Observation:
    """A context around a run, which gives it ``client``, ``report``, ``guards`` and ``seats`` as soon as it has them.

    At the end ``log`` gets a line, and outside check mode the run is added to the file of the option ``metrics_file``.
    A run that another one kept out leaves both to that one. Nothing here can fail a run.
    """

    def __init__(
        self,
        organization: str,
        options: Mapping[str, Any],
        *,
        check_mode: bool,
        log: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._organization = organization
        self._metrics_file = None if check_mode else options["metrics_file"]
        self._metrics_name = options["metrics_name"] or organization
        self._log = log
        self._clock = clock
        self._began = clock()
        self.client: BitwardenClient | None = None
        self.report: Mapping[str, Any] | None = None
        self.guards: tuple[str, ...] = ()
        self.seats: int | None = None

    def __enter__(self) -> Observation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say how the run ended."""
        if isinstance(error, LockedError):
            return
        traffic = self.client.traffic() if self.client else Traffic({}, 0.0)
        ended = self._clock()
        run = EndOfRun(
            organization=self._metrics_name,
            ending=_ending(error),
            ended=ended,
            seconds=max(0.0, ended - self._began),
            report=self.report,
            guards=self.guards,
            calls=traffic.calls,
            throttled_seconds=traffic.throttled_seconds,
            seats=self.seats,
        )
        self._log(end_line(self._values(run, error)))
        if self._metrics_file:
            replace_metrics(Path(self._metrics_file), run, self._log)

    def _values(self, run: EndOfRun, error: BaseException | None) -> dict[str, object]:
        """Return what the line in the log says: of the actions only those kinds that the plan has."""
        report = self.report or {}
        counts = {kind: count for kind, count in report.get("counts", {}).items() if count and kind != "refused"}
        return {
            "organization": self._organization,
            "verdict": run.ending if error or not self.report else verdict(self.report),
            "error": type(error).__name__ if error else None,
            "guards": ",".join(run.guards),
            "digest": report.get("digest"),
            **counts,
            **report.get("outcomes", {}),
            "seconds": run.seconds,
            "calls": sum(run.calls.values()),
            "throttled_seconds": run.throttled_seconds,
        }


def _ending(error: BaseException | None) -> Ending:
    if error is None:
        return "done"
    return "stopped" if isinstance(error, GuardError) else "failed"
