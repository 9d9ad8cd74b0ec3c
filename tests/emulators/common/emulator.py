# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base class of the vendors' emulators."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

from .clock import Clock
from .recorder import RecordedRequest


class Emulator(ABC):
    """One vendor's service: its routes and its state, without any notion of sockets, faults or recording.

    ``base_url`` is the address under which clients reach the service, set by the server when it starts. Next links
    must be built from it; a test that puts a validating proxy in front sets it to the proxy's address.
    """

    token_path: re.Pattern[str] = re.compile(r"/token$")
    """Paths of the endpoints that issue tokens; requests to them are no writes."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.base_url = ""

    @abstractmethod
    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return the routes of the service."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Return the whole state as JSON-compatible values."""

    @abstractmethod
    def load_state(self, state: dict[str, Any]) -> None:
        """Replace the whole state by one in the shape of :meth:`state`."""

    @abstractmethod
    def reset(self) -> None:
        """Go back to the state before any request and any seed."""

    def middlewares(self) -> Sequence[Middleware]:
        """Return the aiohttp middlewares (``@web.middleware``) of the service, such as authentication and errors.

        They run inside recording and fault injection, and they also see requests that match no route.
        """
        return ()

    def is_write(self, request: RecordedRequest) -> bool:
        """Tell whether the request may change something at the vendor. POST requests that only read override this."""
        return request.method not in ("GET", "HEAD") and not self.token_path.search(request.path)

    def close(self) -> None:
        """Release what the emulator holds open, such as its database. Called when the server has stopped."""
        self.base_url = ""
