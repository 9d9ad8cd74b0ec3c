# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an LDAP operation ended (RFC 4511, 4.1.9 and appendix A)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class ResultCode(IntEnum):
    """The result codes that binding and searching may end with."""

    SUCCESS = 0
    OPERATIONS_ERROR = 1
    PROTOCOL_ERROR = 2
    TIME_LIMIT_EXCEEDED = 3
    SIZE_LIMIT_EXCEEDED = 4
    AUTH_METHOD_NOT_SUPPORTED = 7
    STRONGER_AUTH_REQUIRED = 8
    REFERRAL = 10
    ADMIN_LIMIT_EXCEEDED = 11
    UNAVAILABLE_CRITICAL_EXTENSION = 12
    CONFIDENTIALITY_REQUIRED = 13
    SASL_BIND_IN_PROGRESS = 14
    NO_SUCH_ATTRIBUTE = 16
    UNDEFINED_ATTRIBUTE_TYPE = 17
    INAPPROPRIATE_MATCHING = 18
    INVALID_ATTRIBUTE_SYNTAX = 21
    NO_SUCH_OBJECT = 32
    ALIAS_PROBLEM = 33
    INVALID_DN_SYNTAX = 34
    ALIAS_DEREFERENCING_PROBLEM = 36
    INAPPROPRIATE_AUTHENTICATION = 48
    INVALID_CREDENTIALS = 49
    INSUFFICIENT_ACCESS_RIGHTS = 50
    BUSY = 51
    UNAVAILABLE = 52
    UNWILLING_TO_PERFORM = 53
    OTHER = 80


@dataclass(frozen=True, slots=True)
class Result:
    """The end of an operation; ``controls`` maps the OID of a response control to its value."""

    code: int
    matched_dn: str
    text: str
    controls: dict[bytes, bytes] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the name of the code as in the standard, its number, and the server's text."""
        try:
            first, *rest = ResultCode(self.code).name.lower().split("_")
            name = first + "".join(part.capitalize() for part in rest).replace("Dn", "DN")
        except ValueError:
            name = "result code"
        return f"{name} ({self.code}): {self.text}" if self.text else f"{name} ({self.code})"
