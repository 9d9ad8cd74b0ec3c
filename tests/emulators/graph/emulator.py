# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entra ID and Microsoft Graph of one tenant, on one address."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from ..common import Clock, Emulator, Faults, Kind, RecordedRequest, Recorder
from .answers import Answer, GraphError
from .api import Api
from .application import Application
from .batch import answer_batch
from .identity import Identity
from .tenant import Tenant

DEFAULT_SECRET = "emulated~client.secret"
DEFAULT_PERMISSIONS = frozenset({"User.Read.All", "GroupMember.Read.All", "AdministrativeUnit.Read.All"})
VERSION = "/v1.0"


class GraphEmulator(Emulator):
    """One tenant with one application that may read it.

    ``inner_faults`` hit single requests of a batch (only faults of kind STATUS), ``inner_requests`` records them.
    """

    token_path = re.compile(r"/token$")

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.tenant = Tenant(self.clock, str(uuid.uuid4()), "example.onmicrosoft.com")
        self.application = Application(str(uuid.uuid4()))
        self.api = Api(self.tenant, self.clock, self._address)
        self.identity = Identity(self.tenant, self.clock, self.application, self._address)
        self.inner_faults = Faults()
        self.inner_requests = Recorder(self.is_write)
        self.reset()

    def reset(self) -> None:
        """Begin anew with an empty tenant, one secret and the permissions that reading needs."""
        self.tenant.clear()
        self.inner_faults.clear()
        self.inner_requests.clear()
        self.application.secrets = {DEFAULT_SECRET: self.clock.now() + 365 * 24 * 3600}
        self.application.certificates = []
        self.application.federated = []
        self.application.permissions = set(DEFAULT_PERMISSIONS)
        self.application.directory_roles = set()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of both services."""
        return [
            *self.identity.routes(),
            web.post(f"{VERSION}/$batch", self._batch),
            web.route("*", VERSION + "/{path:.*}", self._single),
        ]

    def state(self) -> dict[str, Any]:
        """Return the objects of the tenant."""
        return self.tenant.dump()

    def load_state(self, state: dict[str, Any]) -> None:
        """Replace the objects of the tenant by those of a state in the shape of :meth:`Tenant.dump`."""
        self.tenant.load(state)

    def is_write(self, request: RecordedRequest) -> bool:
        """Tell whether the request may change something; a batch of reads does not."""
        if request.path.endswith("/$batch") and isinstance(request.body, dict):
            return any(inner.get("method") != "GET" for inner in request.body.get("requests", []))
        return super().is_write(request)

    def _address(self) -> str:
        return self.base_url

    async def _single(self, request: web.Request) -> web.StreamResponse:
        target = request.rel_url.raw_path_qs.removeprefix(VERSION)

        def get(permissions: frozenset[str]) -> Answer:
            return self.api.answer(request.method, target, request.headers, permissions)

        return self._answer(request, get)

    async def _batch(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()

        def batch(permissions: frozenset[str]) -> Answer:
            def send(method: str, url: str, headers: Mapping[str, str]) -> Answer:
                return self._inner(method, url, headers, permissions)

            return answer_batch(content, send, self.clock)

        return self._answer(request, batch)

    def _answer(self, request: web.Request, answer: Callable[[frozenset[str]], Answer]) -> web.StreamResponse:
        try:
            result = answer(self.identity.permissions(request.headers.get("Authorization", "")))
        except GraphError as error:
            result = error.answer(self.clock)
        return result.response()

    def _inner(self, method: str, url: str, headers: Mapping[str, str], permissions: frozenset[str]) -> Answer:
        """Answer one request of a batch, or refuse it as an injected fault says."""
        path, _separator, _query = url.partition("?")
        record = self.inner_requests.start(method, path, {}, headers, b"")
        self.inner_requests.finish(record)
        fault = self.inner_faults.pick(record)
        if fault is None:
            return self.api.answer(method, url, headers, permissions)
        if fault.kind is not Kind.STATUS:
            raise ValueError("a request of a batch can only fail with a status")
        return Answer(fault.status or 500, fault.body, fault.headers)
