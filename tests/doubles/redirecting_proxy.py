# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP proxy on loopback that leads every tunnel to one port, whatever host the client wants to reach.

With a certificate for the hosts of a vendor, an emulator behind it answers clients that use the vendor's own addresses.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from types import TracebackType


class RedirectingProxy:
    """Leads CONNECT requests (RFC 9110, 9.3.6) to ``port`` from entering to leaving; ``hosts`` are those asked for."""

    def __init__(self, port: int) -> None:
        self.hosts: list[str] = []
        handler = type("Handler", (_Tunnel,), {"port": port, "hosts": self.hosts})
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The address of the proxy."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> RedirectingProxy:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.socket.close()


class _Tunnel(socketserver.StreamRequestHandler):
    port: int
    hosts: list[str]

    def handle(self) -> None:
        self.hosts.append(self.rfile.readline().split()[1].decode().rpartition(":")[0])
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.port)) as target:
            back = threading.Thread(target=_carry, args=(target, self.connection), daemon=True)
            back.start()
            _carry(self.connection, target)
            back.join(5)


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Carry bytes until the source ends."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
