# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking the answers to what ldap3 asks while it connects (StartTLS, bind), within limits of time and size.

ldap3 limits only each single wait, so that a server which sends an octet now and then would have no end.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.ber import (
    SEQUENCE,
    ProtocolError,
    content,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.channel import Channel

LARGEST_ANSWER = 1 << 20
"""Octets; the largest that really occur are Kerberos tickets of some ten thousand."""
LONGEST_HEADER = 6


def limit_answers(connection: Any, timeout: float) -> None:
    """Have ldap3 take every answer on this connection by :func:`receive_messages`."""
    connection.strategy.receiving = lambda: receive_messages(Channel(connection.socket, timeout))


def receive_messages(channel: Channel) -> list[bytes]:
    """Wait for at least one whole LDAP message, and return all that arrived up to the end of one.

    Raises ConnectionLostError, and ProtocolError for what is no LDAP message or too large for one.
    """
    buffer = bytearray()
    messages: list[bytes] = []
    start = 0
    while not messages or start < len(buffer):
        buffer += channel.receive()
        while (end := _end(buffer, start)) is not None and end <= len(buffer):
            messages.append(bytes(buffer[start:end]))
            start = end
        if len(buffer) > LARGEST_ANSWER:
            raise ProtocolError(f"an answer has more than {LARGEST_ANSWER} octets")
    return messages


def _end(buffer: bytearray, start: int) -> int | None:
    """Return where the message that begins at ``start`` ends, None while its header is incomplete."""
    if start < len(buffer) and buffer[start] != SEQUENCE:
        raise ProtocolError("received data is no LDAP message")
    if len(buffer) < start + 2 or len(buffer) < start + 2 + _octets_of_length(buffer[start + 1]):
        return None
    size = content(bytes(buffer[start : start + LONGEST_HEADER]), 0)[1]
    if size > LARGEST_ANSWER:
        raise ProtocolError(f"an answer has {size} octets")
    return start + size


def _octets_of_length(first: int) -> int:
    """Return how many octets of the length follow its first one."""
    return first & 0x7F if first > 0x7F else 0
