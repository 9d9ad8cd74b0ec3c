# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a refused call of the Directory API means to the operator."""

from __future__ import annotations

import re

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    HttpError,
    HttpStatusError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.throttling import (
    is_throttling,
    reasons,
)

ENABLE_API = "https://console.cloud.google.com/apis/library/admin.googleapis.com"


def directory_error(error: HttpError, doing: str, *, subject: str = "", query: str | None = None) -> DirectoryError:
    """Return the error for a call that failed in spite of all repetitions; ``doing`` says what was tried.

    ``query`` is the search that was sent, quoted where Google may object to it.
    """
    if not isinstance(error, HttpStatusError):
        return DirectoryConnectionError(f"{doing} failed: {error.what}", server=error.server, hint=error.hint)
    found = reasons(error.body)
    server = _message(error.body) or error.server
    if is_throttling(error.status, found):
        return DirectoryError(
            f"{doing} failed: Google's quota is used up ({', '.join(sorted(found)) or error.status})",
            server=server,
            hint="Run again later, raise retries, or ask for a higher quota of the Admin SDK API",
        )
    if error.status in (401, 403):
        what, hint = _refusal(found, error.body, subject)
        return DirectoryAuthenticationError(f"{doing} failed: {what}", server=server, hint=hint)
    if error.status == 400 and query:
        return DirectoryError(
            f"{doing} failed: Google cannot read the query {query!r}",
            server=server,
            hint="See https://developers.google.com/workspace/admin/directory/v1/guides/search-users and search-groups",
        )
    if error.status == 404:
        return DirectoryError(
            f"{doing} failed: it does not exist", server=server, hint="Check the options domain, customer and api_url"
        )
    return DirectoryError(f"{doing} failed: {error.what}", server=server, hint=error.hint)


def _refusal(found: frozenset[str], body: object, subject: str) -> tuple[str, str]:
    """Return what is missing and what to do, for an answer of 401 or 403."""
    if found & {"accessNotConfigured", "SERVICE_DISABLED"}:
        address = re.search(r"https://console\.[^\s\"]+", _message(body))
        where = address.group() if address else ENABLE_API
        return "the Admin SDK API is not enabled in the service account's project", f"Enable it at {where}"
    if found & {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}:
        return (
            "the access token lacks the scope for it",
            "Authorise the scopes named in the documentation of this source for the service account",
        )
    if found & {"authError", "required"}:
        return "Google does not accept the access token", "Check the clock of this host and the service account"
    return (
        f"{subject or 'the subject'} may not read it",
        "Give the subject an administrator role with the privileges Users > Read and Groups > Read, and let it sign "
        "in once to accept the terms",
    )


def _message(body: object) -> str:
    """Return the text of an error answer."""
    error = body.get("error") if isinstance(body, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    return message if isinstance(message, str) else ""
