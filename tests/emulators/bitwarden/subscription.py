# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subscription of a cloud organization (reference section 5.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiohttp import web

from .errors import BadRequestError, json_response
from .model import Mode
from .profile import Profile
from .request_model import read_model
from .state import State


class SubscriptionApi:
    """The handlers of ``/public/organization/subscription``. Only Password Manager seats are kept."""

    def __init__(self, state: State, profile: Profile) -> None:
        self._state = state
        self._profile = profile

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        path = "/api/public/organization/subscription"
        return [web.get(path, self.show), web.put(path, self.update)]

    async def show(self, _request: web.Request) -> web.Response:
        """Show the seats."""
        self._refuse_self_hosted()
        settings = self._state.settings
        unused = dict.fromkeys(("seats", "maxAutoScaleSeats", "serviceAccounts", "maxAutoScaleServiceAccounts"))
        answer: dict[str, Any] = {
            "passwordManager": {
                "seats": settings.seats,
                "maxAutoScaleSeats": settings.max_autoscale_seats,
                "storage": None,
            },
            "secretsManager": unused,
        }
        return json_response(answer)

    async def update(self, request: web.Request) -> web.Response:
        """Buy or give back seats; what is not given stays."""
        self._refuse_self_hosted()
        model = await read_model(request)
        password_manager = model.model("passwordManager")
        if password_manager is None and model.model("secretsManager") is None:
            raise BadRequestError("At least one of passwordManager and secretsManager must be provided.")
        if password_manager is not None:
            self._update_seats(password_manager.integer("seats"), password_manager.integer("maxAutoScaleSeats"))
        return json_response({"message": "Subscription updated successfully."})

    def _update_seats(self, seats: int | None, maximum: int | None) -> None:
        settings = self._state.settings
        self._state.settings = replace(
            settings,
            seats=settings.seats if seats is None else seats,
            max_autoscale_seats=settings.max_autoscale_seats if maximum is None else maximum,
        )

    def _refuse_self_hosted(self) -> None:
        if self._profile.mode is not Mode.CLOUD:
            raise BadRequestError("Only allowed when not self hosted.")
