# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP with retries, pacing and token renewal: what every API client of this collection stands on."""

from __future__ import annotations

import email.utils
import json as jsonlib
import random
import re
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import HttpStatusError, HttpTransportError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import TokenCache
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import (
    HttpOptions,
    build_session,
    proxies_for,
)

if TYPE_CHECKING:
    import requests

LONGEST_WAIT = 300.0
QUOTED_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Response:
    """One complete answer; header names are lower-case."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        """Return the decoded body; raises HttpTransportError where it is not JSON in UTF-8."""
        try:
            return jsonlib.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise HttpTransportError(
                f"{self.method} {self.url} answered {self.status} with something that is not JSON: {self.quote()}",
                method=self.method,
                url=self.url,
                sent=True,
                hint="Check that the address is that of the API itself, not of a portal or proxy in front of it",
            ) from error

    def body(self) -> object:
        """Return the decoded JSON of the body, else its text."""
        try:
            return jsonlib.loads(self.content)
        except (ValueError, RecursionError):
            return self.content.decode("utf-8", "replace")

    def quote(self) -> str:
        """Return the beginning of the body as one printable line, the title only of an HTML page."""
        text = self.content[:65536].decode("utf-8", "replace")
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        if title:
            text = f"HTML page: {title.group(1)}"
        text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        return text[:QUOTED_LENGTH] + ("..." if len(text) > QUOTED_LENGTH else "")


@dataclass(frozen=True, slots=True)
class Wait:
    """A verdict to repeat a request: after ``seconds`` as the server asks, or None to back off by ourselves.

    ``concurrency`` says that the server objects to the number of requests at once, not to their rate.
    """

    seconds: float | None = None
    concurrency: bool = False


Verdict = Callable[[Response], "Wait | None"]


@dataclass(slots=True)
class Statistics:
    """What a client did so far: calls sent, calls repeated, and seconds of waiting before repetitions."""

    calls: int = 0
    retries: int = 0
    waited_seconds: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, *, calls: int = 0, retries: int = 0, waited_seconds: float = 0.0) -> None:
        """Count; safe between threads."""
        with self._lock:
            self.calls += calls
            self.retries += retries
            self.waited_seconds += waited_seconds


@dataclass(frozen=True, slots=True)
class Request:
    """One call. ``idempotent`` calls may be repeated after any doubt, others only when surely without effect.

    ``expect`` are the statuses that count as success; ``token`` adds a Bearer token and renews it once on 401.
    """

    method: str
    url: str
    params: Mapping[str, str] | None = None
    json: object = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    idempotent: bool | None = None
    expect: Collection[int] = (200,)
    token: TokenCache | None = None

    @property
    def repeatable(self) -> bool:
        """Say whether repeating the call does no harm; GET is, unless said otherwise."""
        return self.method == "GET" if self.idempotent is None else self.idempotent


def default_verdict(response: Response) -> Wait | None:
    """Say whether and when a refused request is worth repeating: 429 and 503 as asked (RFC 9110, 10.2.3), 502, 504."""
    if response.status in (429, 502, 503, 504):
        return Wait(retry_after(response.headers))
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header, given as a number or as a date (measured on the server's Date)."""
    value = headers.get("retry-after", "").strip()
    if value.replace(".", "", 1).isdigit():
        return float(value)
    try:
        until = email.utils.parsedate_to_datetime(value)
        now = email.utils.parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


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
        self._pacer = Pacer(concurrency=pool_size, clock=clock, sleep=sleep)
        self.session = build_session(options, pool_size)
        self.statistics = Statistics()

    def send(self, request: Request, pacer: Pacer | None = None) -> Response:
        """Return the answer to ``request`` once its status is an expected one.

        Raises HttpStatusError for another status and HttpTransportError where there is no complete answer, both
        after the retries that the request allows.
        """
        pacer = pacer or self._pacer
        renewed = False
        attempt = 0
        while True:
            token = request.token.get() if request.token else None
            outcome = self._attempt(request, token, pacer)
            if isinstance(outcome, Response):
                if outcome.status in request.expect:
                    pacer.succeeded()
                    return outcome
                if outcome.status == 401 and request.token and token and not renewed:
                    renewed = True
                    request.token.refuse(token)
                    continue
                wait = self._verdict(outcome)
                again = wait is not None and (request.repeatable or outcome.status == 429)
                error: HttpStatusError | HttpTransportError = status_error(outcome)
            else:
                wait, error = Wait(), outcome
                again = request.repeatable or not outcome.sent
            if not again or wait is None or attempt >= self._options.retries:
                raise error
            self._back_off(pacer, wait, attempt)
            attempt += 1

    def _attempt(self, request: Request, token: str | None, pacer: Pacer) -> Response | HttpTransportError:
        headers = dict(request.headers)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        with pacer.slot():
            self.statistics.add(calls=1)
            return self._exchange(request, headers)

    def _exchange(self, request: Request, headers: dict[str, str]) -> Response | HttpTransportError:
        import requests

        try:
            with self.session.request(
                request.method,
                request.url,
                params=request.params,
                json=request.json,
                data=request.form,
                headers=headers,
                timeout=(min(self._options.timeout, 30.0), self._options.timeout),
                proxies=proxies_for(request.url, self._options),
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = self._read(answer)
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Response(request.method, request.url, answer.status_code, headers, content)
        except _BoundError as error:
            raise _transport_error(request, error, sent=True) from None
        except requests.RequestException as error:
            if _hopeless(error):
                raise _transport_error(request, error, sent=False) from None
            return _transport_error(request, error, sent=not _never_sent(error))

    def _read(self, answer: requests.Response) -> bytes:
        """Return the decoded body, bounded in size and in time."""
        deadline = self._clock() + self._options.total_timeout
        parts: list[bytes] = []
        size = 0
        for part in answer.iter_content(1 << 16):
            parts.append(part)
            size += len(part)
            if size > self._options.max_body:
                raise _BoundError(f"the answer is larger than {self._options.max_body} bytes")
            if self._clock() > deadline:
                raise _BoundError(f"the answer took longer than {self._options.total_timeout:g} s")
        return b"".join(parts)

    def _back_off(self, pacer: Pacer, wait: Wait, attempt: int) -> None:
        """Wait as long as the server asks, else exponentially with jitter from 1 s up to 60 s.

        A server that asks speaks to everybody, so the whole bucket pauses; a passing fault delays this call alone.
        """
        jitter = random.random()  # noqa: S311 - spreads clients, hides nothing
        if wait.seconds is not None:
            seconds = min(wait.seconds, LONGEST_WAIT) + jitter / 10
        else:
            seconds = min(60.0, 2.0**attempt) * (1 + jitter) / 2
        self.statistics.add(retries=1, waited_seconds=seconds)
        if wait.seconds is not None or wait.concurrency:
            pacer.pause(seconds, reduce=wait.concurrency)
        else:
            self._sleep(seconds)


def status_error(response: Response) -> HttpStatusError:
    """Return the error for a status that nobody expected, quoting the answer."""
    hint = ""
    if 300 <= response.status < 400:
        hint = "Redirects are not followed, so that no credential goes astray: give the final address"
    return HttpStatusError(
        f"{response.method} {response.url} answered {response.status}",
        method=response.method,
        url=response.url,
        status=response.status,
        body=response.body(),
        headers=dict(response.headers),
        server=response.quote(),
        hint=hint,
    )


class _BoundError(Exception):
    """An answer beyond the bounds of size or time: never worth a second try."""


def _hopeless(error: Exception) -> bool:
    """Say whether a repetition must fail again: an address that is none, a certificate that does not verify."""
    return isinstance(error, ValueError) or "CERTIFICATE_VERIFY_FAILED" in repr(error)


def _never_sent(error: Exception) -> bool:
    """Say whether the connection was never made, so that the request cannot have had an effect."""
    import requests

    return isinstance(error, (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError)) or (
        "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
    )


def _transport_error(request: Request, error: Exception, *, sent: bool) -> HttpTransportError:
    import requests

    hint = "Check the address, the network, the proxy and the time-out"
    if isinstance(error, requests.exceptions.SSLError):
        hint = "Check the certificate; a private certificate authority goes into the ca_file option"
    return HttpTransportError(
        f"{request.method} {request.url} failed: {_reason(error)}",
        method=request.method,
        url=request.url,
        sent=sent,
        hint=hint,
    )


def _reason(error: BaseException) -> str:
    """Return the innermost reason of a requests error, whose own text repeats the URL with its query."""
    reason: Any = error
    while True:
        inner = getattr(reason, "reason", None) or (reason.args[0] if getattr(reason, "args", None) else None)
        if not isinstance(inner, BaseException):
            return re.sub(r"<[^>]*>:? ?", "", str(reason)) or type(reason).__name__
        reason = inner
