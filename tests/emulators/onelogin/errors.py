# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error answers of version 2 of the API, and those of version 1 with another shape."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

NAMES = {400: "BadRequestError", 401: "UnauthorizedError", 403: "ForbiddenError", 404: "NotFoundError", 429: "TooMany"}
TYPES = {400: "bad request", 401: "Unauthorized", 403: "Forbidden", 404: "not found", 429: "too many requests"}


class OneLoginError(Exception):
    """A request that fails."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})

    def response(self, path: str) -> web.Response:
        """Return the answer in the shape of the version that the path belongs to."""
        if path.startswith("/api/1/"):
            details = {"error": True, "code": self.status, "type": TYPES[self.status], "message": self.message}
            body: dict[str, object] = {"status": details}
        else:
            body = {"statusCode": self.status, "name": NAMES[self.status], "message": self.message}
        return web.json_response(body, status=self.status, headers=self.headers)
