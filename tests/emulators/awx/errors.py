# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error answers of the controller: what the framework beneath it says of a request."""

from __future__ import annotations

from typing import Any

from aiohttp import web


class ControllerError(Exception):
    """A request that fails; ``body`` is the answer."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body

    def response(self) -> web.Response:
        """Return the answer."""
        return web.json_response(self.body, status=self.status)


def invalid(field: str, message: str) -> ControllerError:
    """Return the error of a field with a value that it does not take."""
    return ControllerError(400, {field: [message]})


def not_found() -> ControllerError:
    """Return the error of an address that leads to no object."""
    return ControllerError(404, {"detail": "Not found."})
