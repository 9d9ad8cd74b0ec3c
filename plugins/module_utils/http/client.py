# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP with retries, pacing and token renewal: what every API client of this collection stands on."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import HttpStatusError, HttpTransportError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.failures import (
    BoundError,
    hopeless,
    transport_error,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.messages import (
    Request,
    Response,
    Verdict,
    Wait,
    default_verdict,
    status_error,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import (
    HttpOptions,
    build_session,
    proxies_for,
)

if TYPE_CHECKING:
    import requests

LONGEST_CONNECT = 30.0
LONGEST_WAIT = 300.0
"""Seconds. A server that asks for a longer pause has ended the run."""

PART = 1 << 16

__all__ = ["HttpClient", "Request", "Response", "Statistics", "Verdict", "Wait", "default_verdict"]


@dataclass(slots=True)
class Statistics:
    """What a client did so far: calls sent, by method, calls repeated, and seconds of waiting before repetitions."""

    calls_by_method: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    waited_seconds: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def calls(self) -> int:
        """Return the number of all calls sent."""
        return self.calls_by_method.total()

    def call(self, method: str) -> None:
        """Count a call; safe between threads."""
        with self._lock:
            self.calls_by_method[method] += 1

    def retry(self, waited_seconds: float) -> None:
        """Count a repetition and the wait before it; safe between threads."""
        with self._lock:
            self.retries += 1
            self.waited_seconds += waited_seconds


class HttpClient:
    """Sends requests over one pool of connections; safe to share between threads."""

    def __init__(
        self,
        options: HttpOptions,
        *,
        pool_size: int = 16,
        verdict: Verdict = default_verdict,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._options = options
        self._verdict = verdict
        self._clock = clock
        self._sleep = sleep
        self.pacer = Pacer(concurrency=pool_size, clock=clock, sleep=sleep)
        self.session = build_session(options, pool_size)
        self.statistics = Statistics()

    def send(self, request: Request, pacer: Pacer | None = None) -> Response:
        """Return the answer to ``request`` once its status is an expected one.

        Raises HttpStatusError for another status and HttpTransportError where there is no complete answer, both
        after the retries that the request allows.
        """
        pacer = pacer or self.pacer
        renewed = False
        attempt = 0
        error: HttpTransportError | HttpStatusError
        while True:
            token = request.token.get() if request.token else None
            try:
                response = self._exchange(request, token, pacer)
            except _PassingFaultError as fault:
                again, wait, error = request.repeatable or not fault.error.sent, Wait(), fault.error
            else:
                if response.status in request.expect:
                    pacer.succeeded()
                    return response
                if response.status == 401 and request.token and token and not renewed:
                    renewed = True
                    request.token.refuse(token)
                    continue
                again, wait, error = self._judge(request, response)
            if not again or attempt >= self._options.retries:
                raise error from None
            self.back_off(pacer, wait, attempt)
            attempt += 1

    def _judge(self, request: Request, response: Response) -> tuple[bool, Wait, HttpTransportError | HttpStatusError]:
        """Say whether and when to repeat a request that was answered with an unexpected status."""
        wait = self._verdict(response)
        if wait is None:
            return False, Wait(), status_error(response)
        if wait.seconds is not None and wait.seconds > LONGEST_WAIT:
            hint = f"It asks for a pause of {wait.seconds:g} s, longer than this run can wait: run again after that"
            return False, wait, status_error(response, hint)
        return request.repeatable or response.status == 429, wait, status_error(response)

    def _exchange(self, request: Request, token: str | None, pacer: Pacer) -> Response:
        """Send once and return the whole answer; raises _PassingFaultError where another attempt may do better."""
        import requests
        from urllib3.exceptions import HTTPError

        try:
            with pacer.slot():
                self.statistics.call(request.method)
                return self._send(request, _headers(request, token))
        except (requests.RequestException, HTTPError, BoundError) as error:
            failure = transport_error(request.method, request.url, error)
            raise failure if hopeless(error) else _PassingFaultError(failure) from None

    def _send(self, request: Request, headers: dict[str, str]) -> Response:
        with self.session.request(
            request.method,
            request.url,
            params=request.params,
            json=request.json,
            data=request.form if request.content is None else request.content,
            headers=headers,
            timeout=(min(self._options.timeout, LONGEST_CONNECT), self._options.timeout),
            proxies=proxies_for(request.url, self._options),
            allow_redirects=False,
            stream=True,
        ) as answer:
            return Response(
                request.method,
                request.address,
                answer.status_code,
                {name.lower(): value for name, value in answer.headers.items()},
                self._read(answer),
            )

    def _read(self, answer: requests.Response) -> bytes:
        """Return the decoded body, bounded in size and in time."""
        deadline = self._clock() + self._options.total_timeout
        parts: list[bytes] = []
        size = 0
        for part in _arriving(answer.raw):
            parts.append(part)
            size += len(part)
            if size > self._options.max_body:
                raise BoundError(f"the answer is larger than {self._options.max_body} bytes")
            if self._clock() > deadline:
                raise BoundError(f"the answer took longer than {self._options.total_timeout:g} s")
        return b"".join(parts)

    def back_off(self, pacer: Pacer, wait: Wait, attempt: int) -> None:
        """Wait as long as the server asks, else exponentially with jitter from 1 s up to 60 s.

        A server that asks speaks to everybody, so the whole bucket pauses; a passing fault delays this call alone.
        ``send`` does so by itself; callers need it where an answer that was expected holds refusals, as batches do.
        """
        jitter = random.random()  # noqa: S311 - spreads clients, hides nothing
        if wait.seconds is not None:
            seconds = wait.seconds + jitter / 10
        else:
            seconds = min(60.0, 2.0**attempt) * (1 + jitter) / 2
        self.statistics.retry(seconds)
        if wait.seconds is not None or wait.concurrency:
            pacer.pause(seconds, reduce=wait.concurrency)
        else:
            self._sleep(seconds)


class _PassingFaultError(Exception):
    """Carries the error of an exchange that may go well another time."""

    def __init__(self, error: HttpTransportError) -> None:
        self.error = error
        super().__init__(error)


def _headers(request: Request, token: str | None) -> dict[str, str]:
    """Return the headers of one attempt."""
    if request.sign:
        return {**request.headers, **request.sign(token)}
    return {**request.headers, "Authorization": f"Bearer {token}"} if token else dict(request.headers)


def _arriving(raw: Any) -> Iterator[bytes]:
    """Yield the decoded body as it arrives, so that a slow answer is noticed; urllib3 1.26 can only wait for parts."""
    raw.enforce_content_length = True  # requests leaves this off in urllib3 1.26: a cut answer would look whole
    if not hasattr(raw, "read1"):
        yield from raw.stream(PART, decode_content=True)
        return
    while part := raw.read1(PART, decode_content=True):
        yield part
