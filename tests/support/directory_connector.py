# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings files of Directory Connector for tests: every setting that there is, with a value that no other has."""

from __future__ import annotations

import json
from typing import Any

ORGANIZATION = "5f0b3c8e-8f4f-4c11-9f5c-3a6f4f2d7a10"
LDAP, ENTRA_ID, GOOGLE_WORKSPACE, OKTA, ONELOGIN = range(5)
SECRET = "the-secret-in-clear"
IN_KEY_STORE = "[STORED SECURELY]"

DIRECTORIES: dict[str, dict[str, Any]] = {
    "directoryLdap": {
        "id": "7d1c1a7e-0000-4000-8000-000000000000",
        "hostname": "ldap.example.org",
        "port": 636,
        "rootPath": "dc=example,dc=org",
        "ad": False,
        "pagedSearch": True,
        "ssl": True,
        "startTls": False,
        "sslAllowUnauthorized": False,
        "sslCaPath": "/etc/ssl/corp.pem",
        "sslCertPath": "/etc/ssl/client.pem",
        "sslKeyPath": "/etc/ssl/client.key",
        "tlsCaPath": "/etc/ssl/other.pem",
        "username": "cn=reader,dc=example,dc=org",
        "password": SECRET,
        "domain": "EXAMPLE",
        "currentUser": True,
    },
    "directoryEntra": {
        "identityAuthority": "login.microsoftonline.us",
        "tenant": "example.onmicrosoft.com",
        "applicationId": "7f0b6e6a-6d1c-4f5e-9a34-0c7f7d7f5a11",
        "key": SECRET,
    },
    "directoryGsuite": {
        "clientEmail": "dirsync@example-project.iam.gserviceaccount.com",
        "privateKey": SECRET,
        "domain": "example.org",
        "adminUser": "admin@example.org",
        "customer": "C0123",
    },
    "directoryOkta": {"orgUrl": "https://example.okta.com/", "token": SECRET},
    "directoryOnelogin": {"clientId": "onelogin-client", "clientSecret": SECRET, "region": "eu"},
}

SYNC: dict[str, Any] = {
    "users": True,
    "groups": True,
    "interval": 30,
    "userFilter": "(memberOf=cn=vault,ou=groups,dc=example,dc=org)",
    "groupFilter": "(cn=vault*)",
    "removeDisabled": False,
    "overwriteExisting": False,
    "largeImport": True,
    "inviteUsersAfterProvisioning": True,
    "userObjectClass": "inetOrgPerson",
    "groupObjectClass": "groupOfNames",
    "userPath": "ou=people",
    "groupPath": "ou=groups",
    "userEmailAttribute": "mail",
    "groupNameAttribute": "cn",
    "memberAttribute": "member",
    "useEmailPrefixSuffix": True,
    "emailPrefixAttribute": "uid",
    "emailSuffix": "@example.org",
    "revisionDateAttribute": "modifyTimestamp",
    "creationDateAttribute": "createTimestamp",
}

OTHERS: dict[str, Any] = {
    "installedVersion": "2026.6.1",
    "environmentUrls": {
        "base": "https://vault.example.org",
        "api": None,
        "identity": None,
        "webVault": "https://web.example.org",
    },
    "organizationId": ORGANIZATION,
    "entityId": ORGANIZATION,
    "appId": "4b1d7a52-0a5e-4a5e-9b1e-2f8a3a0c4b6d",
    "lastUserSync": "2026-03-01T12:00:00Z",
    "lastGroupSync": "2026-03-01T12:00:00Z",
    "userDeltaToken": "https://graph.example.org/delta",
    "groupDeltaToken": "delta",
    "lastSyncHash": "hash",
    "syncingDir": False,
    "locale": "en",
    "window": {"width": 800},
    "enableTray": True,
    "enableMinimizeToTray": True,
    "enableCloseToTray": True,
    "enableAlwaysOnTop": True,
    "alwaysShowDock": True,
    "accessToken": SECRET,
    "refreshToken": SECRET,
    "apiKeyClientId": f"organization.{ORGANIZATION}",
    "apiKeyClientSecret": SECRET,
    "twoFactorToken": SECRET,
}


def settings(
    directory_type: int = LDAP,
    *,
    directory: dict[str, Any] | None = None,
    sync: dict[str, Any] | None = None,
    **others: Any,
) -> dict[str, Any]:
    """Return a file of the newest version with all settings; what is given takes the place of what is there.

    A value of None takes a setting out.
    """
    key = list(DIRECTORIES)[directory_type]
    return _without_none(
        {
            "stateVersion": 8,
            "directoryType": directory_type,
            **OTHERS,
            key: _without_none({**DIRECTORIES[key], **(directory or {})}),
            "sync": _without_none({**SYNC, **_filters(directory_type), **(sync or {})}),
            **others,
        }
    )


def _filters(directory_type: int) -> dict[str, str]:
    """Return filters in the language of the directory."""
    if directory_type == LDAP:
        return {}
    return {"userFilter": "include:ann@example.org", "groupFilter": "exclude:Guests"}


def in_version_4(content: dict[str, Any], entra: str = "entra") -> dict[str, Any]:
    """Return the same settings as versions 3 and 4 kept them; ``entra`` is what that directory was called."""
    names = dict(zip(DIRECTORIES, ("ldap", entra, "gsuite", "okta", "oneLogin"), strict=True))
    in_settings = {key: content[key] for key in ("organizationId", "directoryType", "sync") if key in content}
    return {
        "global": {"stateVersion": 4, "environmentUrls": content.get("environmentUrls")},
        "activeUserId": "me",
        "authenticatedAccounts": ["me"],
        "me": {
            "directoryConfigurations": {names[key]: content.get(key) for key in DIRECTORIES},
            "directorySettings": in_settings,
        },
    }


def as_file(content: object) -> bytes:
    """Return the bytes of a file."""
    return json.dumps(content).encode()


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
