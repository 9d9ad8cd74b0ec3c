# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listings of OneLogin's API: version 2 by page numbers, version 1 by cursors.

https://developers.onelogin.com/api-docs/2/getting-started/dev-overview
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    HttpStatusError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.authentication import fetch_token
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request, Response
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.messages import Wait, default_verdict
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.options import http_options, https_origin
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.parallel import map_concurrently
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import TokenCache

WORKERS = 8
"""Pages read at once."""

LISTINGS = 2
"""Listings read beside each other: users, and roles or groups."""

ATTEMPTS = 3
"""Reads of a listing whose rows shift between its pages, because somebody is added or deleted meanwhile."""

SMALL_PAGE = 50
REGIONS = {"us": "https://api.us.onelogin.com", "eu": "https://api.eu.onelogin.com"}
EXAMPLE = "https://example.onelogin.com"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a listing holds, as the headers of its first page say: rows in all, and pages of them."""

    rows: int
    pages: int


class OneLoginClient:
    """Reads listings of one account; safe to share between threads."""

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.origin = account_origin(options["host"], options["region"])
        self._http = HttpClient(
            http_options(options), pool_size=WORKERS + LISTINGS, verdict=verdict, clock=clock, sleep=sleep
        )
        credential = (options["client_id"].strip(), options["client_secret"].strip())
        self._token = TokenCache(partial(fetch_token, self._http, self.origin, *credential))
        self.statistics = self._http.statistics

    def rows(self, path: str, largest: int, **params: str) -> list[Row]:
        """Return all rows of a listing of version 2, each once, with pages of up to ``largest`` rows.

        The first page says how many pages there are; the others are read at once. Raises HttpError, and
        IncompleteReadError unless exactly as many rows came as the listing counts.
        """
        for _unused in range(ATTEMPTS):
            first, extent, limit = self._first_page(path, largest, params)
            read = partial(self._page, path, {**params, "limit": str(limit)})
            rest = map_concurrently(read, range(2, extent.pages + 1), WORKERS)
            counts = {extent.rows, *(_extent(response).rows for response in rest)}
            rows = {row["id"]: row for response in (first, *rest) for row in _rows(response, response.json())}
            if counts == {len(rows)}:
                return list(rows.values())
        raise IncompleteReadError(
            f"GET {self.origin}{path} counts {extent.rows} rows, but its pages hold {len(rows)}",
            hint="Somebody may be changing many users at this moment: run again later",
        )

    def rows_by_cursor(self, path: str) -> list[Row]:
        """Return all rows of a listing of version 1, which describes its pages in the body."""
        rows: dict[int, Row] = {}
        params: dict[str, str] = {}
        seen = set()
        while True:
            response = self._get(path, params)
            body = response.json()
            found = body.get("data") if isinstance(body, dict) else None
            rows.update({row["id"]: row for row in _rows(response, found)})
            cursor = (body.get("pagination") or {}).get("after_cursor")
            if not cursor:
                return list(rows.values())
            if cursor in seen:
                raise IncompleteReadError(f"{response.method} {response.url} continues on a page that was read before")
            seen.add(cursor)
            params = {"after_cursor": str(cursor)}

    def sample(self, path: str, size: int, **params: str) -> tuple[list[Row], int]:
        """Return the first rows of a listing, and how many there are."""
        response = self._page(path, {**params, "limit": str(size)}, 1)
        return _rows(response, response.json())[:size], _extent(response).rows

    def close(self) -> None:
        """Close all connections."""
        self._http.session.close()

    def _first_page(self, path: str, largest: int, params: Mapping[str, str]) -> tuple[Response, Extent, int]:
        """Return the first page, the extent of the listing, and the page size that was asked for.

        Sources disagree on the largest page, and what an account does with a larger one.
        """
        try:
            response = self._page(path, {**params, "limit": str(largest)}, 1)
        except HttpStatusError as error:
            if error.status not in (400, 422) or largest <= SMALL_PAGE:
                raise
            return self._first_page(path, SMALL_PAGE, params)
        return response, _extent(response), largest

    def _page(self, path: str, params: Mapping[str, str], number: int) -> Response:
        return self._get(path, {**params, "page": str(number)})

    def _get(self, path: str, params: Mapping[str, str]) -> Response:
        return self._http.send(Request("GET", self.origin + path, params=params, token=self._token))


def account_origin(host: str | None, region: str | None) -> str:
    """Return the origin of an account's API; raises ConfigurationError unless either host or region is given."""
    if bool(host) == bool(region):
        raise ConfigurationError("OneLogin needs either host or region", hint=f"Give host as {EXAMPLE}")
    return https_origin("host", host, EXAMPLE) if host else REGIONS[str(region)]


def verdict(response: Response) -> Wait | None:
    """Say whether and when to repeat a refused request: after the seconds that OneLogin's reset header counts."""
    reset = response.headers.get("x-ratelimit-reset", "")
    if response.status == 429 and "retry-after" not in response.headers and re.fullmatch(r"[0-9]+", reset):
        return Wait(float(reset))
    return default_verdict(response)


def _extent(response: Response) -> Extent:
    """Return the extent in the headers; raises IncompleteReadError without, because a page proves nothing alone."""
    count, pages = (response.headers.get(name, "") for name in ("total-count", "total-pages"))
    if re.fullmatch(r"[0-9]+", count) and re.fullmatch(r"[0-9]+", pages):
        return Extent(int(count), int(pages))
    raise IncompleteReadError(
        f"{response.method} {response.url} does not say how many rows there are",
        hint="Check that host is the address of OneLogin itself, not of something in front of it",
    )


def _rows(response: Response, rows: object) -> list[Row]:
    """Return the objects of a page; raises IncompleteReadError unless it is a list of objects with ids."""
    if isinstance(rows, list) and all(isinstance(row, dict) and isinstance(row.get("id"), int) for row in rows):
        return rows
    raise IncompleteReadError(
        f"{response.method} {response.url} answered with something else than a list of OneLogin objects",
        hint="Check that host is the address of OneLogin itself, not of something in front of it",
    )
