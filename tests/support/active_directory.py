# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and groups as a domain controller shows them, all made from a number."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from ansible_collections.dirsync.bitwarden.tests.servers.domain_controller import DOMAIN, Attributes

_DOMAIN_SID = bytes.fromhex("010500000000000515000000010000000200000003000000")


def guid(number: int) -> uuid.UUID:
    """Return an objectGUID."""
    return uuid.UUID(int=number << 64 | 0xABCDEF)


def sid(number: int) -> bytes:
    """Return an objectSid of the domain that ends in this number."""
    return _DOMAIN_SID + number.to_bytes(4, "little")


def user(number: int, **changes: Any) -> tuple[str, Attributes]:
    """Return the DN and the attributes of an active account; a change to None leaves an attribute out."""
    attributes: dict[str, Any] = {
        "objectGUID": [guid(number).bytes_le],
        "objectSid": [sid(number)],
        "mail": [f"user{number}@example.org"],
        "displayName": [f"User {number}"],
        "userAccountControl": ["512"],
        "primaryGroupID": ["513"],
        **changes,
    }
    return f"CN=User {number},{DOMAIN}", {name: values for name, values in attributes.items() if values is not None}


def group(number: int, name: str, members: Sequence[str]) -> tuple[str, Attributes]:
    """Return the DN and the attributes of a group with these members."""
    attributes: dict[str, Any] = {"objectGUID": [guid(number).bytes_le], "objectSid": [sid(number)], "name": [name]}
    return f"CN={name},{DOMAIN}", {**attributes, **({"member": members} if members else {})}
