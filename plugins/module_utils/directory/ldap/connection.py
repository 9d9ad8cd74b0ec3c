# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening, securing and authenticating a connection, which ldap3 does, and what is wrong when that fails."""

from __future__ import annotations

import contextlib
import ssl
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, TypeVar

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.dependencies import (
    missing_library,
    require_version,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    DirsyncError,
    MissingLibraryError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.address import ServerAddress
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.answers import limit_answers
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.ber import ProtocolError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.channel import Channel
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.connection_options import (
    ConnectionOptions,
    check_connection_options,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import (
    ConnectionLostError,
    bind_error,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.reader import SearchReader
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.results import Result, ResultCode
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.tls import (
    TlsWrapper,
    describe_certificate,
    describe_tls,
)

T = TypeVar("T")

UNREADABLE = (AttributeError, IndexError, KeyError, ProtocolError, RecursionError, TypeError, ValueError)
"""What is raised where the answer to a bind or to StartTLS is no LDAP message."""

_LIBRARY = "ldap3"
_REASON = "to read sources of type ldap and active_directory"


class DirectoryConnection:
    """An authenticated connection; ``reader`` runs the searches, ``tls`` tells how it is protected.

    Leaving the context closes it.
    """

    def __init__(self, connection: Any, address: ServerAddress, options: ConnectionOptions) -> None:
        self.address = address
        self.tls = describe_tls(connection.socket)
        self.reader = SearchReader(
            Channel(connection.socket, options.read_timeout),
            server=str(address),
            account=options.account,
        )
        self._connection = connection

    def __enter__(self) -> DirectoryConnection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _close(self._connection)


def connect(address: ServerAddress, options: ConnectionOptions) -> DirectoryConnection:
    """Return an authenticated connection to one server.

    Raises ConfigurationError for options that do not fit, MissingLibraryError without ldap3,
    DirectoryConnectionError where the server cannot be reached or verified, and DirectoryAuthenticationError where it
    refuses the account.
    """
    check_connection_options(address, options)
    ldap3 = load_ldap3()
    tls = TlsWrapper(options.tls, options.connect_timeout)
    connection = _new_connection(ldap3, address, options, tls)
    try:
        connection.open()
        if options.start_tls:
            connection.start_tls()
        if options.authentication != "anonymous":
            _bind(connection, address, options)
        return DirectoryConnection(connection, address, options)
    except ldap3.core.exceptions.LDAPExceptionError as error:
        _close(connection)
        raise _connection_error(ldap3, address, options, tls, error) from error
    except ConnectionLostError as error:
        _close(connection)
        raise DirectoryConnectionError(f"{address} cannot be reached: {error}") from error
    except DirectoryError:
        _close(connection)
        raise
    except UNREADABLE as error:
        _close(connection)
        raise DirectoryConnectionError(
            f"{address} answered with something that is not LDAP ({type(error).__name__})",
            hint="Check the port, and what stands between this host and the server",
        ) from error


def with_first_server(
    addresses: Sequence[ServerAddress], options: ConnectionOptions, work: Callable[[DirectoryConnection], T]
) -> T:
    """Return what ``work`` returns on the first server where it succeeds, from its very beginning on each.

    Only a failed connection leads to the next server. A refused account does not: each further attempt would bring it
    closer to being locked. Neither does an incomplete answer, which is no accident of one server.
    """
    failures: list[DirectoryConnectionError] = []
    for address in addresses:
        try:
            with connect(address, options) as connection:
                return work(connection)
        except DirectoryConnectionError as error:  # noqa: PERF203 (a few servers)
            failures.append(error)
    if len(failures) == 1:
        raise failures[0]
    raise DirectoryConnectionError(
        f"None of {len(failures)} servers gave a complete answer: " + " ".join(str(failure) for failure in failures)
    )


def load_ldap3() -> Any:
    """Import ldap3 in a version whose behaviour is known: 2.10 loses values and matches nothing in some filters."""
    try:
        with warnings.catch_warnings():
            # pyasn1 0.6.1 and later announce the end of aliases that ldap3 2.9.1 uses.
            warnings.simplefilter("ignore", DeprecationWarning)
            import ldap3
            import ldap3.core.exceptions
    except ImportError as error:
        raise missing_library(_LIBRARY, _REASON, error) from error
    require_version(_LIBRARY, _REASON, minimum="2.9.1", below="2.10")
    return ldap3


def _new_connection(ldap3: Any, address: ServerAddress, options: ConnectionOptions, wrapper: TlsWrapper) -> Any:
    tls = ldap3.Tls()
    tls.wrap_socket = wrapper.wrap_socket
    if address.scheme == "ldapi":
        server = ldap3.Server(str(address), get_info=ldap3.NONE, connect_timeout=options.connect_timeout)
    else:
        server = ldap3.Server(
            address.host,
            port=address.port,
            use_ssl=address.scheme == "ldaps",
            tls=tls,
            get_info=ldap3.NONE,
            connect_timeout=options.connect_timeout,
        )
    connection = ldap3.Connection(
        server,
        **_credentials(ldap3, options),
        check_names=False,
        auto_referrals=False,
        read_only=True,
        receive_timeout=options.read_timeout,
    )
    limit_answers(connection, options.read_timeout)
    return connection


def _credentials(ldap3: Any, options: ConnectionOptions) -> dict[str, Any]:
    if options.authentication == "simple":
        return {"authentication": ldap3.SIMPLE, "user": options.bind_dn, "password": options.bind_password}
    if options.authentication == "external":
        return {"authentication": ldap3.SASL, "sasl_mechanism": ldap3.EXTERNAL, "sasl_credentials": ""}
    if options.authentication == "gssapi":
        return {"authentication": ldap3.SASL, "sasl_mechanism": ldap3.KERBEROS}
    return {"authentication": ldap3.ANONYMOUS}


def _bind(connection: Any, address: ServerAddress, options: ConnectionOptions) -> None:
    try:
        connection.bind()
    except Exception as error:
        # The Kerberos library has errors of its own, which ldap3 lets through.
        if not type(error).__module__.startswith("gssapi"):
            raise
        raise DirectoryAuthenticationError(
            f"Kerberos with {address} failed: {error}",
            hint="Check with klist that there is a valid ticket, and name the server by the full host name for which "
            "the domain has a service principal (ldap/HOST)",
        ) from error
    result = connection.result
    outcome = Result(result["result"], result.get("dn") or "", result.get("message") or "")
    if outcome.code != ResultCode.SUCCESS:
        raise bind_error(outcome, options.account, str(address))


def _connection_error(
    ldap3: Any, address: ServerAddress, options: ConnectionOptions, tls: TlsWrapper, error: Exception
) -> DirsyncError:
    if isinstance(error, ldap3.core.exceptions.LDAPPackageUnavailableError):
        return MissingLibraryError("gssapi", "for authentication: gssapi", str(error))
    if isinstance(tls.failure, ssl.SSLCertVerificationError):
        shown = _shown_certificate(ldap3, address, options)
        return DirectoryConnectionError(
            f"The certificate of {address} is not accepted: {tls.failure.verify_message}"
            + (f". It is that of {shown}" if shown else ""),
            hint="Name the authority that signed it in ca_file, and connect by a name that stands in the certificate",
        )
    if tls.failure:
        return DirectoryConnectionError(
            f"TLS with {address} failed: {tls.failure}",
            hint="Check the port: ldaps:// servers listen on 636, and start_tls belongs to ldap:// on 389",
        )
    if str(error) == "invalid server address":
        return DirectoryConnectionError(f"The name of {address} cannot be resolved", hint="Check it, and the DNS")
    return DirectoryConnectionError(f"{address} cannot be reached: {error}")


def _shown_certificate(ldap3: Any, address: ServerAddress, options: ConnectionOptions) -> str:
    """Return what stands in the certificate that was not accepted, empty where it cannot be had once more.

    Nothing is sent on the unverified connection but the request to start TLS.
    """
    wrapper = TlsWrapper(replace(options.tls, validate_certs=False), options.connect_timeout)
    connection = _new_connection(ldap3, address, options, wrapper)
    try:
        connection.open()
        if options.start_tls:
            connection.start_tls()
        return describe_certificate(connection.socket.getpeercert(True))
    except (ldap3.core.exceptions.LDAPExceptionError, ConnectionLostError, ProtocolError, OSError, ValueError):
        return ""
    finally:
        _close(connection)


def _close(connection: Any) -> None:
    """Close the socket, politely where that still works."""
    with contextlib.suppress(Exception):
        connection.unbind()
    with contextlib.suppress(Exception):
        connection.strategy.close()
