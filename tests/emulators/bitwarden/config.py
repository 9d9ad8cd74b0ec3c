# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``GET /config``: what kind of server this is (reference section 3)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .errors import json_response
from .model import Mode
from .profile import Profile
from .state import State

VAULTWARDEN_PRETENDED_VERSION = "2026.6.0"
REGION = "US"


def config_route(state: State, profile: Profile) -> web.RouteDef:
    """Return the route, which needs no token."""

    async def show(request: web.Request) -> web.Response:
        return json_response(_config(state, profile, f"{request.scheme}://{request.host}"))

    return web.get("/api/config", show)


def _config(state: State, profile: Profile, base_url: str) -> dict[str, Any]:
    vaultwarden = profile.mode is Mode.VAULTWARDEN
    return {
        "object": "config",
        "version": VAULTWARDEN_PRETENDED_VERSION if vaultwarden else profile.version,
        "gitHash": "0000000000000000000000000000000000000000",
        "server": {"name": "Vaultwarden", "url": "https://github.com/dani-garcia/vaultwarden"} if vaultwarden else None,
        "environment": {
            "cloudRegion": REGION if profile.mode is Mode.CLOUD else None,
            "vault": base_url,
            "api": f"{base_url}/api",
            "identity": f"{base_url}/identity",
            "notifications": f"{base_url}/notifications",
            "sso": "",
        },
        "featureStates": {} if vaultwarden else {"pm-34423-staged-status": state.settings.staged_status_flag},
        "push": {"pushTechnology": 0, "vapidPublicKey": None},
        "communication": None,
        "settings": {"disableUserRegistration": False},
    }
