# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity attributes: from the octets that a server sends to the text that stays the same for ever."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import (
    Attributes,
    Values,
    value_text,
)

DN = "dn"
"""The value of ``external_id`` that takes the DN itself as identity, as Bitwarden Directory Connector does."""


def guid_text(value: bytes) -> str:
    """Return an objectGUID in its usual notation, lower case (MS-DTYP 2.3.4: the first three fields little-endian)."""
    if len(value) != 16:
        raise ValueError(f"an objectGUID has 16 octets, not {len(value)}")
    return str(uuid.UUID(bytes_le=value))


def sid_text(value: bytes) -> str:
    """Return an objectSid in its usual notation, ``S-1-5-21-...`` (MS-DTYP 2.4.2)."""
    if len(value) < 8 or len(value) != 8 + 4 * value[1]:
        raise ValueError("an objectSid has an impossible length")
    authority = int.from_bytes(value[2:8], "big")
    parts = (int.from_bytes(value[position : position + 4], "little") for position in range(8, len(value), 4))
    return "-".join(["S", str(value[0]), str(authority), *map(str, parts)])


def plain_text(value: bytes) -> str:
    """Return a text value; raises ValueError where it is binary, empty or blank."""
    text = value.decode()
    if not text.strip():
        raise ValueError("the value is blank")
    return text


# eDirectory's GUID is shown as it is stored.
_DECODERS: dict[str, Callable[[bytes], str]] = {"objectguid": guid_text, "objectsid": sid_text, "guid": bytes.hex}


def identity_decoder(attribute: str) -> Callable[[bytes], str]:
    """Return the function that makes text of a value of this attribute; it raises ValueError for unusable values."""
    return _DECODERS.get(attribute.lower(), plain_text)


class Identity:
    """Reads the external id of entries; ``missing`` are those that have none, which must not happen."""

    def __init__(self, attribute: str, attributes: Attributes) -> None:
        self.missing: list[bytes] = []
        self._attribute = attribute
        self._position = -1 if attribute.lower() == DN else attributes.add(attribute)
        self._decode: Callable[[bytes], str] = identity_decoder(attribute)

    def read(self, dn: bytes, row: Sequence[Values]) -> str:
        """Return the external id of an entry, empty where it is missing or unusable."""
        if self._position < 0:
            return value_text(dn)
        values = row[self._position]
        try:
            if values:
                return self._decode(values[0])
        except ValueError:
            pass
        self.missing.append(dn)
        return ""

    def check(self, kind: str, count: int) -> None:
        """Raise DirectoryError where entries without identity were seen: leaving them out would remove them."""
        if self.missing:
            raise DirectoryError(
                f"{len(self.missing)} of {count} {kind} have no usable {self._attribute}, for instance "
                f"{value_text(self.missing[0])}",
                hint="Name in external_id an attribute that every entry has and the account may read, or dn; or leave "
                "these entries out with a filter",
            )
