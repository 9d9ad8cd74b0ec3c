# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS of LDAP connections: verified by the standard library, because ldap3 by itself accepts any certificate."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class TlsOptions:
    """How to verify the server and what certificate to show it.

    ``server_name`` is the name that its certificate has to carry, where that is not the host connected to.
    """

    ca_file: str | None = None
    validate_certs: bool = True
    server_name: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None


def build_context(options: TlsOptions) -> ssl.SSLContext:
    """Return a client context: TLS 1.2 or later, host names checked, the system's authorities or ``ca_file`` only.

    VERIFY_X509_STRICT, a default of Python 3.13, stays off: private authorities often lack a keyUsage extension.
    Raises ConfigurationError for a file that is missing or holds no certificate or key.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not options.validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif options.ca_file is None:
        context.load_default_certs()
    else:
        try:
            context.load_verify_locations(cafile=options.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"The ca_file {options.ca_file} cannot be used: {error}",
                hint="It must be readable and hold the certificates of the authorities in PEM form",
            ) from error
    if options.client_certificate:
        try:
            context.load_cert_chain(options.client_certificate, options.client_key, password=_no_passphrase)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(
                f"The client_certificate {options.client_certificate} cannot be used: {error}",
                hint="It and client_key must be readable, in PEM form, and the key must not need a passphrase",
            ) from error
    return context


def _no_passphrase() -> str:
    """Keep OpenSSL from asking for a passphrase on the terminal."""
    return ""


class TlsWrapper:
    """What ldap3 calls to turn its connected socket into a TLS one, for ldaps and for StartTLS alike.

    ldap3 replaces exceptions by new ones that hold their text only; ``failure`` keeps the original.
    """

    def __init__(self, options: TlsOptions, timeout: float) -> None:
        self.failure: OSError | None = None
        self._context = build_context(options)
        self._server_name = options.server_name
        self._timeout = timeout

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        """Replace ``connection.socket``, within the time limit for connecting."""
        connection.socket.settimeout(self._timeout)
        try:
            connection.socket = self._context.wrap_socket(
                connection.socket,
                server_hostname=self._server_name or connection.server.host,
                do_handshake_on_connect=do_handshake,
            )
        except OSError as error:
            self.failure = error
            raise


def describe_tls(connected: socket.socket) -> str:
    """Return version and cipher of a TLS connection, or that it is none."""
    if not isinstance(connected, ssl.SSLSocket):
        return "none"
    cipher = connected.cipher()
    return f"{connected.version()}, {cipher[0] if cipher else 'no cipher'}"


def describe_certificate(der: bytes) -> str:
    """Return whose certificate this is, who signed it and how long it is valid; empty without the library for it."""
    try:
        from cryptography import x509
    except ImportError:
        return ""
    certificate = x509.load_der_x509_certificate(der)
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = [str(name.value) for name in extension.value]
    except x509.ExtensionNotFound:
        names = []
    # cryptography 42 replaced the properties without time zone.
    if hasattr(certificate, "not_valid_after_utc"):
        end = certificate.not_valid_after_utc
    else:
        end = certificate.not_valid_after
    return (
        f"{certificate.subject.rfc4514_string() or 'an empty subject'} for {', '.join(names) or 'no host'}, signed by "
        f"{certificate.issuer.rfc4514_string()}, valid until {end:%Y-%m-%d}"
    )
