# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed exchange means: whether the request may have arrived, whether to try again, what to tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import HttpTransportError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import without_query


class BoundError(Exception):
    """An answer beyond the bounds of size or time: never worth a second try."""


def transport_error(method: str, url: str, error: Exception) -> HttpTransportError:
    """Return the error for an exchange that ended in ``error``, an exception of requests, urllib3 or BoundError."""
    from requests.exceptions import SSLError

    hint = "Check the address, the network, the proxy and the time-out"
    if isinstance(error, SSLError):
        hint = "Check the certificate; a private certificate authority goes into the ca_file option"
    return HttpTransportError(
        f"{method} {without_query(url)} failed: {_reason(error)}",
        method=method,
        url=without_query(url),
        sent=not _never_sent(error),
        hint=hint,
    )


def hopeless(error: Exception) -> bool:
    """Say whether a repetition must fail again: an address that is none, no trust, no TLS, an unbounded answer."""
    return isinstance(error, BoundError) or any(
        _is_refused_by_us(cause) or getattr(cause, "reason", "") == "WRONG_VERSION_NUMBER" for cause in _causes(error)
    )


def _never_sent(error: Exception) -> bool:
    """Say whether the connection was surely never made, so that the request cannot have had an effect.

    Other TLS errors than an untrusted certificate do not count: they also end connections that carried the request.
    """
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    return any(
        _is_refused_by_us(cause)
        or isinstance(cause, (ConnectTimeoutError, NewConnectionError))
        or "Tunnel connection failed" in str(cause)
        for cause in _causes(error)
    )


def _is_refused_by_us(error: BaseException) -> bool:
    """Say whether the address is invalid or the certificate not to be trusted; all such errors are ValueErrors."""
    return isinstance(error, ValueError)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and those it wraps, outermost first; requests and urllib3 keep them in ``reason`` or ``args``."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        inner = (getattr(cause, "reason", None), *reversed(cause.args))
        cause = next((value for value in inner if isinstance(value, BaseException)), None)


def _reason(error: Exception) -> str:
    """Return the innermost reason; the outer ones repeat the URL with its query, those of addresses a password."""
    if isinstance(error, ValueError):
        return f"the address of the server or of its proxy is not valid ({type(error).__name__})"
    cause = list(_causes(error))[-1]
    return re.sub(r"<[^>]*>:? ?", "", str(cause)) or type(cause).__name__
