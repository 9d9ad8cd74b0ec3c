# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A loopback stand-in for what a pipeline talks to: HashiCorp Vault's key-value store, and GitLab's merge requests."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from ansible_collections.dirsync.bitwarden.tests.support.loopback import LoopbackServer


class PipelineServices(LoopbackServer):
    """Listens while it is a context. ``secrets`` are what the store holds, by path; ``notes`` what was commented."""

    token = "pipeline-token"

    def __init__(self, secrets: dict[str, dict[str, str]]) -> None:
        self.notes: list[tuple[str, str]] = []
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """Answer as the key-value store, version 2, does."""
                path = self.path.removeprefix("/v1/secret/data/")
                if self.headers.get("X-Vault-Token") != services.token:
                    self.answer(403, {"errors": ["permission denied"]})
                elif path not in secrets:
                    self.answer(404, {"errors": []})
                else:
                    self.answer(200, {"data": {"data": secrets[path], "metadata": {"version": 1}}})

            def do_POST(self) -> None:
                """Take a note as GitLab does."""
                body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                if self.headers.get("PRIVATE-TOKEN") != services.token:
                    self.answer(401, {"message": "401 Unauthorized"})
                else:
                    services.notes.append((self.path, body["body"][0]))
                    self.answer(201, {"id": len(services.notes)})

            def answer(self, status: int, body: Any) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, format: str, *arguments: object) -> None:
                """Print nothing."""

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        self.url = f"http://127.0.0.1:{self.port}"
