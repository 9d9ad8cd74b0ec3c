# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Control of an emulator over HTTP, for processes outside the test: paths below ``/_emulator/``, never recorded.

====== ==================== =============================================================
POST   /_emulator/faults    arm a fault: JSON in the shape of :meth:`Fault.from_json`
DELETE /_emulator/faults    disarm all faults
GET    /_emulator/requests  ``{"requests": [...], "writes": number, "round_trips": number}``
DELETE /_emulator/requests  forget all requests
GET    /_emulator/state     the whole state
PUT    /_emulator/state     replace the whole state
POST   /_emulator/clock     ``{"advance": seconds}``
POST   /_emulator/reset     no state, no faults, no requests
====== ==================== =============================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from .faults import Fault

if TYPE_CHECKING:
    from .server import EmulatorServer

PREFIX = "/_emulator/"


class Control:
    """The handlers of the control paths of one server."""

    def __init__(self, server: EmulatorServer) -> None:
        self._server = server

    def routes(self) -> list[web.RouteDef]:
        """Return the control routes."""
        return [
            web.post(PREFIX + "faults", self.add_fault),
            web.delete(PREFIX + "faults", self.clear_faults),
            web.get(PREFIX + "requests", self.list_requests),
            web.delete(PREFIX + "requests", self.clear_requests),
            web.get(PREFIX + "state", self.get_state),
            web.put(PREFIX + "state", self.put_state),
            web.post(PREFIX + "clock", self.advance_clock),
            web.post(PREFIX + "reset", self.reset),
        ]

    async def add_fault(self, request: web.Request) -> web.Response:
        """Arm a fault; 400 with the reason when it is malformed."""
        try:
            fault = Fault.from_json(await request.json())
        except (KeyError, TypeError, ValueError) as error:
            return web.Response(status=400, text=f"not a fault: {error}")
        self._server.faults.add(fault)
        return web.Response(status=204)

    async def clear_faults(self, _request: web.Request) -> web.Response:
        """Disarm all faults."""
        self._server.faults.clear()
        return web.Response(status=204)

    async def list_requests(self, _request: web.Request) -> web.Response:
        """List the recorded requests."""
        recorder = self._server.recorder
        return web.json_response(
            {
                "requests": [record.as_json() for record in recorder.requests()],
                "writes": len(recorder.writes()),
                "round_trips": recorder.round_trips(),
            }
        )

    async def clear_requests(self, _request: web.Request) -> web.Response:
        """Forget the recorded requests."""
        self._server.recorder.clear()
        return web.Response(status=204)

    async def get_state(self, _request: web.Request) -> web.Response:
        """Return the whole state."""
        return web.json_response(self._server.emulator.state())

    async def put_state(self, request: web.Request) -> web.Response:
        """Replace the whole state."""
        self._server.emulator.load_state(await request.json())
        return web.Response(status=204)

    async def advance_clock(self, request: web.Request) -> web.Response:
        """Move the emulator's clock."""
        self._server.emulator.clock.advance((await request.json())["advance"])
        return web.Response(status=204)

    async def reset(self, _request: web.Request) -> web.Response:
        """Drop state, faults and requests."""
        self._server.emulator.reset()
        self._server.faults.clear()
        self._server.recorder.clear()
        return web.Response(status=204)
