# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed exchange with OneLogin means, and what to do about it."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    HttpError,
    HttpStatusError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.authentication import TOKEN_PATH


def directory_error(error: HttpError) -> DirectoryError:
    """Return the error for the operator."""
    if not isinstance(error, HttpStatusError):
        hint = f"{error.hint}. A subdomain that does not exist has no address" if error.hint else ""
        return DirectoryConnectionError(error.what, hint=hint)
    signing_in = error.url.endswith(TOKEN_PATH)
    kind = DirectoryAuthenticationError if signing_in or error.status in (401, 403) else DirectoryError
    return kind(error.what, server=_server_text(error), hint=_hint(error, signing_in))


def _hint(error: HttpStatusError, signing_in: bool) -> str:
    if signing_in and error.status in (400, 401, 403):
        return "Check client_id and client_secret, and that host or region are those of the account"
    if signing_in and error.status == 500:
        return "OneLogin answers so when the user who made the API credential was deleted: make a new one"
    if error.status == 401:
        return "The access token was refused twice: check that host or region are those of the account"
    if error.status == 403:
        return "The API credential needs the scope Read users or Read All"
    if error.status in (400, 422):
        return "Check the filter parameters of the source"
    if error.status == 404:
        return "Check that host is the address of the account, such as https://example.onelogin.com"
    if error.status == 429:
        return "The rate limit of the account is used up: run again after the pause that OneLogin asks for"
    return error.hint


def _server_text(error: HttpStatusError) -> str:
    """Return the message in either of the two shapes that OneLogin has for errors, with the id of the request."""
    body = error.body if isinstance(error.body, dict) else {}
    status = body.get("status")
    details = status if isinstance(status, dict) else body
    parts = [str(details[name]) for name in ("name", "type", "message") if details.get(name)]
    request = error.headers.get("x-request-id")
    return (": ".join(parts)[:500] or error.server) + (f" (request {request})" if request else "")
