# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server on loopback that gives the answers a test scripts, also broken ones, and can act as a proxy."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.dirsync.bitwarden.tests.emulators.common import ServerCertificate
from ansible_collections.dirsync.bitwarden.tests.support.forwarding_proxy import tunnel
from ansible_collections.dirsync.bitwarden.tests.support.loopback import LoopbackServer


@dataclass(frozen=True)
class Received:
    """One request; ``target`` is the second word of its first line, ``headers`` are lower-case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query."""
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self) -> Any:
        """The decoded JSON body."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What to answer: ``body`` as it is (bytes, text) or as JSON; or ``raw`` in place of a whole response.

    The parts of an iterable ``raw`` are sent one by one. After ``raw`` the connection is closed.
    """

    status: int = 200
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | Iterable[bytes] | None = None

    def content(self) -> bytes:
        """Return the bytes of the body."""
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


DROPPED = Answer(raw=b"")
"""The connection is closed without an answer."""


class ScriptedServer(LoopbackServer):
    """Serves ``respond`` from ``with`` on; ``received`` lists the requests in the order of their arrival."""

    def __init__(self, certificate: ServerCertificate | None = None) -> None:
        self.received: list[Received] = []
        self.respond: Callable[[Received], Answer] = lambda request: Answer(body={})
        scripted = self

        class Handler(_Handler):
            server_script = scripted

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        self._server.block_on_close = False
        self._scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.certificate_file, certificate.key_file)
            # The handshake belongs into the thread of the connection, not into the one that accepts.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self._scheme = "https"
        self.url = f"{self._scheme}://127.0.0.1:{self.port}"

    def script(self, *answers: Answer) -> None:
        """Give these answers, one to each request; a request beyond them is answered with 418."""
        left = list(answers)
        self.respond = lambda request: left.pop(0) if left else Answer(418, "not in the script")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server_script: ScriptedServer

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Received(self.command, self.path, headers, self.rfile.read(length))
        self.server_script.received.append(request)
        answer = self.server_script.respond(request)
        if answer.raw is not None:
            for part in [answer.raw] if isinstance(answer.raw, bytes) else answer.raw:
                self.wfile.write(part)
                self.wfile.flush()
            self.close_connection = True
            return
        if self.command == "CONNECT" and answer.status == 200:
            self.tunnel()
            return
        content = answer.content()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_CONNECT = answer  # noqa: N815

    def tunnel(self) -> None:
        """Carry bytes between the client and the target until either ends (RFC 9110, 9.3.6)."""
        host, _unused, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as target:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            tunnel(self.connection, target)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test output clean."""
