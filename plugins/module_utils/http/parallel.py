# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doing the same for many items at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_concurrently(function: Callable[[Item], Result], items: Iterable[Item], workers: int) -> list[Result]:
    """Return ``function`` of each item, in the order of the items, computed by up to ``workers`` threads.

    After an error (or an interruption) no further item is begun; the error is raised once those under way have ended.
    """
    stopped = threading.Event()

    def run(item: Item) -> Result:
        if stopped.is_set():
            raise CancelledError
        try:
            return function(item)
        except BaseException:
            stopped.set()
            raise

    with ThreadPoolExecutor(workers) as executor:
        futures = [executor.submit(run, item) for item in items]
        try:
            wait(futures)
        finally:
            stopped.set()
    for future in futures:
        error = future.exception()
        if error is not None and not isinstance(error, CancelledError):
            raise error
    return [future.result() for future in futures]
