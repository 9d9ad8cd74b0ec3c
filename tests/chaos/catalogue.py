# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that may go wrong with one answer over HTTP, and bounds so small that a campaign does not wait."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden import connection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http import client, options, transport
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import HttpOptions
from ansible_collections.dirsync.bitwarden.tests.emulators.common import EmulatorServer, Fault, Kind, When

TIMEOUT = 0.3
TOTAL_TIMEOUT = 0.6
LARGEST = 1 << 20
"""Bounds of a client in a campaign: seconds for each wait, seconds for an answer, bytes of an answer."""

SECONDS = 10.0
MEMORY = 64 << 20
"""What no case may take, on a busy machine too."""

BEYOND = 4 * MEMORY
"""Bytes of an answer that nobody should hold in memory."""

REFUSED = "connection refused"
STATUSES = (400, 401, 403, 404, 409, 429, 500, 502, 503)
REDIRECT = "redirect to another host"

PASSING = {
    REFUSED,
    "reset before the effect",
    "reset after the effect",
    "no answer",
    "no answer after the effect",
    "answer cut off",
    "slow drip",
    "HTML page with 502",
    "expired token",
    *(f"status {status}" for status in (401, 429, 500, 502, 503)),
    "status 429 with Retry-After",
    "status 503 with Retry-After for ever",
}
"""Faults that may be over when the request is repeated. Only here it makes a difference whether that may be done."""

Arm = Callable[[When], Fault]


def _status(status: int, body: Any = "", **headers: str) -> Arm:
    return lambda when: Fault(Kind.STATUS, when, status=status, body=body, headers=headers)


def _kind(kind: Kind, **how: Any) -> Arm:
    return lambda when: Fault(kind, when, **how)


