# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP forwarder that passes so many bytes of the server's answers and then cuts the connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from urllib.parse import urlsplit


class CuttingProxy:
    """Forwards loopback connections to the server at ``url``; after ``after`` bytes it calls ``then`` and hangs up."""

    def __init__(self, url: str, after: int, then: Callable[[], None] = lambda: None) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 0)
        self._left = after
        self._then = then
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{parts.scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> CuttingProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
                server = socket.create_connection(self._target)
            except OSError:
                return
            threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
            threading.Thread(target=self._forward_answers, args=(server, client), daemon=True).start()

    def _before_request(self) -> None:
        """Do nothing; a place for those who want a request to take long."""

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with source, target:
            try:
                while data := source.recv(65536):
                    self._before_request()
                    target.sendall(data)
            except OSError:
                return

    def _forward_answers(self, server: socket.socket, client: socket.socket) -> None:
        with server, client:
            try:
                while data := server.recv(min(65536, self._left)):
                    client.sendall(data)
                    self._left -= len(data)
                    if self._left <= 0:
                        self._then()
                        # The other thread still waits on this socket: closing it alone would not hang up.
                        client.shutdown(socket.SHUT_RDWR)
                        return
            except OSError:
                return
