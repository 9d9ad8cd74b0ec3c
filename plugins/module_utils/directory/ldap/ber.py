# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of BER that LDAP uses (RFC 4511, 5.1; X.690): writing elements and walking over received ones."""

from __future__ import annotations

BOOLEAN = 0x01
INTEGER = 0x02
OCTET_STRING = 0x04
ENUMERATED = 0x0A
SEQUENCE = 0x30
SET = 0x31


class ProtocolError(Exception):
    """Received bytes that RFC 4511 does not allow, or that do not belong to the running search."""


def element(tag: int, *content: bytes) -> bytes:
    """Return one element with the shortest form of its length."""
    body = b"".join(content)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + body


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Return a whole number, zero or greater, as INTEGER or, with another tag, ENUMERATED."""
    return element(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def boolean(value: bool, tag: int = BOOLEAN) -> bytes:
    """Return a truth value."""
    return element(tag, b"\xff" if value else b"\x00")


def text(value: str, tag: int = OCTET_STRING) -> bytes:
    """Return a string in UTF-8."""
    return element(tag, value.encode())


def content(buffer: bytes, position: int) -> tuple[int, int]:
    """Return where the content of the element at ``position`` begins and ends.

    Raises ProtocolError for a length that LDAP does not allow and IndexError where the buffer ends inside the header.
    """
    length = buffer[position + 1]
    position += 2
    if length > 0x7F:
        length, position = long_length(buffer, position, length)
    return position, position + length


def long_length(buffer: bytes, position: int, first: int) -> tuple[int, int]:
    """Return the length whose first octet, ``first``, announces more octets at ``position``, and the position after.

    Longer forms than needed are legal, and Active Directory sends them; the indefinite form is not (RFC 4511, 5.1).
    """
    octets = first & 0x7F
    if not 1 <= octets <= 4:
        raise ProtocolError("a length is not in a form that LDAP allows")
    return int.from_bytes(buffer[position : position + octets], "big"), position + octets
