# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the next request may start: known rate limits kept in advance, unknown ones learnt from the server's answers."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


class Pacer:
    """Limits one bucket of requests, shared by all threads that draw on it.

    ``limits`` are (requests, seconds) windows known beforehand; ``concurrency`` is the most requests under way. A
    throttled answer pauses the whole bucket and, when it was about concurrency, halves the requests allowed at once,
    not again by the answers to others that were under way; as many answers in a row as are allowed at once, none of
    them throttled, allow one more.
    """

    def __init__(
        self,
        limits: Sequence[tuple[int, float]] = (),
        concurrency: int = 16,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits = tuple(limits)
        self._most = self._allowed = concurrency
        self._clock = clock
        self._sleep = sleep
        self._condition = threading.Condition()
        self._active = 0
        self._successes = 0
        self._not_before = 0.0
        self._throttled = 0.0
        self._throttled_until = 0.0
        self._starts: deque[float] = deque(maxlen=max((limit[0] for limit in self._limits), default=1))

    @property
    def throttled_seconds(self) -> float:
        """Return for how long limits and pauses have held requests back, time in which several waited counted once."""
        return self._throttled

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for permission to send one request and hold it until the answer has been read."""
        self._acquire()
        try:
            yield
        finally:
            with self._condition:
                self._active -= 1
                self._condition.notify()

    def pause(self, seconds: float, *, reduce: bool = False) -> None:
        """Let nobody start for ``seconds``; with ``reduce`` also halve the concurrent requests, once in a pause."""
        with self._condition:
            now = self._clock()
            if reduce and now >= self._not_before:
                self._allowed = max(1, self._allowed // 2)
            self._not_before = max(self._not_before, now + seconds)
            self._successes = 0

    def succeeded(self) -> None:
        """Note an answer that was not throttled."""
        with self._condition:
            self._successes += 1
            if self._allowed < self._most and self._successes >= self._allowed:
                self._allowed += 1
                self._successes = 0
                self._condition.notify()

    def _acquire(self) -> None:
        while True:
            with self._condition:
                while self._active >= self._allowed:
                    self._condition.wait()
                wait = self._wait()
                if wait <= 0:
                    self._active += 1
                    self._starts.append(self._clock())
                    return
                self._count_throttled(wait)
            self._sleep(wait)

    def _count_throttled(self, wait: float) -> None:
        now = self._clock()
        self._throttled += max(0.0, now + wait - max(now, self._throttled_until))
        self._throttled_until = max(self._throttled_until, now + wait)

    def _wait(self) -> float:
        """Return the seconds until every window and every pause allows one more start."""
        now = self._clock()
        earliest = self._not_before
        for count, seconds in self._limits:
            if len(self._starts) >= count:
                earliest = max(earliest, self._starts[-count] + seconds)
        return earliest - now
