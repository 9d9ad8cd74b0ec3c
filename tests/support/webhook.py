# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server that notes who calls it: the other end of webhook and heartbeat."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ansible_collections.dirsync.bitwarden.tests.support.loopback import LoopbackServer


@dataclass(frozen=True)
class Call:
    """One call, with its decoded body."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class WebhookReceiver(LoopbackServer):
    """Listens on loopback while it is a context; a path that begins with ``/refuse`` is answered with 500."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.note(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def do_GET(self) -> None:
                self.note(None)

            def note(self, body: Any) -> None:
                calls.append(Call(self.command, self.path, dict(self.headers), body))
                self.send_response(500 if self.path.startswith("/refuse") else 204)
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Print nothing."""

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        self.url = f"http://127.0.0.1:{self.port}"

    def bodies(self) -> dict[str, Any]:
        """Return what the webhook was sent, by organization."""
        return {call.body["organization"]: call.body for call in self.calls if call.method == "POST"}
