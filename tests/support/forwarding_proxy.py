# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forwarding TCP connections: what tunnels, and proxies that spoil the answers of a server, have in common."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlsplit

Proxy = TypeVar("Proxy", bound="ForwardingProxy")


def carry(source: socket.socket, target: socket.socket, before: Callable[[], None] = lambda: None) -> None:
    """Carry bytes until the source ends, and say so to the target; ``before`` is called before each portion."""
    try:
        while data := source.recv(65536):
            before()
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def tunnel(client: socket.socket, target: socket.socket) -> None:
    """Carry bytes both ways until either side ends."""
    back = threading.Thread(target=carry, args=(target, client), daemon=True)
    back.start()
    carry(client, target)
    back.join(5)


class ForwardingProxy:
    """Forwards loopback connections to the server at ``url``, from entering to leaving; ``self.url`` leads here."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{parts.scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self: Proxy) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def before_request(self) -> None:
        """Do nothing; a place for those who want a request to take long."""

    def answer(self, server: socket.socket, client: socket.socket) -> None:
        """Carry what the server answers to the client until either hangs up."""
        while data := server.recv(65536):
            client.sendall(data)

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
                server = socket.create_connection(self._target)
            except OSError:
                return
            threading.Thread(target=carry, args=(client, server, self.before_request), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with server, client:
            try:
                self.answer(server, client)
            except OSError:
                return
