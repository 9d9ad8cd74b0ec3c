# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When Google asks for patience: 403 means a quota or a missing right, and only the reason in the body tells which.

https://developers.google.com/workspace/admin/directory/v1/limits
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.messages import (
    Response,
    Wait,
    default_verdict,
    retry_after,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer

WORKERS = 16
"""Calls at once; the service's own limit is not published, and the pool shrinks when it is reached."""

QUERIES_PER_MINUTE = 2400
"""The default quota of one user of one project."""

RATE_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
CONCURRENCY_REASONS = frozenset({"quotaExceeded"})


def directory_pacer() -> Pacer:
    """Return the pacer for all calls of one source."""
    return Pacer([(QUERIES_PER_MINUTE, 60.0)], WORKERS)


def verdict(response: Response) -> Wait | None:
    """Say whether and when to repeat a refused call: after any quota error, and as the HTTP statuses say otherwise.

    429 and ``quotaExceeded`` are about calls at once, the other reasons about calls a minute. Google sends no
    Retry-After today; one is obeyed all the same.
    """
    seconds = retry_after(response.headers)
    if response.status == 429:
        return Wait(seconds, concurrency=True)
    if response.status == 403:
        found = reasons(response.body())
        if found & CONCURRENCY_REASONS:
            return Wait(seconds, concurrency=True)
        return Wait(seconds) if found & RATE_REASONS else None
    return default_verdict(response)


def is_throttling(status: int, found: frozenset[str]) -> bool:
    """Say whether an answer with this status and these reasons is about a quota."""
    return status == 429 or (status == 403 and bool(found & (RATE_REASONS | CONCURRENCY_REASONS)))


def reasons(body: object) -> frozenset[str]:
    """Return the reasons that an error answer gives, in the old list of errors and in the newer details."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return frozenset()
    entries = [*_entries(error.get("errors")), *_entries(error.get("details"))]
    return frozenset(entry["reason"] for entry in entries if isinstance(entry.get("reason"), str))


def _entries(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (entry for entry in value if isinstance(entry, dict))
