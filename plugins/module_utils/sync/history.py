# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history file: one small line of JSON for each past run, so that a report can show what became of members.

It holds numbers only, no names of people, and is private all the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import read_private, write_private

MOST_RUNS = 1000


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run that could write, also one that failed or that a guard stopped; never one in check mode.

    ``time`` is when it started (ISO 8601, UTC), ``digest`` identifies its plan, ``members`` counts the members that it
    found by status, and ``changes`` the actions that it carried out by kind; ``outcomes`` are those of its report.
    """

    organization: str
    time: str
    digest: str
    members: Mapping[str, int]
    changes: Mapping[str, int]
    outcomes: Mapping[str, int]
    stopped: bool


def past_run(report: Mapping[str, Any]) -> PastRun:
    """Return what the history keeps of the run of this report."""
    return PastRun(
        organization=report["organization"],
        time=report["started"],
        digest=report["digest"],
        members=report["current"]["members"],
        changes=dict(Counter(record["action"] for record in report["records"] if record["outcome"] == "done")),
        outcomes=report["outcomes"],
        stopped=bool(report["guard"]),
    )


def read_history(path: Path | None, organization: str) -> tuple[PastRun, ...]:
    """Return the past runs kept at ``path``, the oldest first, none where there is no file.

    Raises ConfigurationError for a file that is not the history of this organization.
    """
    if path is None or not path.exists():
        return ()
    try:
        runs = tuple(PastRun(**json.loads(line)) for line in read_private(path).splitlines())
    except (OSError, RecursionError, TypeError, ValueError) as error:
        raise _unusable(path, f"it cannot be read as a history: {error}") from error
    others = [run.organization for run in runs if run.organization != organization]
    if others:
        raise _unusable(path, f"it belongs to {others[0]}, not to {organization}")
    return runs


def write_history(path: Path, runs: Sequence[PastRun]) -> None:
    """Keep the last MOST_RUNS of the runs at ``path``, mode 0600, in one step."""
    write_private(path, [json.dumps(asdict(run)).encode() + b"\n" for run in runs[-MOST_RUNS:]])


def _unusable(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The history file {path} cannot be used: {why}",
        hint="Give each organization a history_file of its own, or remove this one to begin anew",
    )
