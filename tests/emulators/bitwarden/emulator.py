# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Bitwarden server: identity, Public API, or Vaultwarden's part of it."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Sequence
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ..common import Clock, Emulator
from .collections_api import CollectionsApi
from .config import config_route
from .errors import ApiError, NotFoundError, UnhandledServerError
from .events import EventsApi
from .groups import GroupsApi
from .identity import PREFIX, Identity
from .import_ import ImportApi
from .members import MembersApi
from .model import Mode
from .organization import Organization
from .policies import PoliciesApi
from .profile import DEFAULT_VERSION, Profile
from .rate_limits import RateLimits
from .state import State
from .subscription import SubscriptionApi
from .vaultwarden import NO_SUCH_PATH, UNAUTHORIZED, VaultwardenImportApi

LOGGER = logging.getLogger(__name__)
DEFAULT_SECRET = "emulated-client-secret"
REJECTED_USER_AGENT = re.compile(r"^python-requests/|^$")


class BitwardenEmulator(Emulator):
    """One organization on one server.

    ``rate_limits`` None means the server's own habit: limits on the cloud and on Vaultwarden's login, none on a
    self-hosted server. ``limit_by_path`` counts requests per verb and path instead of per verb. ``client_id`` is
    ``organization.<guid>``; without it, a stored organization keeps its id and a new one gets one.
    """

    token_path = re.compile(r"/connect/token$")

    def __init__(
        self,
        *,
        mode: Mode = Mode.SELF_HOSTED,
        version: str = DEFAULT_VERSION,
        database: str = ":memory:",
        client_id: str | None = None,
        client_secret: str = DEFAULT_SECRET,
        rate_limits: bool | None = None,
        limit_by_path: bool = False,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(clock)
        self.profile = Profile(mode, version)
        organization_id = (client_id or f"{PREFIX}{uuid.uuid4()}").removeprefix(PREFIX)
        self._state = State(database, organization_id, self.clock)
        self.organization = Organization(self._state, mode)
        self._identity = Identity(self._state, self.clock, mode, client_secret)
        if client_id is not None and client_id != self._identity.client_id:
            raise ValueError(f"the database holds {self._identity.client_id}, not {client_id}")
        self._has_limits = mode is not Mode.SELF_HOSTED if rate_limits is None else rate_limits
        self._limits = RateLimits(self.clock, mode, by_path=limit_by_path)

    @property
    def client_id(self) -> str:
        """The client id of the organization's API key."""
        return self._identity.client_id

    @property
    def client_secret(self) -> str:
        """The client secret of the organization's API key."""
        return self._identity.client_secret

    @property
    def is_new(self) -> bool:
        """Whether the database was empty when the emulator was made."""
        return self._state.is_new

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the server that is emulated."""
        routes = [*self._identity.routes(), config_route(self._state, self.profile)]
        if self.profile.mode is Mode.VAULTWARDEN:
            return routes + VaultwardenImportApi(self._state).routes()
        routes += [
            *MembersApi(self._state, self.profile).routes(),
            *GroupsApi(self._state).routes(),
            *CollectionsApi(self._state).routes(),
            *PoliciesApi(self._state).routes(),
            *SubscriptionApi(self._state, self.profile).routes(),
            *EventsApi(self._state, self.clock).routes(),
            *ImportApi(self._state, self.profile).routes(),
        ]
        return routes + _on_hosts_of_their_own(routes) if self.profile.mode is Mode.CLOUD else routes

    def middlewares(self) -> Sequence[Middleware]:
        """Return error answers, the edge, rate limits and authentication, from the outside in."""
        return [self._answer_errors, self._admit]

    def state(self) -> dict[str, Any]:
        """Return the whole organization."""
        return self.organization.dump()

    def load_state(self, state: dict[str, Any]) -> None:
        """Replace the organization by one in the shape of :meth:`Organization.load`."""
        self.organization.load(state)

    def reset(self) -> None:
        """Begin anew with the founder as the only member."""
        self.organization.found()
        self._limits.clear()

    def close(self) -> None:
        """Close the database."""
        super().close()
        self._state.commit()
        self._state.connection.close()

    @web.middleware
    async def _answer_errors(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except ApiError as error:
            return error.response()
        except web.HTTPException as error:
            return self._no_such_route(error)
        except Exception:
            LOGGER.exception("The emulator itself failed on %s %s", request.method, request.path)
            return UnhandledServerError().response()
        finally:
            self._state.commit()

    @web.middleware
    async def _admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        cloud = self.profile.mode is Mode.CLOUD
        if cloud and REJECTED_USER_AGENT.search(request.headers.get("User-Agent", "")):
            return web.Response(status=400)
        if self._has_limits:
            self._limits.count(request.method, request.path)
        authorization = request.headers.get("Authorization", "")
        if request.path.startswith(("/api/public/", "/public/")) and not self._identity.is_valid(authorization):
            return self._unauthorized()
        return await handler(request)

    def _unauthorized(self) -> web.Response:
        if self.profile.mode is Mode.VAULTWARDEN:
            return UNAUTHORIZED.response()
        return web.Response(status=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})

    def _no_such_route(self, error: web.HTTPException) -> web.Response:
        if self.profile.mode is Mode.VAULTWARDEN:
            return NO_SUCH_PATH.response()
        return NotFoundError().response() if error.status == 404 else web.Response(status=error.status)


def _on_hosts_of_their_own(routes: list[web.RouteDef]) -> list[web.RouteDef]:
    """Return the routes as the cloud has them on the hosts ``api.`` and ``identity.``, without these prefixes."""
    return [
        web.RouteDef(
            route.method, route.path.removeprefix("/api").removeprefix("/identity"), route.handler, route.kwargs
        )
        for route in routes
    ]
