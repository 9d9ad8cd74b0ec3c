# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metrics file: replaced at the end of each run, so that monitoring finds the last run and the counters of all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import write_shared
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.metrics import EndOfRun, as_text

MOST_BYTES = 1 << 20
"""A metrics file is a few kilobytes; whatever is larger is another file."""


def replace_metrics(path: Path, run: EndOfRun, log: Callable[[str], None]) -> None:
    """Add a run to the metrics at ``path``, mode 0644, in one step; where that fails, ``log`` gets a line."""
    try:
        write_shared(path, [as_text(run, _text_of(path)).encode()])
    except ConfigurationError as error:
        log(str(error))


@contextmanager
def failures_in_metrics(options: Mapping[str, Any], *, check_mode: bool) -> Iterator[None]:
    """Count a run as failed where it fails in this context, before there was anything to converge to."""
    began = time.time()
    try:
        yield
    except Exception:
        if options["metrics_file"] and not check_mode:
            ended = time.time()
            run = EndOfRun(options["metrics_name"], "failed", ended, max(0.0, ended - began))
            replace_metrics(Path(options["metrics_file"]), run, lambda line: None)
        raise


def _text_of(path: Path) -> str:
    """Return what the last run left; nothing where it cannot be read, so that the counters begin anew."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
