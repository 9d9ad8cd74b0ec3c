# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the standard library on a free port of loopback, answering in the background while they are a context."""

from __future__ import annotations

import socketserver
import threading
from types import TracebackType
from typing import TypeVar

Server = TypeVar("Server", bound="LoopbackServer")

POLL_SECONDS = 0.01
"""How often a server looks whether it is to stop."""


class LoopbackServer:
    """Runs ``server`` from entering to leaving, one thread for each request; ``port`` is known from the beginning."""

    def __init__(self, server: socketserver.ThreadingTCPServer | socketserver.ThreadingUDPServer) -> None:
        self._server = server
        self._server.daemon_threads = True
        self.port: int = server.server_address[1]

    def __enter__(self: Server) -> Server:
        threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
