# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in with the organization's API key (OAuth 2.0 client credentials, RFC 6749, section 4.4)."""

from __future__ import annotations

import uuid

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import BitwardenConnection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.errors import server_text
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    BitwardenError,
    DirsyncError,
    HttpStatusError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import PRODUCT, VERSION
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import Token

DEVICE_TYPE = "25"
"""Linux command line, in Bitwarden's enumeration DeviceType."""

CLIENT_HEADERS = {
    "Device-Type": DEVICE_TYPE,
    "Bitwarden-Client-Name": PRODUCT,
    "Bitwarden-Client-Version": VERSION,
}

USUAL_LIFETIME = 3600.0

CAUSES = {
    "invalid_client": "Bitwarden answers alike for each of these: client_id or client_secret is wrong or was rotated; "
    "the key belongs to another region (region: us or eu) or server; the organization is disabled; its plan has no "
    "API access (Teams and Enterprise have)",
    "invalid_scope": "The key is not that of an organization",
}
OTHER_CAUSE = "Check client_id, client_secret and the address of the server"


def fetch_token(http: HttpClient, connection: BitwardenConnection) -> Token:
    """Return a new token for the organization. Raises BitwardenError with the possible causes of a refusal.

    Vaultwarden requires the device fields, Bitwarden ignores them.
    """
    request = Request(
        "POST",
        f"{connection.identity_url}/connect/token",
        form={
            "grant_type": "client_credentials",
            "scope": "api.organization",
            "client_id": connection.client_id,
            "client_secret": connection.client_secret,
            "deviceIdentifier": str(uuid.uuid5(uuid.NAMESPACE_URL, connection.identity_url)),
            "deviceName": PRODUCT,
            "deviceType": DEVICE_TYPE,
        },
        headers=CLIENT_HEADERS,
        idempotent=True,
    )
    try:
        return _token(http.send(request).json())
    except HttpStatusError as error:
        raise _refused(error) from error
    except DirsyncError as error:
        raise BitwardenError(f"Signing in to Bitwarden failed: {error.what}", hint=error.hint) from error


def _token(answer: object) -> Token:
    if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
        raise BitwardenError(
            "the answer holds no token",
            hint="Check that the address is that of a Bitwarden server: server_url, or api_url and identity_url",
        )
    lifetime = answer.get("expires_in")
    if not isinstance(lifetime, (int, float)) or not lifetime > 0:
        lifetime = USUAL_LIFETIME
    return Token(answer["access_token"], lifetime)


def _refused(error: HttpStatusError) -> BitwardenError:
    code = error.body.get("error") if isinstance(error.body, dict) else None
    cause = CAUSES.get(code if isinstance(code, str) else "", OTHER_CAUSE)
    return BitwardenError(
        f"Signing in to Bitwarden failed: {error.what}",
        status=error.status,
        server=server_text(error),
        hint=error.hint or (cause if error.status < 429 else "Try again later"),
    )
