# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Okta org: token endpoint and the part of the Core API that reads users and groups."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ..common import Clock, Emulator
from .authorization import TOKEN_PATH, ApiToken, Authorization, ServiceApp
from .errors import OAuthError, OktaError, too_many_requests
from .listings import Listings
from .org import Org
from .rate_limits import RateLimits

LOGGER = logging.getLogger(__name__)
DEFAULT_API_TOKEN = "00emulated-api-token"
DEFAULT_CLIENT_ID = "0oaemulatedserviceapp"


class OktaEmulator(Emulator):
    """One org with one service app.

    ``limits`` are requests per ``window`` seconds in the buckets ``users``, ``groups`` and ``other``; without them no
    limit is in reach. ``concurrency`` is the most requests under way, each of which takes ``request_seconds``.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        app: ServiceApp | None = None,
        limits: Mapping[str, int] | None = None,
        window: float = 60.0,
        concurrency: int | None = None,
        request_seconds: float = 0.0,
    ) -> None:
        super().__init__(clock)
        self.org = Org(self.clock)
        api_token = ApiToken(DEFAULT_API_TOKEN)
        self.authorization = Authorization(
            self.clock, {api_token.value: api_token}, app or ServiceApp(DEFAULT_CLIENT_ID)
        )
        self._limits = RateLimits(self.clock, limits, window, concurrency)
        self._request_seconds = request_seconds

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.post(TOKEN_PATH, self.authorization.issue), *Listings(self.org, self.authorization).routes()]

    def middlewares(self) -> Sequence[Middleware]:
        """Return error answers and rate limits, from the outside in."""
        return [self._answer, self._limit]

    def state(self) -> dict[str, Any]:
        """Return the whole org."""
        return self.org.dump()

    def load_state(self, state: dict[str, Any]) -> None:
        """Replace the org by one in the shape of :meth:`state`."""
        self.org.load(state)

    def reset(self) -> None:
        """Begin anew with nobody."""
        self.org.found()

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn errors into answers and add what every answer carries."""
        self.authorization.issuer = self.base_url
        try:
            response = await handler(request)
        except (OktaError, OAuthError) as error:
            response = error.response()
        except web.HTTPException as error:
            response = error
        except Exception:
            LOGGER.exception("The emulator itself failed on %s %s", request.method, request.path)
            response = OktaError(500, "E0000009", "Internal Server Error").response()
        response.headers["X-Okta-Request-Id"] = secrets.token_urlsafe(12)
        response.headers["Date"] = format_datetime(self.clock.utcnow().replace(microsecond=0), usegmt=True)
        return response

    @web.middleware
    async def _limit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        allowed, headers = self._limits.begin(request.path)
        try:
            await asyncio.sleep(self._request_seconds)
            if not allowed:
                raise too_many_requests(headers)
            response = await handler(request)
            response.headers.update(headers)
            return response
        except OktaError as error:
            error.headers.update(headers)
            raise
        finally:
            self._limits.end()
