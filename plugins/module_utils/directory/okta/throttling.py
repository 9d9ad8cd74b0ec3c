# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Okta's rate limits: kept in advance by what each answer says is left, and obeyed when an answer is a refusal.

https://developer.okta.com/docs/reference/rl-best-practices/. Limits count per bucket of paths and minute. An API token
or app may use only its share of them, half by default, which the headers need not show.
"""

from __future__ import annotations

import email.utils
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.messages import (
    Response,
    Wait,
    default_verdict,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer

USERS, GROUPS, OTHER = "users", "groups", "other"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What the headers of an answer say: requests in a window, how many are left, seconds until the next window.

    ``window`` identifies the window. Both numbers are 0 where there were too many requests at once.
    """

    limit: int
    remaining: int
    window: int
    seconds: float

    @property
    def about_concurrency(self) -> bool:
        """Whether the refusal is about the number of requests under way."""
        return self.limit == 0 and self.remaining == 0


def rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the rate limit in the headers, None where they hold none.

    The reset is a time of Okta's clock, so it is compared with the answer's own Date. One second is added because
    that has no fractions.
    """
    try:
        limit, remaining, reset = (int(headers[f"x-rate-limit-{name}"]) for name in ("limit", "remaining", "reset"))
        date = email.utils.parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return None
    return RateLimit(limit, remaining, reset, max(0.0, reset - date) + 1)


def bucket_of(url: str) -> str:
    """Return the bucket that a request to this address counts in."""
    path = urlsplit(url).path
    if path.startswith("/api/v1/users"):
        return USERS
    return GROUPS if path.startswith("/api/v1/groups") else OTHER


class Throttle:
    """Paces the requests of one org by the answers to earlier ones; ``workers`` is the most requests under way."""

    def __init__(
        self,
        workers: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._buckets = {
            name: _Bucket(Pacer(concurrency=workers, clock=clock, sleep=sleep), workers)
            for name in (USERS, GROUPS, OTHER)
        }

    def pacer(self, url: str) -> Pacer:
        """Return the pacer for requests to this address."""
        return self._buckets[bucket_of(url)].pacer

    def observe(self, response: Response) -> None:
        """Note an answer, and let the bucket rest while too little is left of its window."""
        limit = rate_limit(response.headers)
        if limit and not limit.about_concurrency:
            self._buckets[bucket_of(response.url)].used(limit)

    def verdict(self, response: Response) -> Wait | None:
        """Say whether and when to repeat a refused request: what HttpClient asks for."""
        limit = rate_limit(response.headers)
        if response.status != 429 or limit is None:
            return default_verdict(response)
        if limit.about_concurrency:
            return Wait(concurrency=True)
        self._buckets[bucket_of(response.url)].refused(limit)
        return Wait(limit.seconds)


class _Bucket:
    """The requests of ours in one bucket; ``_share`` is how many of them a window took before it refused one."""

    def __init__(self, pacer: Pacer, workers: int) -> None:
        self.pacer = pacer
        self._workers = workers
        self._lock = threading.Lock()
        self._window = 0
        self._count = 0
        self._share: int | None = None

    def used(self, limit: RateLimit) -> None:
        """Count an answer; rest until the next window when the requests under way may use up this one."""
        with self._lock:
            self._enter(limit.window)
            if limit.window == self._window:
                self._count += 1
            left = limit.remaining if self._share is None else min(limit.remaining, self._share - self._count)
        if left <= min(self._workers, limit.limit // 10):
            self.pacer.pause(limit.seconds)

    def refused(self, limit: RateLimit) -> None:
        """Learn the share of the window that is ours: there is something left, but not for us."""
        with self._lock:
            self._enter(limit.window)
            if limit.remaining and self._count:
                self._share = self._count

    def _enter(self, window: int) -> None:
        if window > self._window:
            self._window = window
            self._count = 0
