# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the API answers: a status, headers and JSON, and the error object in which Graph refuses."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from ..common import Clock


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, either sent over HTTP or put into a batch."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        """Return the answer as an HTTP response."""
        body = json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()
        return web.Response(
            status=self.status, body=body, headers=self.headers, content_type="application/json", charset="utf-8"
        )


class GraphError(Exception):
    """A refusal with one of Graph's codes (https://learn.microsoft.com/graph/errors)."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def answer(self, clock: Clock) -> Answer:
        """Return the error object."""
        request_id = str(uuid.uuid4())
        inner = {
            "date": clock.utcnow().strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": request_id,
        }
        return Answer(
            self.status,
            {"error": {"code": self.code, "message": self.message, "innerError": inner}},
            {**self.headers, "request-id": request_id},
        )


def bad_request(message: str, code: str = "BadRequest") -> GraphError:
    """Return the refusal of a request that nobody could carry out."""
    return GraphError(400, code, message)


def not_found(object_id: str) -> GraphError:
    """Return the refusal for an object that does not exist."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{object_id}' does not exist or one of its queried reference-property objects are not present.",
    )


def denied() -> GraphError:
    """Return the refusal for a missing permission."""
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def invalid_token(reason: str) -> GraphError:
    """Return the refusal of an access token."""
    return GraphError(401, "InvalidAuthenticationToken", reason)
