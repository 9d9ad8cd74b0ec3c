# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in with an API credential (OAuth 2.0 client credentials).

https://developers.onelogin.com/api-docs/2/oauth20-tokens/generate-tokens-2. Everybody who uses a credential gets the
same access token while it lasts, so it is never revoked here: that would sign out the others.
"""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryAuthenticationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request, Response
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import LONGEST_LIFETIME, Token

TOKEN_PATH = "/auth/oauth2/v2/token"


def fetch_token(http: HttpClient, origin: str, client_id: str, client_secret: str) -> Token:
    """Return the access token of the credential; raises HttpError, and DirectoryAuthenticationError without one."""
    credentials = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
    request = Request(
        "POST",
        origin + TOKEN_PATH,
        json={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {credentials}"},
        idempotent=True,
    )
    response = http.send(request)
    answer = response.json()
    body = answer if isinstance(answer, dict) else {}
    value, lifetime = body.get("access_token"), body.get("expires_in")
    if not isinstance(value, str) or not isinstance(lifetime, (int, float)):
        raise DirectoryAuthenticationError(f"{response.url} answered without a token")
    return Token(value, max(1.0, min(lifetime, LONGEST_LIFETIME) - _age(body.get("created_at"), response)))


def _age(created: object, response: Response) -> float:
    """Return for how many seconds the token has existed, by the clock of the server; 0 where it does not say."""
    try:
        since = datetime.fromisoformat(str(created).replace("Z", "+00:00"))
        now = parsedate_to_datetime(response.headers.get("date", ""))
        return max(0.0, (now.astimezone(timezone.utc) - since.astimezone(timezone.utc)).total_seconds())
    except ValueError:
        return 0.0
