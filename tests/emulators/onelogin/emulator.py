# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A OneLogin account: token endpoint and the part of the API that reads users, roles and groups."""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Sequence
from email.utils import format_datetime
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ..common import Clock, Emulator
from .account import Account
from .api import Api, Habits
from .errors import OneLoginError
from .tokens import TOKEN_PATH, Credential, Tokens

LOGGER = logging.getLogger(__name__)
DEFAULT_CLIENT_ID = "emulated-client-id"
DEFAULT_CLIENT_SECRET = "emulated-client-secret"


class OneLoginEmulator(Emulator):
    """One account with one API credential. ``limit`` is the most requests in ``window`` seconds."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        habits: Habits | None = None,
        limit: int = 5000,
        window: float = 3600.0,
    ) -> None:
        super().__init__(clock)
        self.account = Account(self.clock)
        self.tokens = Tokens(self.clock, Credential(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET))
        self.api = Api(self.account, self.tokens, habits or Habits())
        self._limit = limit
        self._window = window
        self._window_ends = 0.0
        self._left = limit

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.post(TOKEN_PATH, self.tokens.issue), *self.api.routes()]

    def middlewares(self) -> Sequence[Middleware]:
        """Return error answers and rate limits."""
        return [self._answer]

    def state(self) -> dict[str, Any]:
        """Return the whole account."""
        return self.account.dump()

    def load_state(self, state: dict[str, Any]) -> None:
        """Replace the account by one in the shape of :meth:`state`."""
        self.account.load(state)

    def reset(self) -> None:
        """Begin anew with nobody."""
        self.account.clear()

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count the request, turn errors into answers and add what every answer carries."""
        limits = self._count()
        try:
            if self._left < 0:
                raise OneLoginError(429, "Rate limit exceeded")
            response = await handler(request)
        except OneLoginError as error:
            response = error.response(request.path)
        except web.HTTPException as error:
            response = error
        except Exception:
            LOGGER.exception("The emulator itself failed on %s %s", request.method, request.path)
            response = web.Response(status=500)
        response.headers.update(limits)
        response.headers["X-Request-Id"] = secrets.token_hex(8)
        response.headers["Date"] = format_datetime(self.clock.utcnow().replace(microsecond=0), usegmt=True)
        return response

    def _count(self) -> dict[str, str]:
        """Return the rate-limit headers; the reset is in seconds from now, not a time."""
        now = self.clock.now()
        if now >= self._window_ends:
            self._window_ends, self._left = now + self._window, self._limit
        self._left -= 1
        return {
            "X-RateLimit-Limit": str(self._limit),
            "X-RateLimit-Remaining": str(max(0, self._left)),
            "X-RateLimit-Reset": str(math.ceil(self._window_ends - now)),
        }
