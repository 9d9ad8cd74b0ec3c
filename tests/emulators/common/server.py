# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs an emulator on a loopback port in a background thread."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from .certificates import LOOPBACK_NAMES, ServerCertificate, issue_certificate
from .control import PREFIX, Control
from .emulator import Emulator
from .faults import Faults, Kind
from .injection import inject
from .recorder import RecordedRequest, Recorder

Hook = Callable[[RecordedRequest], None]
Server = TypeVar("Server", bound="EmulatorServer")

MAXIMUM_BODY = 505 * 1024 * 1024
"""Bytes; the limit of the reverse proxy of a self-hosted Bitwarden server."""

SHUTDOWN_TIMEOUT = 0.05
"""Seconds that requests in progress get when the server stops. To aiohttp 0 means without end."""


class EmulatorServer:
    """An emulator that listens on 127.0.0.1 from ``start()`` (or ``with``) to ``stop()``.

    ``port`` 0 takes a free one. ``tls`` serves https under a certificate made for the occasion; its authority is in
    ``ca_file``. ``tls_directory`` keeps the certificate files there instead of in a temporary directory. ``latency``
    is added to every request, in seconds.

    ``on_request`` is called in the server's thread with the record of a request before it has any effect,
    ``on_response`` after the effect and before the answer is sent: the two places to kill a client at.

    aiohttp sets TCP_NODELAY on every connection, so small answers are not held back.
    """

    def __init__(
        self,
        emulator: Emulator,
        *,
        port: int = 0,
        tls: bool = False,
        tls_directory: str | None = None,
        tls_names: tuple[str, ...] = LOOPBACK_NAMES,
        latency: float = 0.0,
    ) -> None:
        self.emulator = emulator
        self.clock = emulator.clock
        self.recorder = Recorder(emulator.is_write)
        self.faults = Faults()
        self.latency = latency
        self.on_request: Hook | None = None
        self.on_response: Hook | None = None
        self.port = port
        self._tls = tls
        self._tls_directory = tls_directory
        self.tls_names = tls_names
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._certificate: ServerCertificate | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner: web.AppRunner | None = None
        self._connections: weakref.WeakSet[asyncio.Transport] = weakref.WeakSet()
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address without a trailing slash, for instance ``https://127.0.0.1:43117``."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def ca_file(self) -> str | None:
        """The PEM file of the certificate authority; None without TLS."""
        return None if self._certificate is None else self._certificate.ca_file

    def start(self: Server) -> Server:
        """Listen. Raises OSError when the port is taken."""
        context = self._ssl_context() if self._tls else None
        loop = asyncio.new_event_loop()
        self._loop = loop
        self._thread = threading.Thread(target=self._run_loop, args=(loop,), name="emulator", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._listen(context), loop).result()
        except BaseException:
            self.stop()
            raise
        self.emulator.base_url = self.url
        return self

    def stop(self) -> None:
        """Close the port and all connections, those of hanging requests included."""
        if self._loop is not None and self._thread is not None:
            if self._runner is not None:
                asyncio.run_coroutine_threadsafe(self._close(self._runner), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop = self._runner = self._thread = None
            self.emulator.close()
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None

    def __enter__(self: Server) -> Server:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @staticmethod
    def _run_loop(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        hanging = asyncio.all_tasks(loop)
        for task in hanging:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*hanging, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    def _ssl_context(self) -> ssl.SSLContext:
        if self._tls_directory is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="emulator-tls-")
        self._certificate = issue_certificate(
            self._tls_directory or (self._temporary.name if self._temporary else ""), self.tls_names
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate.certificate_file, self._certificate.key_file)
        return context

    async def _listen(self, context: ssl.SSLContext | None) -> None:
        middlewares: list[Middleware] = [self._observe, *self.emulator.middlewares()]
        application = web.Application(middlewares=middlewares, client_max_size=MAXIMUM_BODY)
        application.add_routes(Control(self).routes())
        application.add_routes(self.emulator.routes())
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=context).start()
        self.port = self._runner.addresses[0][1]

    async def _close(self, runner: web.AppRunner) -> None:
        await runner.cleanup()
        # With TLS, closed connections still wait for the client's farewell.
        for connection in list(self._connections):
            connection.abort()
        await asyncio.sleep(0)

    @web.middleware
    async def _observe(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Record the request, let the test's hooks see it, and inject faults."""
        if request.transport is not None:
            self._connections.add(request.transport)
        if request.path.startswith(PREFIX):
            return await request.match_info.handler(request)
        record = self.recorder.start(request.method, request.path, request.query, request.headers, await request.read())
        try:
            response = await self._respond(request, handler, record)
            if record.fault != Kind.DROP.value:
                record.status = response.status
            return response
        finally:
            self.recorder.finish(record)

    async def _respond(self, request: web.Request, handler: Handler, record: RecordedRequest) -> web.StreamResponse:
        if self.on_request is not None:
            self.on_request(record)
        fault = self.faults.pick(record)
        if self.latency:
            await asyncio.sleep(self.latency)

        async def answer() -> web.StreamResponse:
            try:
                response = await handler(request)
            except web.HTTPException as error:
                response = error
            if self.on_response is not None:
                self.on_response(record)
            return response

        if fault is None:
            return await answer()
        record.fault = fault.kind.value
        return await inject(request, fault, answer)
