# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed LDAP operation means, in words: result codes, Active Directory's sub-codes, and what to do."""

from __future__ import annotations

import re

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.results import Result, ResultCode

_LIMIT_HINT = (
    "An incomplete list would remove people, so none of it is used. Ask the directory administrator to lift the limit "
    'for {account}, on OpenLDAP with: limits dn.exact="<DN of the account>" size=unlimited size.prtotal=unlimited '
    "time=unlimited; on 389 Directory Server with nsSizeLimit, nsPagedSizeLimit, nsLookThroughLimit and nsTimeLimit "
    "in the account's entry"
)
_TLS_HINT = "Use an ldaps:// server or start_tls: true"
_SEARCH_HINTS: dict[int, str] = {
    ResultCode.STRONGER_AUTH_REQUIRED: _TLS_HINT,
    ResultCode.CONFIDENTIALITY_REQUIRED: _TLS_HINT,
    ResultCode.REFERRAL: "This base belongs to another server: name that server, or a base that this one holds",
    ResultCode.UNAVAILABLE_CRITICAL_EXTENSION: "The server does not support paged results here: set page_size: 0",
    ResultCode.NO_SUCH_OBJECT: "Check the base DN; an account without read rights there gets the same answer",
    ResultCode.INVALID_DN_SYNTAX: "Check how the base DN is written, for instance ou=people,dc=example,dc=org",
    ResultCode.INSUFFICIENT_ACCESS_RIGHTS: "Give the account the right to read and search below this base",
    ResultCode.OPERATIONS_ERROR: "Active Directory answers like this to an anonymous connection",
    ResultCode.UNWILLING_TO_PERFORM: "If the server refuses paged results for this account, set page_size: 0",
}
_BIND_HINTS: dict[int, str] = {
    ResultCode.STRONGER_AUTH_REQUIRED: _TLS_HINT,
    ResultCode.CONFIDENTIALITY_REQUIRED: _TLS_HINT,
    ResultCode.AUTH_METHOD_NOT_SUPPORTED: "The server does not offer this way to authenticate",
    ResultCode.INAPPROPRIATE_AUTHENTICATION: "The server does not accept this account without a password",
    ResultCode.INVALID_CREDENTIALS: "Check the bind DN and the password",
    ResultCode.INVALID_DN_SYNTAX: "Check how the bind DN is written",
    ResultCode.UNWILLING_TO_PERFORM: "Some servers refuse binds without TLS, or without a password, like this",
}
# Win32 error codes in hexadecimal, which Active Directory puts into the text of invalidCredentials.
_ACTIVE_DIRECTORY_REASONS = {
    "525": "the account does not exist",
    "52e": "the password is wrong, or the account name is",
    "530": "the account may not log on at this time",
    "531": "the account may not log on at this workstation",
    "532": "the account's password has expired",
    "533": "the account is disabled",
    "568": "the account belongs to too many groups for its logon token",
    "701": "the account has expired",
    "773": "the account must change its password first",
    "775": "the account is locked after too many wrong passwords",
    "80090346": "the domain controller requires other TLS channel bindings than were sent",
}
_SUB_CODE = re.compile(r"\bdata ([0-9a-f]+)", re.IGNORECASE)


class ConnectionLostError(Exception):
    """The peer closed the connection, did not answer in time, or the transport failed; ``str()`` says which."""


class NoSuchObjectError(IncompleteReadError):
    """The base of a search does not exist, or not for this account."""


def bind_error(result: Result, account: str, server: str) -> DirectoryError:
    """Return the error for a bind that did not succeed; final, unless the server said that it is not available."""
    what = f"{server} refused to authenticate {account}"
    if result.code in (ResultCode.BUSY, ResultCode.UNAVAILABLE):
        return DirectoryConnectionError(what, server=str(result))
    sub_code = _SUB_CODE.search(result.text)
    reason = _ACTIVE_DIRECTORY_REASONS.get(sub_code[1].lower()) if sub_code else None
    if reason:
        what += f": {reason}"
    return DirectoryAuthenticationError(what, server=str(result), hint=_BIND_HINTS.get(result.code, ""))


def search_error(result: Result, search: str, account: str, entries: int) -> DirectoryError:
    """Return the error for a search that ended with another code than success after ``entries`` entries.

    ``search`` completes "The search ..." and names server, base and filter.
    """
    if result.code in (ResultCode.TIME_LIMIT_EXCEEDED, ResultCode.SIZE_LIMIT_EXCEEDED, ResultCode.ADMIN_LIMIT_EXCEEDED):
        return IncompleteReadError(
            f"The search {search} was cut off after {entries} entries",
            server=str(result),
            hint=_LIMIT_HINT.format(account=account),
        )
    what = f"The search {search} failed"
    hint = _SEARCH_HINTS.get(result.code, "")
    if result.code in (ResultCode.BUSY, ResultCode.UNAVAILABLE):
        return DirectoryConnectionError(what, server=str(result))
    if result.code in (
        ResultCode.STRONGER_AUTH_REQUIRED,
        ResultCode.INSUFFICIENT_ACCESS_RIGHTS,
        ResultCode.CONFIDENTIALITY_REQUIRED,
    ):
        return DirectoryAuthenticationError(what, server=str(result), hint=hint)
    if result.code == ResultCode.NO_SUCH_OBJECT:
        if result.matched_dn:
            what += f" (the lowest existing entry above it is {result.matched_dn})"
        return NoSuchObjectError(what, server=str(result), hint=hint)
    return IncompleteReadError(what, server=str(result), hint=hint)
