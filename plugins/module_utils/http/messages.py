# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and responses as data, and what a response that was not expected says."""

from __future__ import annotations

import email.utils
import json as jsonlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import HttpStatusError, HttpTransportError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import TokenCache
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import without_query

QUOTED_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Request:
    """One call. ``idempotent`` calls may be repeated after any doubt, others only when surely without effect.

    ``expect`` are the statuses that count as success; ``token`` adds a Bearer token and renews it once on 401.
    ``sign`` makes headers anew for each attempt from the token (None without one), in the place of the Bearer token:
    a proof of possession may be used only once (RFC 9449). ``content`` is a body that is encoded already, of the
    Content-Type that is among the headers. What may hold a secret is kept out of the repr.
    """

    method: str
    url: str = field(repr=False)
    params: Mapping[str, str] | None = field(default=None, repr=False)
    json: object = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    idempotent: bool | None = None
    expect: Collection[int] = (200,)
    token: TokenCache | None = field(default=None, repr=False)
    sign: Callable[[str | None], Mapping[str, str]] | None = field(default=None, repr=False)

    @property
    def repeatable(self) -> bool:
        """Say whether repeating the call does no harm; GET is, unless said otherwise."""
        return self.method == "GET" if self.idempotent is None else self.idempotent

    @property
    def address(self) -> str:
        """Return the URL as messages may show it."""
        return without_query(self.url)


@dataclass(frozen=True, slots=True)
class Response:
    """One complete answer; ``url`` has no query, header names are lower-case."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the decoded body; raises HttpTransportError where it is not JSON in UTF-8.

        Damaged JSON is not quoted: it may hold a token.
        """
        try:
            return jsonlib.loads(self.content)
        except (ValueError, RecursionError) as error:
            damaged = self.content.lstrip()[:1] in (b"{", b"[")
            found = "damaged JSON" if damaged else f"something that is not JSON: {self.quote() or 'nothing'}"
            raise HttpTransportError(
                f"{self.method} {self.url} answered {self.status} with {found}",
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


def default_verdict(response: Response) -> Wait | None:
    """Say whether and when a refused request is worth repeating: 429 and 503 as asked (RFC 9110, 10.2.3), 502, 504."""
    if response.status in (429, 502, 503, 504):
        return Wait(retry_after(response.headers))
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header, given as a number or as a date (measured on the server's Date)."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value, re.ASCII):
        return float(value)
    try:
        until = email.utils.parsedate_to_datetime(value)
        now = email.utils.parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


def status_error(response: Response, hint: str = "") -> HttpStatusError:
    """Return the error for a status that nobody expected, quoting the answer."""
    if 300 <= response.status < 400:
        location = response.headers.get("location")
        target = f" (here to {without_query(location)})" if location else ""
        hint = f"Redirects are not followed{target}, so that no credential goes astray: give the final address"
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
