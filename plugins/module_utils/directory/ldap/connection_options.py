# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to connect to a directory server and who to be, as the options of a source say, and what does not go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.address import ServerAddress
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.tls import TlsOptions

Authentication = Literal["simple", "external", "gssapi", "anonymous"]


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """How to connect and who to be; times are seconds."""

    authentication: Authentication = "simple"
    bind_dn: str = ""
    bind_password: str = field(default="", repr=False)
    start_tls: bool = False
    allow_cleartext: bool = False
    tls: TlsOptions = field(default_factory=TlsOptions)
    connect_timeout: int = 10
    read_timeout: int = 60

    @property
    def account(self) -> str:
        """Return who connects, for messages."""
        return {
            "simple": self.bind_dn,
            "external": "the client certificate or local user (SASL EXTERNAL)",
            "gssapi": "the Kerberos principal (SASL GSSAPI)",
            "anonymous": "an anonymous client",
        }[self.authentication]


def connection_options(options: Mapping[str, Any]) -> ConnectionOptions:
    """Return what the options of a source say about connecting; raises ConfigurationError for impossible numbers."""
    for name in ("connect_timeout", "read_timeout"):
        if options[name] < 1:
            raise ConfigurationError(f"{name} is {options[name]}, and must be at least 1")
    return ConnectionOptions(
        authentication=options["authentication"],
        bind_dn=options.get("bind_dn") or "",
        bind_password=options.get("bind_password") or "",
        start_tls=options["start_tls"],
        allow_cleartext=options["allow_cleartext"],
        tls=TlsOptions(
            ca_file=options.get("ca_file"),
            validate_certs=options["validate_certs"],
            server_name=options.get("tls_server_name"),
            client_certificate=options.get("client_certificate"),
            client_key=options.get("client_key"),
        ),
        connect_timeout=options["connect_timeout"],
        read_timeout=options["read_timeout"],
    )


def check_connection_options(address: ServerAddress, options: ConnectionOptions) -> None:
    """Raise ConfigurationError where these options would not work or would not be safe with this server."""
    if options.start_tls and address.scheme != "ldap":
        raise ConfigurationError(
            f"start_tls does not go with {address}", hint="Use an ldap:// server, or drop start_tls"
        )
    if address.scheme == "ldap" and not options.start_tls and not options.allow_cleartext:
        raise ConfigurationError(
            f"{address} would be read without encryption: the password and all personal data could be read and changed "
            "on the way",
            hint="Use an ldaps:// server or start_tls: true; allow_cleartext: true accepts the danger",
        )
    if options.authentication == "simple" and not (options.bind_dn and options.bind_password):
        # Servers take a simple bind without a password as an anonymous one and report success (RFC 4513, 5.1.2).
        raise ConfigurationError(
            "authentication: simple needs a bind_dn and a bind_password that is not empty",
            hint="Set both, or ask for authentication: anonymous",
        )
    if options.authentication != "simple" and options.bind_password:
        raise ConfigurationError(f"authentication: {options.authentication} does not take a bind_password")
