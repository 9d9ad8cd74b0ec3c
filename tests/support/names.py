# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the internet inside a container without network: connections to them end at servers of this machine."""

from __future__ import annotations

import ctypes
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ansible_collections.dirsync.bitwarden.tests.support.forwarding_proxy import tunnel

_CLONE_NEWNET = 0x40000000


class Names:
    """Listens on loopback in the network namespace of a process, until the end of the context."""

    def __init__(self, pid: int) -> None:
        self._namespace = Path(f"/proc/{pid}/ns/net")
        self._listeners: list[socket.socket] = []

    def __enter__(self) -> Names:
        return self

    def __exit__(self, *_unused: object) -> None:
        for listener in self._listeners:
            # Closing alone would not wake the thread that waits for connections.
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def give(self, port: int, server: int) -> str:
        """Return an address of its own where ``port`` leads to the port ``server`` of this machine's loopback."""
        address = f"127.0.1.{len(self._listeners) + 1}"
        # A thread has a network namespace of its own; a socket stays in the one that it was made in.
        with ThreadPoolExecutor(1) as thread:
            listener = thread.submit(self._listen, address, port).result()
        self._listeners.append(listener)
        threading.Thread(target=_serve, args=(listener, server), daemon=True).start()
        return address

    def _listen(self, address: str, port: int) -> socket.socket:
        library = ctypes.CDLL(None, use_errno=True)
        with self._namespace.open() as namespace:
            if library.setns(namespace.fileno(), _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), f"cannot enter {namespace.name}: {os.strerror(ctypes.get_errno())}")
        return socket.create_server((address, port))


def _serve(listener: socket.socket, server: int) -> None:
    """Connect whoever comes, until the listener is closed."""
    while True:
        try:
            client = listener.accept()[0]
        except OSError:
            return
        threading.Thread(target=_connect, args=(client, server), daemon=True).start()


def _connect(client: socket.socket, server: int) -> None:
    with client, socket.create_connection(("127.0.0.1", server)) as target:
        tunnel(client, target)
