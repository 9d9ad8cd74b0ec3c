# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rate limits and concurrency limits (https://developer.okta.com/docs/reference/rate-limits/)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..common import Clock

USERS, GROUPS, OTHER = "users", "groups", "other"
BUCKETS = (
    (re.compile(r"^/api/v1/users$"), USERS),
    (re.compile(r"^/api/v1/groups(/[^/]+/users)?$"), GROUPS),
)


@dataclass(slots=True)
class _Window:
    ends: float
    left: int


class RateLimits:
    """Counts the requests of one principal by bucket in fixed windows; a refused request counts as well.

    ``limits`` are requests per window by bucket, ``concurrency`` the most requests under way; None means no limit
    that a test could reach.
    """

    def __init__(
        self, clock: Clock, limits: Mapping[str, int] | None, window: float = 60.0, concurrency: int | None = None
    ) -> None:
        self._clock = clock
        self._limits = limits or {}
        self._seconds = window
        self._concurrency = concurrency
        self._windows: dict[str, _Window] = {}
        self._active = 0

    def begin(self, path: str) -> tuple[bool, dict[str, str]]:
        """Count the start of a request; return whether it is allowed, and the headers of its answer."""
        self._active += 1
        if self._concurrency is not None and self._active > self._concurrency:
            return False, self._headers(0, 0, self._clock.now() + 1)
        bucket = next((bucket for pattern, bucket in BUCKETS if pattern.search(path)), OTHER)
        limit = self._limits.get(bucket, 10_000)
        window = self._windows.get(bucket)
        if window is None or self._clock.now() >= window.ends:
            window = self._windows[bucket] = _Window(self._clock.now() + self._seconds, limit)
        allowed = window.left > 0
        window.left = max(0, window.left - 1)
        return allowed, self._headers(limit, window.left, window.ends)

    def end(self) -> None:
        """Count the end of a request."""
        self._active -= 1

    @staticmethod
    def _headers(limit: int, remaining: int, reset: float) -> dict[str, str]:
        return {
            "X-Rate-Limit-Limit": str(limit),
            "X-Rate-Limit-Remaining": str(remaining),
            "X-Rate-Limit-Reset": str(math.ceil(reset)),
        }
