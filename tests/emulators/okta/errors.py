# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error answers of the Core API and of the token endpoint.

https://developer.okta.com/docs/reference/error-codes/
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from aiohttp import web


class OktaError(Exception):
    """A request that fails with an Okta error object."""

    def __init__(self, status: int, code: str, summary: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(summary)
        self.status = status
        self.code = code
        self.summary = summary
        self.headers = dict(headers or {})

    def response(self) -> web.Response:
        """Return the answer."""
        body = {
            "errorCode": self.code,
            "errorSummary": self.summary,
            "errorLink": self.code,
            "errorId": f"oae{secrets.token_urlsafe(16)}",
            "errorCauses": [],
        }
        return web.json_response(body, status=self.status, headers=self.headers)


class OAuthError(Exception):
    """A refusal of the token endpoint (RFC 6749, section 5.2; RFC 9449, sections 5 and 8)."""

    def __init__(
        self, error: str, description: str, *, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status
        self.headers = dict(headers or {})

    def response(self) -> web.Response:
        """Return the answer."""
        body = {"error": self.error, "error_description": self.description}
        return web.json_response(body, status=self.status, headers=self.headers)


def invalid_token() -> OktaError:
    """Return the refusal of an API token that is unknown, revoked or expired."""
    return OktaError(401, "E0000011", "Invalid token provided")


def forbidden(headers: Mapping[str, str] | None = None) -> OktaError:
    """Return the refusal of a principal without the right for the request."""
    return OktaError(403, "E0000006", "You do not have permission to perform the requested action", headers)


def not_found(identifier: str, kind: str) -> OktaError:
    """Return the answer for an object that does not exist."""
    return OktaError(404, "E0000007", f"Not found: Resource not found: {identifier} ({kind})")


def invalid_search(text: str) -> OktaError:
    """Return the refusal of an expression that the parser does not understand."""
    return OktaError(400, "E0000031", f"Invalid search criteria: {text}")


def unsupported_filter(attribute: str) -> OktaError:
    """Return the refusal of an expression over an attribute that cannot be filtered by."""
    return OktaError(400, "E0000053", f"Invalid filter attribute: {attribute}")


def too_many_requests(headers: Mapping[str, str]) -> OktaError:
    """Return the refusal of a request beyond a limit."""
    return OktaError(429, "E0000047", "API call exceeded rate limit due to too many requests.", headers)
