# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``directoryEntra``, ``directoryGsuite``, ``directoryOkta``, ``directoryOnelogin``: sources of the types for them."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.data_file import Section
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.notes import Notes

Converted = tuple[str, dict[str, Any]]
"""The type of a source and its options."""

_CLOUDS = {"login.microsoftonline.com": "global", "login.microsoftonline.us": "us_government_l4"}
_GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
_ONELOGIN_REGIONS = ("us", "eu")


def entra_id_source(connection: Section, sync: Section, notes: Notes) -> Converted:
    """Return a source of type ``entra_id``."""
    authority = connection.text("identityAuthority") or "login.microsoftonline.com"
    if authority not in _CLOUDS:
        raise ConfigurationError(
            f"{connection.name('identityAuthority')} is neither of {' and '.join(_CLOUDS)}",
            hint="Directory Connector refuses it as well",
        )
    options = {
        "tenant_id": connection.text("tenant"),
        "client_id": connection.text("applicationId"),
        "client_secret": notes.vaulted(connection, "key", "vault_entra_id_client_secret"),
    }
    if _CLOUDS[authority] != "global":
        options["cloud"] = _CLOUDS[authority]
    notes.different(
        "directoryEntra",
        "Users who were deleted for good are found too, and lose access. A certificate or a managed identity can take "
        "the place of the secret.",
    )
    return "entra_id", options


def google_workspace_source(connection: Section, sync: Section, notes: Notes) -> Converted:
    """Return a source of type ``google_workspace``."""
    domain, customer = connection.text("domain"), connection.text("customer")
    if domain and customer:
        notes.different(
            connection.name("customer"),
            "Beside a domain it made no difference. Put customer in the place of domain to read all domains.",
        )
    key = {
        "type": "service_account",
        "client_email": connection.text("clientEmail"),
        "private_key": notes.vaulted(connection, "privateKey", "vault_google_workspace_private_key"),
        "token_uri": _GOOGLE_TOKENS,
    }
    notes.different(
        connection.name("privateKey"),
        "A new key of the service account is better than the old one; service_account_file takes the file as Google "
        "makes it. No key at all is needed with impersonate_service_account.",
    )
    options: dict[str, Any] = {"service_account_json": key, "subject": connection.text("adminUser")}
    if domain:
        options["domain"] = domain
    elif customer:
        options["customer"] = customer
    return "google_workspace", options


def okta_source(connection: Section, sync: Section, notes: Notes) -> Converted:
    """Return a source of type ``okta``. Directory Connector takes users who are only staged for active ones."""
    notes.different(
        "directoryOkta",
        "Staged users count as active, as they did (statuses.staged); without that line they are left out.",
    )
    return "okta", {
        "org_url": connection.text("orgUrl").rstrip("/"),
        "api_token": notes.vaulted(connection, "token", "vault_okta_api_token"),
        "statuses": {"staged": "active"},
    }


def onelogin_source(connection: Section, sync: Section, notes: Notes) -> Converted:
    """Return a source of type ``onelogin``."""
    region = connection.text("region") or "us"
    where = {"region": region} if region in _ONELOGIN_REGIONS else {"host": f"api.{region}.onelogin.com"}
    options = {
        **where,
        "client_id": connection.text("clientId"),
        "client_secret": notes.vaulted(connection, "clientSecret", "vault_onelogin_client_secret"),
    }
    suffix = sync.text("emailSuffix")
    if sync.flag("useEmailPrefixSuffix") and suffix:
        options["email_suffix"] = suffix
    notes.different(
        "directoryOnelogin",
        "Users who were deleted are absent here, which Directory Connector never noticed without overwriteExisting.",
    )
    return "onelogin", options
