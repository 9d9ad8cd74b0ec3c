# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in to Google: access tokens for the Directory API, and what a refusal means."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    HttpError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.credentials import (
    ServiceAccount,
    service_account_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.errors import directory_error
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import Token, TokenCache

DELEGATION = "Admin console: Security > Access and data control > API controls > Domain-wide delegation"
ASSUMED_LIFETIME = 3600.0
JUDGED = (200, 400, 401, 403, 404)
"""The statuses that google-auth explains better; others are repeated and raised by the HTTP client."""


def token_cache(options: Mapping[str, Any], scopes: Sequence[str], http: HttpClient) -> TokenCache:
    """Return the tokens of the service account in the options, good for ``scopes`` and no more.

    Raises ConfigurationError for options that cannot work; the cache raises DirectoryError where Google refuses.
    """
    return TokenCache(_SignIn(service_account_from(options), scopes, _AuthRequest(http)).fetch)


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer as google-auth wants it."""

    status: int
    headers: Mapping[str, str]
    data: bytes = field(repr=False)


class _AuthRequest:
    """How google-auth sends its requests (``google.auth.transport.Request``): over the shared HTTP client."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_options: Any,
    ) -> _Answer:
        """Send one request; asking twice for a token does no harm."""
        content = body.encode() if isinstance(body, str) else body
        request = Request(method, url, content=content, headers=headers or {}, idempotent=True, expect=JUDGED)
        response = self._http.send(request)
        return _Answer(response.status, response.headers, response.content)


class _SignIn:
    """Gets tokens for one service account."""

    def __init__(self, account: ServiceAccount, scopes: Sequence[str], request: _AuthRequest) -> None:
        self._account = account
        self._scopes = scopes
        self._request = request
        self._credentials = account.with_scopes(scopes)

    def fetch(self) -> Token:
        """Return a new token; raises DirectoryError saying why there is none."""
        from google.auth.exceptions import GoogleAuthError

        credentials = self._credentials
        try:
            credentials.refresh(self._request)
        except GoogleAuthError as error:
            raise self._refusal(*_reason(error)) from None
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            what = f"Signing in to Google as {self._account.email} was answered with something that is no token"
            raise DirectoryAuthenticationError(what, hint="Check what stands between this host and Google") from None
        except HttpError as error:
            raise directory_error(error, f"Signing in to Google as {self._account.email}") from error
        expiry = credentials.expiry
        if expiry is None:
            return Token(credentials.token, ASSUMED_LIFETIME)
        left = expiry.replace(tzinfo=timezone.utc) - datetime.now(timezone.utc)
        return Token(credentials.token, left.total_seconds())

    def _refusal(self, code: str, text: str) -> DirectoryAuthenticationError:
        """Return the error for an OAuth error code (RFC 6749, section 5.2) and the text that came with it."""
        account = self._account
        what, hint = f"Google refused to sign in {account.email}", "Check the service account and its key"
        if code in ("unauthorized_client", "access_denied"):
            return self._missing_delegation(text)
        if code == "invalid_scope":
            what, hint = "Google does not know the scopes", f"Requested were: {' '.join(self._scopes)}"
        elif "email or user id" in text.lower():
            what = f"Google knows no active user {account.subject} in a domain that delegates to {account.email}"
            hint = "Give an existing administrator as subject, with the primary e-mail"
        elif "signature" in text.lower():
            what = f"Google does not accept the key of {account.email}"
            hint = "The key was deleted or disabled: create a new one"
        elif "account not found" in text.lower():
            what, hint = f"The service account {account.email} does not exist", "It was deleted, or its name is wrong"
        elif "timeframe" in text.lower():
            what = f"Google refused the time stamps of {account.email}"
            hint = "The clock of this host is wrong: synchronise it"
        elif code in ("PERMISSION_DENIED", "403"):
            what = f"This host may not act as {account.email}"
            hint = "Grant its identity the role Service Account Token Creator on that service account, and enable the "
            hint += "IAM Service Account Credentials API"
        return DirectoryAuthenticationError(what, server=f"{code}: {text}" if code else text, hint=hint)

    def _missing_delegation(self, text: str) -> DirectoryAuthenticationError:
        """Return the error that names the scopes which the domain has not authorised; Google does not say which."""
        missing = [scope for scope in self._scopes if self._is_refused(scope)] or list(self._scopes)
        account = self._account
        client = f"client id {account.client_id}" if account.client_id else "unique id of the service account"
        return DirectoryAuthenticationError(
            f"The domain of {account.subject} has not authorised {account.email} ({client}) for "
            + " and ".join(missing),
            server=text,
            hint=f"Enter the client id with these scopes in the {DELEGATION}; it may take minutes to have an effect",
        )

    def _is_refused(self, scope: str) -> bool:
        from google.auth.exceptions import GoogleAuthError

        try:
            self._account.with_scopes([scope]).refresh(self._request)
        except (GoogleAuthError, HttpError):
            return True
        return False


def _reason(error: Exception) -> tuple[str, str]:
    """Return the code and the text in an exception of google-auth, which keeps the answer as its second argument."""
    text, answer = [*error.args, "", ""][:2]
    if isinstance(answer, (str, bytes)):
        try:
            answer = json.loads(answer)
        except ValueError:
            answer = None
    reason = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(reason, dict):
        return str(reason.get("status") or reason.get("code") or ""), str(reason.get("message", ""))
    if isinstance(answer, dict) and isinstance(reason, str):
        return reason, str(answer.get("error_description", ""))
    return "", str(text)
