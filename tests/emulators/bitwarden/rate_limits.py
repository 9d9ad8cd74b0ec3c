# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rate limits of the cloud and of Vaultwarden's login (reference sections 2, 6 and 14).

Windows are fixed and begin with the first request in them; refused requests are not counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..common import Clock
from .errors import ApiError, TooManyRequestsError, VaultwardenError
from .model import Mode


@dataclass(frozen=True, slots=True)
class Limit:
    """``count`` requests in ``seconds``; ``period`` is how the server spells that in its error."""

    count: int
    seconds: int
    period: str


@dataclass(slots=True)
class _Window:
    begin: float
    count: int = 0


TOKEN_LIMIT = Limit(10, 60, "1m")
WRITE_LIMITS = (Limit(5, 1, "1s"), Limit(60, 60, "1m"))
READ_LIMITS = (Limit(200, 60, "1m"),)


class RateLimits:
    """Counts requests by verb, or by verb and path when ``by_path``."""

    def __init__(self, clock: Clock, mode: Mode, *, by_path: bool = False) -> None:
        self._clock = clock
        self._mode = mode
        self._by_path = by_path
        self._windows: dict[tuple[str, Limit], _Window] = {}

    def count(self, method: str, path: str) -> None:
        """Count a request, or raise the error that refuses it."""
        now = self._clock.now()
        windows = [(limit, self._window(key, limit, now)) for key, limit in self._limits(method, path)]
        for limit, window in windows:
            if window.count >= limit.count:
                raise self._refusal(limit, math.ceil(window.begin + limit.seconds - now))
        for _limit, window in windows:
            window.count += 1

    def clear(self) -> None:
        """Begin new windows."""
        self._windows.clear()

    def _limits(self, method: str, path: str) -> list[tuple[str, Limit]]:
        if path.endswith("/connect/token"):
            return [("token", TOKEN_LIMIT)]
        if self._mode is Mode.VAULTWARDEN:
            return []
        key = f"{method} {path}" if self._by_path else method
        return [(key, limit) for limit in (READ_LIMITS if method == "GET" else WRITE_LIMITS)]

    def _window(self, key: str, limit: Limit, now: float) -> _Window:
        window = self._windows.get((key, limit))
        if window is None or now >= window.begin + limit.seconds:
            window = self._windows[(key, limit)] = _Window(now)
        return window

    def _refusal(self, limit: Limit, retry_after: int) -> ApiError:
        if self._mode is Mode.VAULTWARDEN:
            return VaultwardenError("Too many login requests", 429)
        return TooManyRequestsError(max(retry_after, 1), limit.period)
