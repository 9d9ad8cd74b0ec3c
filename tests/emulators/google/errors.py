# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error answers of the Directory API and of the token endpoint.

The reasons are documented (https://developers.google.com/workspace/admin/directory/v1/limits); the texts of some are
those that operators report.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

PROJECT_NUMBER = "123456789012"
ENABLE_URL = f"https://console.developers.google.com/apis/api/admin.googleapis.com/overview?project={PROJECT_NUMBER}"


class ApiError(Exception):
    """A call that fails with a status, a reason and a message."""

    def __init__(self, status: int, reason: str, message: str, domain: str = "global") -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.domain = domain

    def body(self) -> dict[str, Any]:
        """Return the error object."""
        entry = {"message": self.message, "domain": self.domain, "reason": self.reason}
        return {"error": {"code": self.status, "message": self.message, "errors": [entry]}}

    def response(self) -> web.Response:
        """Return the answer."""
        return web.json_response(self.body(), status=self.status)


class GrantError(Exception):
    """A token that is not issued (RFC 6749, section 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def response(self) -> web.Response:
        """Return the answer."""
        return web.json_response({"error": self.error, "error_description": self.description}, status=self.status)


def invalid_credentials() -> ApiError:
    """Return the error for a token that is missing, unknown or expired."""
    return ApiError(401, "authError", "Request had invalid authentication credentials.")


def insufficient_scopes() -> ApiError:
    """Return the error for a token without the scope that the method needs."""
    return ApiError(403, "insufficientPermissions", "Request had insufficient authentication scopes.")


def forbidden() -> ApiError:
    """Return the error for a subject that is no administrator."""
    return ApiError(403, "forbidden", "Not Authorized to access this resource/api")


def api_disabled() -> ApiError:
    """Return the error for a project in which the Admin SDK API is not enabled."""
    message = (
        f"Admin SDK API has not been used in project {PROJECT_NUMBER} before or it is disabled. Enable it by visiting "
        f"{ENABLE_URL} then retry."
    )
    return ApiError(403, "accessNotConfigured", message, "usageLimits")


def user_rate_limit() -> ApiError:
    """Return the error for more queries a minute than one user of a project may make."""
    return ApiError(403, "userRateLimitExceeded", "User Rate Limit Exceeded", "usageLimits")


def operation_concurrency() -> ApiError:
    """Return the error for too many concurrent calls of one operation."""
    return ApiError(403, "quotaExceeded", "Quota exceeded for concurrent requests.", "usageLimits")


def account_concurrency() -> ApiError:
    """Return the error for too many concurrent calls to one account."""
    return ApiError(429, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits")


def backend_error() -> ApiError:
    """Return the error for a passing fault of the service."""
    return ApiError(503, "backendError", "Service unavailable. Please try again")


def invalid_input(what: str) -> ApiError:
    """Return the error for a parameter with a value that cannot be read."""
    return ApiError(400, "invalid", f"Invalid Input: {what}")


def not_found(what: str) -> ApiError:
    """Return the error for an object that does not exist."""
    return ApiError(404, "notFound", what)