FAULTS: dict[str, Arm] = {
    REFUSED: _kind(Kind.DROP),
    "reset before the effect": _kind(Kind.DROP),
    "reset after the effect": _kind(Kind.DROP, after_effect=True),
    "no answer": _kind(Kind.HANG),
    "no answer after the effect": _kind(Kind.HANG, after_effect=True),
    "answer cut off": _kind(Kind.TRUNCATED),
    "slow drip": _kind(Kind.DRIP, seconds=TIMEOUT / 6),
    "wrong content type": _kind(Kind.CONTENT_TYPE),
    "HTML page with 502": _kind(Kind.HTML),
    "HTML page with 200": _kind(Kind.HTML, status=200),
    **{f"status {status}": _status(status, {"message": "No."}) for status in STATUSES},
    "status 429 with Retry-After": _status(429, **{"Retry-After": "7"}),
    "status 503 with Retry-After for ever": _status(503, **{"Retry-After": "99999999999"}),
    "expired token": _status(401, **{"WWW-Authenticate": 'Bearer error="invalid_token"'}),
    "empty answer": _status(200),
    "JSON of another kind": _status(200, "null", **{"Content-Type": "application/json"}),
    "list of nothing usable": _status(200, "[null, 7]", **{"Content-Type": "application/json"}),
    "number of 5000 digits": _status(200, '{"value": ' + "9" * 5000 + "}", **{"Content-Type": "application/json"}),
    "cut JSON": _kind(Kind.INVALID_JSON),
    "invalid UTF-8": _kind(Kind.INVALID_UTF8),
    "deep JSON": _kind(Kind.DEEP_JSON, size=LARGEST // 2),
    "oversized body": _kind(Kind.OVERSIZED, size=BEYOND),
    "gzip bomb": _kind(Kind.GZIP_BOMB, size=BEYOND),
    "duplicate records": _kind(Kind.DUPLICATED),
    REDIRECT: _kind(Kind.REDIRECT),
    "redirect that keeps the method": _kind(Kind.REDIRECT, status=307),
}


class SkippingTime:
    """Real time, moved on by whatever is slept, so that waiting takes none."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def clock(self) -> float:
        """Return the seconds."""
        return time.monotonic() + self.skipped

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.skipped += seconds


tls_context = cache(transport.tls_context)


@contextmanager
def small_bounds(*waiting: Any) -> Iterator[SkippingTime]:
    """Bound every HTTP client made meanwhile; those who wait (with ``clock`` and ``sleep``) do not really."""
    skipping = SkippingTime()
    with ExitStack() as stack:
        bounded = partial(HttpOptions, total_timeout=TOTAL_TIMEOUT, max_body=LARGEST)
        stack.enter_context(mock.patch.object(options, "HttpOptions", bounded))
        stack.enter_context(mock.patch.object(connection, "LARGEST_ANSWER", LARGEST))
        stack.enter_context(mock.patch.object(transport, "tls_context", tls_context))
        for function in waiting:
            own = {name: getattr(skipping, name) for name in ("clock", "sleep") if name in function.__kwdefaults__}
            stack.enter_context(mock.patch.dict(function.__kwdefaults__, own))
        yield skipping


@contextmanager
def injected(server: EmulatorServer, name: str, number: int, elsewhere: EmulatorServer) -> Iterator[set[str]]:
    """Let the fault strike the request of this number, counted from now on; yield the credentials sent meanwhile."""
    server.recorder.clear()
    fault = FAULTS[name](When(number=number))
    if fault.kind is Kind.REDIRECT:
        fault = Fault(fault.kind, fault.when, status=fault.status, location=f"{elsewhere.url}/stolen")
    with ExitStack() as stack:
        if fault.kind is Kind.DEEP_JSON:
            stack.enter_context(_without_collector())
        if name != REFUSED:
            server.faults.add(fault)
            stack.callback(server.faults.clear)
        yield stack.enter_context(_watched(number if name == REFUSED else 0))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep finalizers of other things from running at the depth at which Python gives up, where they fail."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _watched(refused: int) -> Iterator[set[str]]:
    """Collect the credentials that are sent, and send the request of this number to a port on which nobody listens."""
    send = client.HttpClient._send
    credentials: set[str] = set()
    sent = 0

    def watch(self: client.HttpClient, request: client.Request, headers: dict[str, str]) -> client.Response:
        nonlocal sent
        sent += 1
        if "Authorization" in headers:
            credentials.add(headers["Authorization"].split()[-1])
        if sent == refused:
            parts = urlsplit(request.url)
            request = replace(request, url=parts._replace(netloc=f"{parts.hostname}:1").geturl())
        return send(self, request, headers)

    with mock.patch.object(client.HttpClient, "_send", watch):
        yield credentials


@contextmanager
def bounded(case: str) -> Iterator[None]:
    """See that what is done meanwhile takes neither long nor much memory."""
    started, before = time.monotonic(), _peak()
    yield
    assert time.monotonic() - started < SECONDS, case
    assert _peak() - before < MEMORY, case


def _peak() -> int:
    """Return the largest number of bytes that this process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@dataclass
class Tally:
    """What became of the cases of one fault: how many there were, and how they ended."""

    target: str
    fault: str
    ends: dict[str, int] = field(default_factory=dict)

    def add(self, end: str) -> None:
        """Count a case."""
        self.ends[end] = self.ends.get(end, 0) + 1


def sampled(count: int, turn: int, *, whole: bool) -> Sequence[int]:
    """Return the numbers of requests to try: all, or two, others for each fault so that all get their share."""
    return range(1, count + 1) if whole else sorted({1 + turn % count, 1 + (turn * 7 + count // 2) % count})


def retries(fault: str, *, whole: bool) -> Sequence[int]:
    """Return how often requests may be repeated, one number for each turn of the cases."""
    return (0, 1) if whole and fault in PASSING else (1,)


def readable(error: DirsyncError, secrets: Iterable[str]) -> str:
    """Return the message of an expected error, after a look for what must not be in it."""
    shown = str(error)
    chain: BaseException | None = error
    while chain is not None:
        shown += f" {chain!r} {chain} {vars(chain)!r}"
        chain = chain.__cause__
    discreet(shown, secrets)
    assert "Traceback" not in str(error)
    assert len(str(error)) < 3000
    return str(error)


def discreet(shown: str, secrets: Iterable[str]) -> None:
    """See that an output holds no secret."""
    assert [secret for secret in secrets if secret in shown] == []
