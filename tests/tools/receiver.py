# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes down every request as a line of JSON, with its path and body. Usage: receiver.py PORT FILE"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to everything."""

    def do_POST(self) -> None:
        """Note the request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with Path(sys.argv[2]).open("a") as file:
            file.write(json.dumps({"path": self.path, "body": json.loads(body) if body else None}) + "\n")
        self.send_response(204)
        self.end_headers()

    def do_GET(self) -> None:
        """Note the request."""
        self.do_POST()


HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
