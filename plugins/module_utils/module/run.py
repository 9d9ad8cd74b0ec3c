# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run works on, and how its options are read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import BitwardenConnection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.approval import Approval
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.observation import Observation
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.history import PastRun
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import Part
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy


@dataclass(frozen=True, slots=True)
class Run:
    """What one run works on."""

    options: Mapping[str, Any]
    parts: Collection[Part]
    check_mode: bool
    connection: BitwardenConnection
    policy: Policy
    snapshot: Snapshot
    history: tuple[PastRun, ...]
    approval: Approval
    now: datetime
    log: Callable[[str], None]
    observation: Observation


def report_paths(options: Mapping[str, Any]) -> list[Path]:
    """Return where to write the report, once for each format."""
    return [Path(path) for path in options["report_path"]]


def path_of(value: str | None) -> Path | None:
    """Return the path that an option gives, None where it gives none."""
    return Path(value) if value else None


def written(time: datetime) -> str:
    """Return a time (UTC) as reports and files hold it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
