# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service account that reads: by its key, or without one through the identity of the host or workload.

In both cases it acts for ``subject``, an administrator, by domain-wide delegation
(https://developers.google.com/identity/protocols/oauth2/service-account); a subject that is the service account itself
means an administrator role of its own, without delegation.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.dependencies import (
    missing_library,
    require_version,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryAuthenticationError,
)

USER_SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"
GROUP_SCOPE = "https://www.googleapis.com/auth/admin.directory.group.readonly"
"""Covers the members of groups as well."""

OLDEST_KEYLESS = "2.38"
"""The first version of google-auth in which impersonated credentials take a subject."""

WAYS = ("service_account_file", "service_account_json", "impersonate_service_account")


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Who signs in; ``client_id`` is what an administrator delegates to, empty where the host does not know it.

    ``with_scopes`` returns credentials of google-auth for these scopes, of whatever class.
    """

    email: str
    client_id: str
    subject: str
    with_scopes: Callable[[Sequence[str]], Any] = field(repr=False)


def service_account_from(options: Mapping[str, Any]) -> ServiceAccount:
    """Return the service account that the options describe.

    Raises ConfigurationError for options that cannot work and DirectoryAuthenticationError where this host has no
    identity of its own. Neither says anything of a key, nor does what they were raised from.
    """
    given = [way for way in WAYS if options[way]]
    if len(given) != 1:
        raise ConfigurationError(f"Give exactly one of {', '.join(WAYS)}")
    subject = options["subject"].strip()
    if "@" not in subject:
        raise ConfigurationError("subject is not an e-mail", hint="Give the administrator to act for")
    if options["impersonate_service_account"]:
        return _keyless(options["impersonate_service_account"].strip(), subject)
    if options["service_account_json"]:
        return _with_key(options["service_account_json"], "service_account_json", subject)
    path = Path(options["service_account_file"])
    return _with_key(_key_file(path), f"The file {path}", subject)


def _with_key(info: Mapping[str, Any], where: str, subject: str) -> ServiceAccount:
    try:
        from google.oauth2 import service_account
    except ImportError as error:
        raise _missing_google_auth(error) from error
    info = {name: value for name, value in info.items() if value is not None}
    hint = "Give the JSON that Google Cloud offers for download when a key of a service account is created"
    if info.get("type", "service_account") != "service_account":
        raise ConfigurationError(f"{where} is not the key of a service account but of type {info['type']}", hint=hint)
    absent = [name for name in ("client_email", "private_key", "token_uri") if not isinstance(info.get(name), str)]
    if absent:
        raise ConfigurationError(f"{where} lacks {', '.join(absent)}", hint=hint)
    if not info["token_uri"].startswith("https://"):
        raise ConfigurationError(f"{where} has a token_uri that is not https", hint=hint)
    email = info["client_email"]
    delegated = None if subject.lower() == email.lower() else subject
    # Keys that went through an environment variable often have their line ends spelt out.
    info["private_key"] = info["private_key"].replace("\\n", "\n")
    key_class: Any = service_account.Credentials
    try:
        credentials = key_class.from_service_account_info(info, subject=delegated)
    except Exception:  # noqa: BLE001 - the libraries below raise many kinds, and any of them may quote the key
        credentials = None
    if credentials is None:
        raise ConfigurationError(f"{where} has a private_key that is no usable RSA key in PEM format", hint=hint)
    return ServiceAccount(email, str(info.get("client_id", "")), subject, credentials.with_scopes)


def _key_file(path: Path) -> Mapping[str, Any]:
    """Return the content of a key file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(f"The file {path} cannot be read: {reason}") from None
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ConfigurationError(f"The file {path} is not the JSON of a service account key")
    return content


def _keyless(email: str, subject: str) -> ServiceAccount:
    try:
        import google.auth
        from google.auth import exceptions, impersonated_credentials
    except ImportError as error:
        raise _missing_google_auth(error) from error
    require_version("google-auth", "to act as a service account without key", minimum=OLDEST_KEYLESS)
    try:
        # Without scopes, which it would use to ask for the name of the project; the next step adds its own.
        source, _project = google.auth.default()
    except exceptions.GoogleAuthError as error:
        raise DirectoryAuthenticationError(
            f"This host has no identity with which to act as {email}",
            server=str(error.args[0]) if error.args else "",
            hint="Run on Google Cloud with a service account, or point GOOGLE_APPLICATION_CREDENTIALS at the "
            "configuration of a workload identity federation",
        ) from None
    keyless_class: Any = impersonated_credentials.Credentials

    def with_scopes(scopes: Sequence[str]) -> Any:
        """Make credentials anew: a copy of others with the method of this name forgets the subject."""
        delegated = None if subject.lower() == email.lower() else subject
        return keyless_class(source, email, list(scopes), subject=delegated)

    return ServiceAccount(email, "", subject, with_scopes)


def _missing_google_auth(error: ImportError) -> Exception:
    return missing_library("google-auth", "to sign in to Google Workspace", error)
