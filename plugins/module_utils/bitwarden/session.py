# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of the Public API: signed in, paced, with errors and answers in the terms of BitwardenError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.auth import CLIENT_HEADERS, fetch_token
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import BitwardenConnection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.errors import lost_answer, refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.parsing import parse_confirmation
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    BitwardenError,
    HttpStatusError,
    HttpTransportError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request, Response, Wait
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.messages import retry_after
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import TokenCache

CONCURRENCY = 8
"""How many requests may be under way at once; a small self-hosted server bears that."""

READ_LIMITS = ((200, 60.0),)
WRITE_LIMITS = ((60, 60.0), (5, 1.0))
"""(requests, seconds) that the cloud allows each verb (``src/Api/appsettings.json`` of bitwarden/server)."""

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a session sent so far: ``calls`` by HTTP method, the sign-in included, and how long it had to wait for it.

    ``throttled_seconds`` is the time for which rate limits, known ones and those that the server reported, held
    requests back.
    """

    calls: Mapping[str, int]
    throttled_seconds: float


class ApiSession:
    """Calls one organization's API; safe to share between threads. Every method raises BitwardenError.

    Reads, PUT and DELETE are repeated after passing faults, POST only when the server surely did not act on it.
    """

    def __init__(
        self, connection: BitwardenConnection, *, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._base = connection.api_url
        self._http = HttpClient(connection.http, pool_size=CONCURRENCY, verdict=verdict, clock=clock, sleep=sleep)
        self._token = TokenCache(lambda: fetch_token(self._http, connection), clock=clock)
        limits = {"GET": READ_LIMITS, "POST": WRITE_LIMITS, "PUT": WRITE_LIMITS, "DELETE": WRITE_LIMITS}
        self._pacers = {
            verb: Pacer(limit if connection.cloud else (), CONCURRENCY, clock=clock, sleep=sleep)
            for verb, limit in limits.items()
        }

    def send(
        self,
        method: str,
        path: str,
        subject: str = "",
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
        anonymous: bool = False,
    ) -> Response:
        """Return the answer of one call; ``subject`` names the record in errors where the path does not."""
        request = Request(
            method,
            self._base + path,
            params=params,
            json=json,
            headers=CLIENT_HEADERS,
            idempotent=method != "POST",
            token=None if anonymous else self._token,
        )
        try:
            return self._http.send(request, self._pacers[method])
        except HttpStatusError as error:
            raise refusal(error, subject) from error
        except HttpTransportError as error:
            raise lost_answer(error, subject) from error

    def traffic(self) -> Traffic:
        """Return what was sent so far."""
        pacers = (self._http.pacer, *self._pacers.values())
        return Traffic(dict(self._http.statistics.calls_by_method), sum(pacer.throttled_seconds for pacer in pacers))

    def get(self, path: str, parse: Callable[[Any], Parsed], **options: Any) -> Parsed:
        """Return what a read says; ``options`` are those of send()."""
        return parsed(self.send("GET", path, **options), parse)

    def write(self, method: str, path: str, subject: str = "", *, json: object = None) -> None:
        """Carry out a call that has nothing to tell: its answer is empty, or in some versions an object.

        Anything else, such as the page of a proxy, leaves a doubt in spite of its status.
        """
        response = self.send(method, path, subject, json=json)
        if response.content:
            parsed(response, parse_confirmation)

    def find(self, path: str, parse: Callable[[Any], Parsed]) -> Parsed | None:
        """Return one record, or None where the server has none at this path."""
        try:
            return self.get(path, parse)
        except BitwardenError as error:
            if error.status == 404:
                return None
            raise


def verdict(response: Response) -> Wait | None:
    """Say whether another attempt may do better: after throttling, and after any fault of the server or its cloud."""
    return Wait(retry_after(response.headers)) if response.status == 429 or response.status >= 500 else None


def parsed(response: Response, parse: Callable[[Any], Parsed]) -> Parsed:
    """Return what an answer says; after a write, an answer that says nothing usable leaves a doubt."""
    try:
        return parse(response.json())
    except HttpTransportError as error:
        raise lost_answer(error, "") from error
    except ValueError as error:
        raise BitwardenError(
            f"{response.method} {response.url} answered with something that cannot be used: {error}",
            status=response.status,
            in_doubt=response.method != "GET",
            hint="Check that this is a Bitwarden server, and whether a newer dirsync.bitwarden knows its version",
        ) from error
