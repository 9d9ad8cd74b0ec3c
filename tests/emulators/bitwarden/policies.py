# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policies (reference section 5.3). Their data is stored as given, without the validation per type."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from .errors import InvalidModelError, NotFoundError, json_response
from .model import EventType, Policy
from .representation import list_json, policy_json
from .request_model import read_model
from .state import State, new_id

TYPES = range(23)


class PoliciesApi:
    """The handlers of ``/public/policies``."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/api/public/policies", self.list_all),
            web.get("/api/public/policies/{type}", self.show),
            web.put("/api/public/policies/{type}", self.update),
        ]

    async def list_all(self, _request: web.Request) -> web.Response:
        """List the policies that were configured at least once."""
        return json_response(list_json(policy_json(policy) for policy in self._state.policies))

    async def show(self, request: web.Request) -> web.Response:
        """Show a policy."""
        policy = self._find(_type(request))
        if policy is None:
            raise NotFoundError
        return json_response(policy_json(policy))

    async def update(self, request: web.Request) -> web.Response:
        """Configure a policy."""
        model = await read_model(request)
        enabled = model.boolean("enabled", required=True)
        data = None if model.model("data") is None else model.value("data")
        model.check()
        policy_type = _type(request)
        policy = self._find(policy_type) or Policy(new_id(), policy_type, enabled)
        policy = self._state.policies.put(replace(policy, enabled=enabled, data=data))
        self._state.log(EventType.POLICY_UPDATED, policy_id=policy.id)
        return json_response(policy_json(policy))

    def _find(self, policy_type: int) -> Policy | None:
        return next((policy for policy in self._state.policies if policy.type == policy_type), None)


def _type(request: web.Request) -> int:
    text = request.match_info["type"]
    if not text.isdecimal() or int(text) not in TYPES:
        raise InvalidModelError({"type": [f"The value '{text}' is not valid."]})
    return int(text)
