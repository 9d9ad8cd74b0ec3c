# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which organization to talk to, where it lives, and how to get there."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.options import http_options
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import (
    DEFAULT_PORTS,
    DEFAULT_USER_AGENT,
    HttpOptions,
)

REGIONS = {"us": "bitwarden.com", "eu": "bitwarden.eu"}
KEY_HINT = "Take the organization's API key: admin console, Settings, Organization info, View API key"
LARGEST_ANSWER = 1 << 28
"""Bytes: all members come in one answer, less than a kilobyte for each."""

CLIENT_ID = re.compile(r"organization\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class BitwardenConnection:
    """Where an organization lives and its API key; addresses have no trailing slash.

    ``cloud`` says that this is Bitwarden's own cloud, with its rate limits.
    """

    api_url: str
    identity_url: str
    client_id: str
    client_secret: str = field(repr=False)
    cloud: bool = False
    http: HttpOptions = field(default_factory=HttpOptions)

    @property
    def organization(self) -> str:
        """The GUID of the organization."""
        return self.client_id.removeprefix("organization.")


def connection_from(options: Mapping[str, Any]) -> BitwardenConnection:
    """Return the connection for the options of ``bitwarden_spec``; raises ConfigurationError where they cannot work."""
    api_url, identity_url = _addresses(options)
    return BitwardenConnection(
        api_url=api_url,
        identity_url=identity_url,
        client_id=_client_id(options["client_id"]),
        client_secret=_client_secret(options["client_secret"]),
        cloud=_cloud_domain(api_url) is not None,
        http=replace(
            http_options(options), user_agent=options["user_agent"] or DEFAULT_USER_AGENT, max_body=LARGEST_ANSWER
        ),
    )


def _addresses(options: Mapping[str, Any]) -> tuple[str, str]:
    """Return the addresses of the API and of the identity service."""
    server, api, identity = options["server_url"], options["api_url"], options["identity_url"]
    if server and (api or identity):
        raise ConfigurationError("Give either server_url, or api_url and identity_url, not both")
    if bool(api) != bool(identity):
        raise ConfigurationError("api_url and identity_url need each other")
    if api:
        return _normal_url("api_url", api), _normal_url("identity_url", identity)
    if server:
        base = _normal_url("server_url", server)
        if base.endswith(("/api", "/identity")):
            raise ConfigurationError(
                f"server_url must not end in {base.rpartition('/')[2]}: {base}",
                hint="Give the address of the server alone, or api_url and identity_url",
            )
        domain = _cloud_domain(base)
        if domain is None:
            return f"{base}/api", f"{base}/identity"
    else:
        domain = REGIONS[options["region"]]
    return f"https://api.{domain}", f"https://identity.{domain}"


def _normal_url(option: str, value: str) -> str:
    """Return the address in its one normal form: lower-case scheme and host, no default port, no trailing slash."""
    try:
        parts = urlsplit(value.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme not in DEFAULT_PORTS or re.search(r"[\s\\]", value.strip()):
        raise ConfigurationError(f"{option} is not a web address", hint="Give it as https://vault.example.org")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ConfigurationError(f"{option} must hold neither a user, a password, a query nor a fragment")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigurationError(f"{option} must be https: over http anybody on the way could take the API key")
    bracketed = f"[{host}]" if ":" in host else host
    shown_port = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{bracketed}{shown_port}{parts.path.rstrip('/')}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _cloud_domain(url: str) -> str | None:
    """Return the domain of Bitwarden's cloud that the address belongs to, if it does."""
    host = urlsplit(url).hostname or ""
    return next((domain for domain in REGIONS.values() if host == domain or host.endswith(f".{domain}")), None)


def _client_id(value: str) -> str:
    client_id = value.strip().lower()
    if CLIENT_ID.fullmatch(client_id):
        return client_id
    if client_id.startswith(("user.", "installation.")):
        raise ConfigurationError("client_id is that of a key of another kind, not of an organization's", hint=KEY_HINT)
    raise ConfigurationError("client_id is not 'organization.' followed by a GUID", hint=KEY_HINT)


def _client_secret(value: str) -> str:
    """Return the secret without the line end that files and vaults tend to add."""
    secret = value.strip()
    if not secret:
        raise ConfigurationError("client_secret is empty", hint=KEY_HINT)
    return secret
