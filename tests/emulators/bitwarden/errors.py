# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors of the API and the shapes in which the server answers with them."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

JSON_TYPE = "application/json"


def json_response(value: Any, status: int = 200) -> web.Response:
    """Return compact UTF-8 JSON, as ASP.NET and Rocket write it."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(status=status, body=body, content_type=JSON_TYPE, charset="utf-8")


class ApiError(Exception):
    """A request that fails with a status and the error object of the Public API."""

    def __init__(self, status: int, message: str, errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    def response(self) -> web.Response:
        """Return the answer."""
        return json_response({"object": "error", "message": self.message, "errors": self.errors}, self.status)


class BadRequestError(ApiError):
    """A business rule refuses the request."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)


class InvalidModelError(ApiError):
    """The request does not fit the model. ``errors`` has .NET property paths or JSON paths as keys."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(400, "The request's model state is invalid.", errors)


class AggregateError(ApiError):
    """Several invitations failed; the texts are only in the dictionary."""

    def __init__(self, *texts: str) -> None:
        super().__init__(400, "Errors have occurred.", {"An error has occurred.": list(texts)})


class ResourceNotFoundError(ApiError):
    """Something that the request refers to does not exist: 404 with a body."""

    def __init__(self) -> None:
        super().__init__(404, "Resource not found.")


class NotFoundError(ApiError):
    """The object that the address names does not exist: 404 without a body."""

    def __init__(self) -> None:
        super().__init__(404, "")

    def response(self) -> web.Response:
        """Return the answer."""
        return web.Response(status=404)


class UnhandledServerError(ApiError):
    """An exception that the server does not handle, such as a duplicate key or a null."""

    def __init__(self) -> None:
        super().__init__(500, "An unhandled server error has occurred.")


class TooManyRequestsError(ApiError):
    """A rate limit is exceeded; the error has the shape of the internal API."""

    def __init__(self, retry_after: int, period: str) -> None:
        super().__init__(429, f"Slow down! Too many requests. Try again in {period}.")
        self.retry_after = retry_after

    def response(self) -> web.Response:
        """Return the answer."""
        body = {
            "object": "error",
            "message": self.message,
            "validationErrors": None,
            "exceptionMessage": None,
            "exceptionStackTrace": None,
            "innerExceptionMessage": None,
        }
        answer = json_response(body, 429)
        answer.headers["Retry-After"] = str(self.retry_after)
        return answer


class VaultwardenError(ApiError):
    """A request that Vaultwarden refuses: 400 with an error object of its own."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(status, message)

    def response(self) -> web.Response:
        """Return the answer."""
        body = {
            "message": self.message,
            "validationErrors": {"": [self.message]},
            "errorModel": {"message": self.message, "object": "error"},
            "error": "",
            "error_description": "",
            "exceptionMessage": None,
            "exceptionStackTrace": None,
            "innerExceptionMessage": None,
            "object": "error",
        }
        return json_response(body, self.status)


class RocketError(ApiError):
    """A request that Vaultwarden's web framework refuses before any of its code runs."""

    def __init__(self, status: int, reason: str, description: str) -> None:
        super().__init__(status, description)
        self.reason = reason

    def response(self) -> web.Response:
        """Return the answer."""
        error = {"code": self.status, "reason": self.reason, "description": self.message}
        return json_response({"error": error}, self.status)
