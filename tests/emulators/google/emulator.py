# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Google's sign-in and the Directory API of one Google Workspace account."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from ..common import Clock, Emulator
from ..common.recorder import RecordedRequest
from .account import Account
from .directory_api import BASE, DirectoryApi
from .errors import ApiError, not_found
from .iam import Iam
from .identity import Identity
from .model import GROUP_SCOPE, USER_SCOPE, ServiceAccount
from .paging import LIFETIME, PageTokens
from .quotas import Quotas

LOGGER = logging.getLogger(__name__)
SERVICE_ACCOUNT = "dirsync@dirsync-example.iam.gserviceaccount.com"


class GoogleEmulator(Emulator):
    """One account with one administrator, admin@example.org, and one service account that may act for it."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.account = Account(self.clock)
        self.identity = Identity(self.account, self.clock)
        self.iam = Iam(self.identity, self.clock)
        self.page_tokens = PageTokens(self.clock)
        self.quotas = Quotas(self.clock)
        self.directory = DirectoryApi(self.account, self.identity, self.page_tokens, self.quotas)
        self.service_account = self.identity.create_service_account(SERVICE_ACCOUNT)

    def create_key(self) -> dict[str, str]:
        """Return the content of a key file of the service account that asks this server for tokens."""
        return self.identity.create_key(self.service_account, f"{self.base_url}/token")

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [*self.identity.routes(), *self.iam.routes(), *self.directory.routes()]

    def middlewares(self) -> Sequence[Middleware]:
        """Return the middleware that answers errors."""
        return [self._answer_errors]

    def is_write(self, request: RecordedRequest) -> bool:
        """Tell whether the request may change something: nothing here does but what is unknown."""
        known = request.path.startswith((BASE, "/token", "/v1/"))
        return request.method != "GET" and not known

    def state(self) -> dict[str, Any]:
        """Return the account and its service accounts."""
        accounts = [asdict(account) for account in self.identity.service_accounts.values()]
        return {"account": self.account.dump(), "service_accounts": accounts}

    def load_state(self, state: dict[str, Any]) -> None:
        """Replace the account and its service accounts."""
        self.account.load(state["account"])
        accounts = [ServiceAccount(**fields) for fields in state["service_accounts"]]
        self.identity.service_accounts = {account.email: account for account in accounts}

    def reset(self) -> None:
        """Leave only the administrator and the service account, and let them do what they may do at first."""
        self.account.clear()
        self.identity.forget_tokens()
        self.identity.service_accounts = {self.service_account.email: self.service_account}
        self.service_account.keys.clear()
        self.service_account.delegated_scopes = [USER_SCOPE, GROUP_SCOPE]
        self.iam.token_creators = {self.iam.workload}
        self.page_tokens.lifetime = LIFETIME
        self.quotas.clear()
        self.directory.enabled = True

    @web.middleware
    async def _answer_errors(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except ApiError as error:
            return error.response()
        except web.HTTPException as error:
            return not_found("Not Found").response() if error.status == 404 else error
        except Exception:
            LOGGER.exception("The emulator itself failed on %s %s", request.method, request.path)
            return web.json_response({"error": {"code": 500, "message": "Internal error"}}, status=500)
