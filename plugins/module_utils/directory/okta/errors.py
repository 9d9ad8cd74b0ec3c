# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed exchange with Okta means, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    HttpError,
    HttpStatusError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.authentication import oauth_error
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.throttling import bucket_of

ROLE_HINT = (
    "The owner of the API token, or the service app, needs an administrator role that may read all users and groups: "
    "give it Read-only Administrator"
)
CONSOLE = "Admin console, Applications, the service app"
SIGN_IN_HINTS = {
    "invalid_client": "Check that client_id is that of the service app, that the private key belongs to a public key "
    "registered with it (key_id must be its kid), that org_url is the org's own address, and that the clock is right",
    "invalid_scope": f"Grant okta.users.read and okta.groups.read: {CONSOLE}, Okta API Scopes",
    "consent_required": f"Grant okta.users.read and okta.groups.read: {CONSOLE}, Okta API Scopes",
    "invalid_dpop_proof": "The service app requires DPoP: set dpop to true, its default; if it is, check the clock",
    "unauthorized_client": f"The service app must be of the kind API Services: {CONSOLE}, General",
}
FILTER_CODES = ("E0000031", "E0000053")
TOKEN_CODES = ("E0000004", "E0000011")


def directory_error(error: HttpError, filters: Mapping[str, str | None]) -> DirectoryError:
    """Return the error for the operator; ``filters`` are the filter expressions by bucket of the listings."""
    if not isinstance(error, HttpStatusError):
        return DirectoryConnectionError(error.what, hint=error.hint)
    kind = DirectoryAuthenticationError if error.status in (401, 403) or oauth_error(error) else DirectoryError
    return kind(error.what, server=_server_text(error), hint=_hint(error, filters))


def is_missing_object(error: HttpError) -> bool:
    """Say whether Okta itself answered that the object does not exist, which a wrong address never does."""
    return (
        isinstance(error, HttpStatusError)
        and isinstance(error.body, dict)
        and error.body.get("errorCode") == "E0000007"
    )


def _hint(error: HttpStatusError, filters: Mapping[str, str | None]) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    code = body.get("errorCode")
    if oauth_error(error):
        return SIGN_IN_HINTS.get(oauth_error(error), "Check client_id, the private key and org_url")
    challenge = error.headers.get("www-authenticate", "")
    if "insufficient_scope" in challenge:
        scope = re.search(r'scope="([^"]*)"', challenge)
        return f"Grant the scope {scope[1] if scope else 'okta.users.read'}: {CONSOLE}, Okta API Scopes"
    if code in TOKEN_CODES or error.status == 401:
        return "The credentials are invalid, revoked or expired; an API token expires with its owner, or when unused"
    if error.status == 403:
        return ROLE_HINT
    expression = filters.get(bucket_of(error.url))
    if code in FILTER_CODES and expression:
        return f"Check the filter {expression!r}: https://developer.okta.com/docs/reference/core-okta-api/#filter"
    if error.status == 404:
        return "Check that org_url is the address of the org, such as https://example.okta.com"
    if error.status == 429:
        return "Other clients use up the rate limit of the org: run at another time, or ask Okta for more"
    return error.hint


def _server_text(error: HttpStatusError) -> str:
    """Return Okta's error in one line, with what its support asks for."""
    body = error.body
    if not isinstance(body, dict):
        return error.server
    parts = [str(body[name]) for name in ("errorCode", "errorSummary", "error", "error_description") if body.get(name)]
    causes = body.get("errorCauses")
    causes = [cause for cause in causes if isinstance(cause, dict)] if isinstance(causes, list) else []
    parts += [str(cause["errorSummary"]) for cause in causes if cause.get("errorSummary")]
    references = {"errorId": body.get("errorId"), "request": error.headers.get("x-okta-request-id")}
    shown = ", ".join(f"{name} {value}" for name, value in references.items() if value)
    return " ".join(" ".join(parts).split())[:500] + (f" ({shown})" if shown else "")
