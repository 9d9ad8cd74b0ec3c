# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP proxy on loopback that leads every tunnel to one port, whatever host the client wants to reach.

With a certificate for the hosts of a vendor, an emulator behind it answers clients that use the vendor's own addresses.
"""

from __future__ import annotations

import socket
import socketserver

from ansible_collections.dirsync.bitwarden.tests.support.forwarding_proxy import tunnel
from ansible_collections.dirsync.bitwarden.tests.support.loopback import LoopbackServer


class RedirectingProxy(LoopbackServer):
    """Leads CONNECT requests (RFC 9110, 9.3.6) to ``port`` from entering to leaving; ``hosts`` are those asked for."""

    def __init__(self, port: int) -> None:
        self.hosts: list[str] = []
        handler = type("Handler", (_Tunnel,), {"port": port, "hosts": self.hosts})
        super().__init__(socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler))
        self.url = f"http://127.0.0.1:{self.port}"


class _Tunnel(socketserver.StreamRequestHandler):
    port: int
    hosts: list[str]

    def handle(self) -> None:
        self.hosts.append(self.rfile.readline().split()[1].decode().rpartition(":")[0])
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.port)) as target:
            tunnel(self.connection, target)
