# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP proxy on loopback that leads tunnels to ports of this machine instead of to the hosts that they ask for.

With a certificate for the hosts of a vendor, an emulator behind it answers clients that use the vendor's own addresses.
"""

from __future__ import annotations

import socket
import socketserver
from collections.abc import Mapping

from ansible_collections.dirsync.bitwarden.tests.support.forwarding_proxy import tunnel
from ansible_collections.dirsync.bitwarden.tests.support.loopback import LoopbackServer


class RedirectingProxy(LoopbackServer):
    """Leads CONNECT requests (RFC 9110, 9.3.6) to ``ports`` from entering to leaving; ``hosts`` are those asked for.

    One port is that of every host; a mapping has the port of each host, and refuses the others.
    """

    def __init__(self, ports: int | Mapping[str, int]) -> None:
        self.hosts: list[str] = []
        handler = type("Handler", (_Tunnel,), {"ports": ports, "hosts": self.hosts})
        super().__init__(socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler))
        self.url = f"http://127.0.0.1:{self.port}"


class _Tunnel(socketserver.StreamRequestHandler):
    ports: int | Mapping[str, int]
    hosts: list[str]

    def handle(self) -> None:
        host = self.rfile.readline().split()[1].decode().rpartition(":")[0]
        self.hosts.append(host)
        while self.rfile.readline().strip():
            pass
        port = self.ports if isinstance(self.ports, int) else self.ports.get(host)
        if port is None:
            self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as target:
            tunnel(self.connection, target)
