# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much the service takes: queries a minute of one user, and calls at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ..common import Clock
from .errors import account_concurrency, operation_concurrency, user_rate_limit

QUERIES_PER_MINUTE = 2400


class Quotas:
    """Counts calls; None as a limit means none.

    ``service_time`` is how many seconds each call takes, needed for calls to be concurrent at all.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running: dict[str, int] = {}
        self.clear()

    def clear(self) -> None:
        """Forget the calls and go back to the usual limits."""
        self._calls: dict[str, deque[float]] = {}
        self.queries_per_minute: int | None = QUERIES_PER_MINUTE
        self.account_concurrency: int | None = None
        self.operation_concurrency: int | None = None
        self.service_time = 0.0

    @asynccontextmanager
    async def admit(self, subject: str, operation: str) -> AsyncIterator[None]:
        """Let a call in or raise the error that the service answers with."""
        self._count(subject)
        if self.account_concurrency is not None and sum(self._running.values()) >= self.account_concurrency:
            raise account_concurrency()
        if self.operation_concurrency is not None and self._running.get(operation, 0) >= self.operation_concurrency:
            raise operation_concurrency()
        self._running[operation] = self._running.get(operation, 0) + 1
        try:
            await asyncio.sleep(self.service_time)
            yield
        finally:
            self._running[operation] -= 1

    def _count(self, subject: str) -> None:
        now = self._clock.now()
        calls = self._calls.setdefault(subject, deque())
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if self.queries_per_minute is not None and len(calls) >= self.queries_per_minute:
            raise user_rate_limit()
        calls.append(now)
