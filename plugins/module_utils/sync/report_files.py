# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that a run leaves behind for people: the report in the formats that the endings of its paths ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import (
    require_writable,
    write_private,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.history import PastRun
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report import as_json
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_html import as_html
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_markdown import as_markdown

Renderer = Callable[[Mapping[str, Any], Sequence[PastRun]], str]

RENDERERS: Mapping[str, Renderer] = {
    ".json": lambda report, history: as_json(report),
    ".md": lambda report, history: as_markdown(report),
    ".html": as_html,
}


def check_report_paths(paths: Sequence[Path]) -> None:
    """Raise ConfigurationError for a path that no report can be written to, before a run does anything."""
    for path in paths:
        if path.suffix not in RENDERERS:
            raise ConfigurationError(
                f"The report {path} has no known format",
                hint=f"Let the path end in {', '.join(RENDERERS)}",
            )
        require_writable(path)


def write_reports(paths: Sequence[Path], report: Mapping[str, Any], history: Sequence[PastRun]) -> None:
    """Write the report to each path, mode 0600, in one step each, in the format that the path's ending asks for."""
    for path in paths:
        # A lone surrogate in a name cannot be encoded; as an escape it can, and in JSON it means the same.
        text = RENDERERS[path.suffix](report, history)
        write_private(path, [text.encode(errors="backslashreplace")])
