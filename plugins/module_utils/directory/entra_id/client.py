# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading from Microsoft Graph: single requests, batches of up to 20, and listings page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryConnectionError,
    HttpStatusError,
    HttpTransportError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.errors import (
    EXPIRED_PAGE,
    GraphRefusedError,
    graph_refusal,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import (
    LONGEST_WAIT,
    HttpClient,
    Request,
    Response,
    Wait,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.messages import retry_after
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import TokenCache
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import same_origin

BATCH_SIZE = 20
RESTARTS = 3
"""How often a listing begins anew after its page token expired."""

LOW_PRIORITY = {"x-ms-throttle-priority": "low"}
"""Lets Graph throttle us before the people who wait in front of a screen."""

PASSING = frozenset({429, 500, 502, 503, 504})
REPEATED = PASSING | {401, 424}
"""Within a batch also: a token that expired on the way, and a request before this one that has to be repeated."""

Page = Mapping[str, Any]
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Get:
    """One GET. ``path`` is relative to the version and carries the query; ``subject`` is what messages call it."""

    path: str
    subject: str
    headers: Mapping[str, str] = field(default_factory=dict)


Outcome: TypeAlias = "Page | GraphRefusedError"


def verdict(response: Response) -> Wait | None:
    """Say whether and when to repeat a refused request (https://learn.microsoft.com/graph/throttling)."""
    return Wait(retry_after(response.headers)) if response.status in PASSING else None


class GraphClient:
    """Reads from the Graph at ``graph_url``; safe to share between threads.

    ``retries`` bounds how often in a row a batch may come back without a single request of it being answered.
    """

    def __init__(self, http: HttpClient, token: TokenCache, graph_url: str, pacer: Pacer, retries: int) -> None:
        self.base = f"{graph_url}/v1.0"
        self._http = http
        self._token = token
        self._pacer = pacer
        self._retries = retries

    def get(self, get: Get) -> Page:
        """Return one page; raises DirectoryError where Graph refuses or cannot be reached."""
        return self._page(self._send("GET", self.base + get.path, get), get.subject)

    def follow(self, link: str, get: Get) -> Page:
        """Return the page behind a link that Graph gave in the answer to ``get``.

        Raises IncompleteReadError for a link to another server, which would get our token.
        """
        if not same_origin(link, self.base):
            raise IncompleteReadError(f"Microsoft Graph's list of {get.subject} goes on at another server")
        return self._page(self._send("GET", link, get), get.subject)

    def first_pages(self, gets: Sequence[Get], *, in_order: bool = False) -> list[Page]:
        """Return the pages of a batch; raises GraphRefusedError where Graph refused any of its requests."""
        pages = []
        for outcome in self.batch(gets, in_order=in_order):
            if isinstance(outcome, GraphRefusedError):
                raise outcome
            pages.append(outcome)
        return pages

    def batch(self, gets: Sequence[Get], *, in_order: bool = False) -> list[Outcome]:
        """Return for each of up to 20 requests its page, or the error with which Graph refused it for good.

        Requests that were throttled are repeated, and only those. ``in_order`` has each request wait for the one
        before. Raises DirectoryError where the batch as a whole fails.
        """
        outcomes: dict[int, Outcome] = {}
        rounds_in_vain = 0
        while len(outcomes) < len(gets):
            pending = [number for number in range(len(gets)) if number not in outcomes]
            token = self._token.get()
            answers = self._exchange(gets, pending, in_order=in_order)
            last = rounds_in_vain >= self._retries
            waits = []
            for number in pending:
                status = answers[number]["status"]
                wait = _wait(answers[number]) if status in PASSING else Wait(0.0)
                if status not in REPEATED or last or (wait.seconds or 0.0) > LONGEST_WAIT:
                    outcomes[number] = self._outcome(answers[number], gets[number])
                    continue
                waits.append(wait)
                if status == 401:
                    self._token.refuse(token)
            rounds_in_vain = rounds_in_vain + 1 if len(waits) == len(pending) else 0
            if waits:
                self._http.back_off(self._pacer, _longest(waits), rounds_in_vain)
        return [outcomes[number] for number in range(len(gets))]

    def drain(self, get: Get, first: Page | None = None) -> dict[str, Record]:
        """Return all records of a listing by their ids, from its first page on, which may be known.

        A listing whose page token expires begins anew. Raises DirectoryError unless every page is read.
        """
        restarts = 0
        while True:
            try:
                return self._drain(get, first or self.get(get))
            except GraphRefusedError as error:
                if error.code != EXPIRED_PAGE or restarts == RESTARTS:
                    raise
            first = None
            restarts += 1

    def _drain(self, get: Get, page: Page) -> dict[str, Record]:
        records = {record["id"]: record for record in page["value"]}
        seen = set()
        while link := page.get("@odata.nextLink"):
            if link in seen:
                raise IncompleteReadError(f"Microsoft Graph's list of {get.subject} goes round in a circle")
            seen.add(link)
            page = self.follow(link, get)
            records |= {record["id"]: record for record in page["value"]}
        return records

    def relative(self, link: str, subject: str) -> str:
        """Return a link that Graph gave as a batch needs it; raises IncompleteReadError for a foreign one."""
        if not link.startswith(f"{self.base}/"):
            raise IncompleteReadError(f"Microsoft Graph's list of {subject} goes on at another server")
        return link.removeprefix(self.base)

    def _send(self, method: str, url: str, get: Get, content: object = None) -> object:
        request = Request(
            method, url, json=content, headers={**LOW_PRIORITY, **get.headers}, idempotent=True, token=self._token
        )
        try:
            return self._http.send(request, self._pacer).json()
        except HttpStatusError as error:
            raise graph_refusal(get.subject, error.status, error.body, error.headers, error.hint) from error
        except HttpTransportError as error:
            raise DirectoryConnectionError(f"Listing {get.subject} failed: {error.what}", hint=error.hint) from error

    def _exchange(self, gets: Sequence[Get], pending: Sequence[int], *, in_order: bool) -> dict[int, Mapping[str, Any]]:
        """Send a batch once and return its answers by number; raises IncompleteReadError where any is missing."""
        requests: list[dict[str, Any]] = []
        for number in pending:
            get = gets[number]
            request: dict[str, Any] = {"id": str(number), "method": "GET", "url": get.path}
            if get.headers:
                request["headers"] = dict(get.headers)
            if in_order and requests:
                request["dependsOn"] = [requests[-1]["id"]]
            requests.append(request)
        subject = " and ".join(dict.fromkeys(gets[number].subject for number in pending))
        answer = self._send("POST", f"{self.base}/$batch", Get("", subject), {"requests": requests})
        try:
            answers = {int(each["id"]): each for each in answer["responses"]}  # type: ignore[index]
            if answers.keys() == set(pending) and all(isinstance(each["status"], int) for each in answers.values()):
                return answers
        except (KeyError, TypeError, ValueError):
            pass
        raise IncompleteReadError(f"Microsoft Graph's answer to a batch for {subject} is not complete")

    def _outcome(self, answer: Mapping[str, Any], get: Get) -> Outcome:
        body = answer.get("body")
        if answer["status"] == 200:
            return self._page(body, get.subject)
        return graph_refusal(get.subject, answer["status"], body, {})

    @staticmethod
    def _page(body: object, subject: str) -> Page:
        """Return the body as a page; raises IncompleteReadError where it is none."""
        if isinstance(body, Mapping) and isinstance(body.get("@odata.nextLink", ""), str):
            value = body.get("value")
            if isinstance(value, list) and all(
                isinstance(record, Mapping) and isinstance(record.get("id"), str) for record in value
            ):
                return body
        raise IncompleteReadError(f"Microsoft Graph answered with something that is no list of {subject}")


def _wait(answer: Mapping[str, Any]) -> Wait:
    """Return how long the answer to a request of a batch asks to wait."""
    headers = {str(name).lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
    return Wait(retry_after(headers))


def _longest(waits: Sequence[Wait]) -> Wait:
    """Return the longest pause that is asked for, one of our own choice where nothing but that is."""
    asked = [wait.seconds for wait in waits if wait.seconds]
    return Wait(max(asked)) if asked else Wait(0.0 if all(wait.seconds == 0.0 for wait in waits) else None)
