# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listings of Okta's Core API, page by page (https://developer.okta.com/docs/api/)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.authentication import authentication
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.throttling import Throttle
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request, Response
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.options import http_options, https_origin
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import same_origin

WORKERS = 14
"""Requests for members at once. With the page chains that stays below 17, a token's half of what any org allows."""

CHAINS = 3
"""Page chains beside the members: users, deprovisioned users, groups."""

MEDIA_TYPE = "application/json; okta-response=omitCredentials,omitCredentialsLinks,omitTransitioningToStatus"
"""Leaves out of users what costs Okta time and us nothing."""

USERS, GROUPS = "/api/v1/users", "/api/v1/groups"
EXAMPLE = "https://example.okta.com"

Row = dict[str, Any]


class OktaClient:
    """Reads listings of one org; safe to share between threads. ``server_date`` is that of the first answer."""

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.origin = org_origin(options["org_url"])
        self._throttle = Throttle(WORKERS, clock=clock, sleep=sleep)
        self._http = HttpClient(
            http_options(options),
            pool_size=WORKERS + CHAINS,
            verdict=self._throttle.verdict,
            clock=clock,
            sleep=sleep,
        )
        scopes = ["okta.users.read", "okta.groups.read"] if options["read_groups"] else ["okta.users.read"]
        self.authentication = authentication(options, self._http, self.origin, scopes)
        self.statistics = self._http.statistics
        self.server_date = ""
        self._abandoned = threading.Event()

    def pages(self, path: str, **params: str) -> Iterator[list[Row]]:
        """Yield the pages of a listing, each as soon as it is there, following the links of the server.

        Raises HttpError, and IncompleteReadError for a page that cannot be what it should.
        """
        response = self._get(self.origin + path, params)
        seen = set()
        while True:
            yield _rows(response)
            link = next_link(response.headers.get("link", ""))
            if link is None:
                return
            if not same_origin(link, self.origin) or link in seen:
                raise IncompleteReadError(
                    f"{response.method} {response.url} continues on a page that was read before or on another host",
                    hint="Run again; if it stays so, something between this host and Okta changes the answers",
                )
            seen.add(link)
            response = self._get(link)

    def abandon(self) -> None:
        """Let no further request begin: the read has failed, and the rest of it is not worth waiting for."""
        self._abandoned.set()

    def close(self) -> None:
        """Close all connections."""
        self._http.session.close()

    def _get(self, url: str, params: Mapping[str, str] | None = None) -> Response:
        if self._abandoned.is_set():
            raise CancelledError
        request = Request("GET", url, params=params, headers={"Content-Type": MEDIA_TYPE, "Accept": "application/json"})
        response = self._http.send(self.authentication.authorize(request), self._throttle.pacer(url))
        self._throttle.observe(response)
        self.server_date = self.server_date or response.headers.get("date", "")
        return response


def org_origin(value: str) -> str:
    """Return the origin of an org, also for the address of its admin console, under which there is no API."""
    origin = https_origin("org_url", value, EXAMPLE)
    match = re.fullmatch(r"(https://[a-z0-9-]+)-admin(\.[a-z0-9.-]*okta[a-z0-9.-]*)", origin)
    if match:
        return match[1] + match[2]
    return origin


def next_link(header: str) -> str | None:
    """Return the target of the link to the next page in Link headers (RFC 8288), several of them joined by commas."""
    for target, parameters in re.findall(r"<([^>]*)>([^<]*)", header):
        if re.search(r";\s*rel=\"?next\"?\s*(?:[;,]|$)", parameters):
            return str(target)
    return None


def _rows(response: Response) -> list[Row]:
    """Return the objects of a page; raises IncompleteReadError unless it is a list of objects with ids."""
    rows = response.json()
    if isinstance(rows, list) and all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in rows):
        return rows
    raise IncompleteReadError(
        f"{response.method} {response.url} answered with something else than a list of Okta objects",
        hint="Check that org_url is the address of the org itself, not of a portal or proxy in front of it",
    )
