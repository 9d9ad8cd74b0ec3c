# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What refusals of Entra ID and Microsoft Graph mean, and what the operator should do about them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryError,
)

QUOTED_LENGTH = 500

EXPIRED_PAGE = "Directory_ExpiredPageToken"
LOST_SYNC_STATE = frozenset({"syncStateNotFound", "resyncRequired", EXPIRED_PAGE})

_SIGN_IN_HINTS: Mapping[int, str] = {
    7000215: "The client secret is wrong: use its Value, which is shown only once, not its Secret ID",
    7000222: "The client secret has expired: add a new one to the app registration, or use a certificate",
    700016: "No app registration of this tenant has this client_id: check client_id, tenant_id and cloud",
    90002: "There is no such tenant in this cloud: check tenant_id and cloud",
    900023: "tenant_id is neither a tenant's id nor one of its domains",
    700027: "The certificate is not registered with the app registration, or the private key belongs to another one",
    700213: "No federated credential of the app registration fits the issuer, subject and audience of the token",
    70021: "No federated credential of the app registration fits the issuer, subject and audience of the token",
    7000229: "The application has no service principal in this tenant: grant it admin consent",
    53003: "A Conditional Access policy for workload identities blocks this sign-in",
    500011: "This cloud has no such Graph: check cloud and graph_url",
}
"""By AADSTS number (https://learn.microsoft.com/entra/identity-platform/reference-error-codes)."""

_GRAPH_HINTS: Mapping[str, str] = {
    "InvalidAuthenticationToken": "The token is for another cloud or was revoked: check cloud, authority, graph_url",
    "Authorization_RequestDenied": "Grant the app registration the application permissions that it needs, with admin "
    "consent",
    "Request_UnsupportedQuery": "Check user_filter and group_filter: not every property and operator can be filtered",
    "Request_BadRequest": "Check user_filter and group_filter",
    "BadRequest": "Check user_filter and group_filter",
}
_LATER = "Microsoft Graph did not recover while the run waited: run again later, or with fewer connections"


class GraphRefusedError(DirectoryError):
    """Graph refused a request; ``status`` is that of HTTP, ``code`` that of the error object."""

    def __init__(self, what: str, *, status: int, code: str, server: str, hint: str) -> None:
        self.status = status
        self.code = code
        super().__init__(what, server=server, hint=hint)

    @property
    def lost_sync_state(self) -> bool:
        """Say whether a delta link is of no use any more, so that everything has to be read again."""
        return self.status == 410 or self.code in LOST_SYNC_STATE


def graph_refusal(
    subject: str, status: int, body: object, headers: Mapping[str, str], hint: str = ""
) -> GraphRefusedError:
    """Return the error for a refused request; ``subject`` says what was being read, ``headers`` are lower-case.

    ``hint`` is used where the code of the error tells nothing better.
    """
    error = body.get("error") if isinstance(body, Mapping) else None
    details = error if isinstance(error, Mapping) else {}
    code = str(details.get("code") or "")
    inner = details.get("innerError")
    request_id = (inner.get("request-id") if isinstance(inner, Mapping) else None) or headers.get("request-id")
    message = _first_line(str(details.get("message") or ""))
    server = f"{code}: {message}" if code else message
    if request_id:
        server = f"{server.rstrip('.')} (request-id {request_id})"
    hint = _GRAPH_HINTS.get(code) or hint or (_LATER if status == 429 or status >= 500 else "")
    return GraphRefusedError(
        f"Microsoft Graph refused to list {subject} with status {status}",
        status=status,
        code=code,
        server=server,
        hint=hint,
    )


def sign_in_refusal(who: str, answer: Mapping[str, object]) -> DirectoryAuthenticationError:
    """Return the error for an answer of the token endpoint without a token; ``who`` is the application and tenant."""
    description = str(answer.get("error_description") or answer.get("error") or "no reason given")
    number = re.match(r"AADSTS(\d+)", description)
    hint = _SIGN_IN_HINTS.get(int(number.group(1))) if number else None
    if number and hint is None and number.group(1).startswith("530"):
        hint = _SIGN_IN_HINTS[53003]
    return DirectoryAuthenticationError(
        f"Signing in as {who} failed",
        server=" ".join(description.split())[:QUOTED_LENGTH],
        hint=hint or "Check tenant_id, client_id, the credential and cloud",
    )


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()[:QUOTED_LENGTH]
