# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measuring processes: wall time, processor time and peak memory, as medians of interleaved rounds."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

Case = dict[str, Any]
"""One line of the result: case, ours, peer, peer_name, ratio (ours by peer), unit."""


@dataclass(frozen=True)
class Usage:
    """What processes took: seconds on the clock, seconds of processor time, and the peak memory in MB."""

    wall: float
    cpu: float
    peak_mb: float


def case(name: str, ours: float, peer: float, peer_name: str, unit: str) -> Case:
    """Return one line of the result."""
    return {
        "case": name,
        "ours": round(ours, 3),
        "peer": round(peer, 3),
        "peer_name": peer_name,
        "ratio": round(ours / peer, 2),
        "unit": unit,
    }


def run(command: list[str], environment: Mapping[str, str] | None = None) -> Usage:
    """Run a command to its end, its output thrown away; raise if it fails."""
    return _run(command, os.devnull, environment)


def run_reader(command: list[str]) -> Usage:
    """Run a reader, which prints as JSON the ``seconds`` from its first byte sent to its last entry decoded.

    Those count as wall time, without the start of the interpreter and the imports.
    """
    with tempfile.NamedTemporaryFile() as output:
        return replace(_run(command, output.name, None), wall=json.load(output)["seconds"])


def _run(command: list[str], output: str, environment: Mapping[str, str] | None) -> Usage:
    # Through a small process: the peak memory of a process counts that of the one that started it.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as small:
        return small.submit(_measured, command, output, {**os.environ, **(environment or {})}).result()


def _measured(command: list[str], output: str, environment: Mapping[str, str]) -> Usage:
    start = time.perf_counter()
    with Path(output).open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, env=environment)
    _unused, status, resources = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Usage(wall, resources.ru_utime + resources.ru_stime, resources.ru_maxrss / 1024)


def interleaved(subjects: Mapping[str, Callable[[], Usage]], rounds: int) -> dict[str, Usage]:
    """Return, and print, the medians of all subjects after ``rounds`` rounds in which each had its turn."""
    taken: dict[str, list[Usage]] = {name: [] for name in subjects}
    for _unused in range(rounds):
        for name, subject in subjects.items():
            taken[name].append(subject())
    medians = {
        name: Usage(
            median(usage.wall for usage in usages),
            median(usage.cpu for usage in usages),
            median(usage.peak_mb for usage in usages),
        )
        for name, usages in taken.items()
    }
    print("| | wall s | processor s |\n|---|---|---|")
    for name, usage in medians.items():
        print(f"| {name} | {usage.wall:.2f} | {usage.cpu:.2f} |")
    return medians
