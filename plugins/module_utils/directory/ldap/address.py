# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of directory servers as URLs: ``ldaps://host``, ``ldap://host:3389``, ``ldapi://%2Frun%2Fslapd%2Fldapi``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError

_PORTS = {"ldap": 389, "ldaps": 636}
_HINT = "Examples: ldaps://ldap.example.org, ldap://ldap.example.org:389 with start_tls, ldapi://%2Frun%2Fslapd%2Fldapi"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """One server; for ``ldapi`` the host is the path of its socket and the port is 0."""

    scheme: Literal["ldap", "ldaps", "ldapi"]
    host: str
    port: int

    def __str__(self) -> str:
        if self.scheme == "ldapi":
            return f"ldapi://{self.host}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse_address(url: str, ports: Mapping[str, int] | None = None) -> ServerAddress:
    """Return the address that a URL without path or query names; raises ConfigurationError for anything else.

    ``ports`` holds, by scheme, the port to take where the URL has none.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"The server {url} is not a valid URL: {error}", hint=_HINT) from error
    if parts.scheme == "ldapi" and parts.netloc:
        return ServerAddress("ldapi", unquote(parts.netloc), 0)
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ConfigurationError(f"The server {url} is not the URL of a directory server", hint=_HINT)
    if parts.path not in ("", "/"):
        raise ConfigurationError(f"The server {url} has a path", hint="Give the base DN in its own option")
    scheme: Literal["ldap", "ldaps"] = "ldaps" if parts.scheme == "ldaps" else "ldap"
    return ServerAddress(scheme, parts.hostname, port or (ports or _PORTS)[scheme])
