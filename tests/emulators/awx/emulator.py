# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An AWX controller: its API behind bearer tokens."""

from __future__ import annotations

import copy
import logging
from collections.abc import Collection, Sequence
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ..common import Clock, Emulator
from .api import Api
from .errors import ControllerError
from .rules import Rules
from .store import Store

LOGGER = logging.getLogger(__name__)
DEFAULT_TOKEN = "emulated-controller-token"
VERSION = "24.6.1"


class AwxEmulator(Emulator):
    """One controller. ``playbooks`` are the paths of the playbooks in the repository of every project."""

    def __init__(self, *, clock: Clock | None = None, playbooks: Collection[str] = ()) -> None:
        super().__init__(clock)
        self.store = Store()
        self.rules = Rules(self.store, playbooks)
        self._api = Api(self.store, self.rules)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return self._api.routes()

    def middlewares(self) -> Sequence[Middleware]:
        """Return authentication and error answers."""
        return [self._answer]

    def state(self) -> dict[str, Any]:
        """Return all objects and associations."""
        return copy.deepcopy({"objects": self.store.objects, "associated": self.store.associated})

    def load_state(self, state: dict[str, Any]) -> None:
        """Replace all objects and associations by those in the shape of :meth:`state`, with ids as text or number."""
        self.store.objects = {
            path: {int(id_): item for id_, item in items.items()} for path, items in state["objects"].items()
        }
        self.store.associated = dict(state["associated"])

    def reset(self) -> None:
        """Begin anew."""
        self.store.clear()

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.headers.get("Authorization") != f"Bearer {DEFAULT_TOKEN}":
                raise ControllerError(401, {"detail": "Authentication credentials were not provided."})
            response = await handler(request)
        except ControllerError as error:
            response = error.response()
        except web.HTTPException as error:
            response = error
        except Exception:
            LOGGER.exception("The emulator itself failed on %s %s", request.method, request.path)
            response = web.Response(status=500)
        response.headers["X-API-Product-Name"] = "AWX"
        response.headers["X-API-Product-Version"] = VERSION
        return response
