# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP forwarder that passes so many bytes of the server's answers and then cuts the connection."""

from __future__ import annotations

import socket
from collections.abc import Callable

from ansible_collections.dirsync.bitwarden.tests.support.forwarding_proxy import ForwardingProxy


class CuttingProxy(ForwardingProxy):
    """Forwards loopback connections to the server at ``url``; after ``after`` bytes it calls ``then`` and hangs up."""

    def __init__(self, url: str, after: int, then: Callable[[], None] = lambda: None) -> None:
        super().__init__(url)
        self._left = after
        self._then = then

    def answer(self, server: socket.socket, client: socket.socket) -> None:
        while data := server.recv(min(65536, self._left)):
            client.sendall(data)
            self._left -= len(data)
            if self._left <= 0:
                self._then()
                # The other thread still waits on this socket: closing it alone would not hang up.
                client.shutdown(socket.SHUT_RDWR)
                return
