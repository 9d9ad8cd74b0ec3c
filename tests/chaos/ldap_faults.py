# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy in front of a directory server that spoils one message of its answers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable

from ansible_collections.dirsync.bitwarden.tests.servers.ldap_messages import Writer, parse
from ansible_collections.dirsync.bitwarden.tests.support.forwarding_proxy import ForwardingProxy

BIND_RESPONSE, SEARCH_DONE = 0x61, 0x65
WRITER = Writer()

Spoil = Callable[[bytes], "Iterable[bytes] | None"]
"""Makes of a message what is sent in its place, piece by piece. Without a piece, or after an empty last one, the
connection is closed; after None the server keeps silent."""


def _result(code: int) -> Spoil:
    """Return a spoiler that changes the result code of the operation that ends here; entries stay."""

    def spoil(message: bytes) -> Iterable[bytes]:
        number, operation = _parts(message)
        if operation not in (BIND_RESPONSE, SEARCH_DONE):
            return [message]
        return [WRITER.message(number, WRITER.result(code, "no", tag=operation))]

    return spoil


def _parts(message: bytes) -> tuple[int, int]:
    (_unused, body), *_rest = parse(message)
    (_unused, number), (operation, _content), *_controls = parse(body)
    return int.from_bytes(number, "big"), operation


def _other_id(message: bytes) -> Iterable[bytes]:
    (_unused, body), *_rest = parse(message)
    others = parse(body)[1:]
    return [WRITER.element(0x30, WRITER.element(0x02, b"\x7f"), *(WRITER.element(*other) for other in others))]


def _nested(depth: int) -> bytes:
    """Return one message that holds nothing but sequences in sequences."""
    body = b""
    for _unused in range(depth):
        body = WRITER.element(0x30, body)
    return body


def _notice(_message: bytes) -> Iterable[bytes]:
    """Announce the end of the connection (RFC 4511, 4.4.1)."""
    return [WRITER.message(0, WRITER.result(52, "going down", tag=0x78))]


def _continuation(url: str) -> Spoil:
    """Return a spoiler that says that more is to be found there."""

    def spoil(message: bytes) -> Iterable[bytes]:
        number, operation = _parts(message)
        if operation == BIND_RESPONSE:
            return [message]
        return [WRITER.message(number, WRITER.reference(f"{url}/dc=elsewhere")), message]

    return spoil


def _referral(url: str) -> Spoil:
    """Return a spoiler that sends the client there instead of an answer."""

    def spoil(message: bytes) -> Iterable[bytes]:
        number, operation = _parts(message)
        if operation not in (BIND_RESPONSE, SEARCH_DONE):
            return [message]
        urls = WRITER.element(0xA3, WRITER.element(0x04, f"{url}/dc=elsewhere".encode()))
        return [WRITER.message(number, WRITER.result(10, "elsewhere", tag=operation, further=urls))]

    return spoil


def _no_text(message: bytes) -> Iterable[bytes]:
    """End the operation with a diagnostic message that is not UTF-8."""
    number, operation = _parts(message)
    if operation not in (BIND_RESPONSE, SEARCH_DONE):
        return [message]
    return [WRITER.message(number, WRITER.result(80, b"\xff\xfe\x80", tag=operation))]


CUT: Iterable[bytes] = ()
RESULT_CODES = {
    1: "operations error",
    3: "time limit exceeded",
    4: "size limit exceeded",
    8: "stronger authentication required",
    32: "no such object",
    49: "invalid credentials",
    50: "insufficient access",
    51: "busy",
    52: "unavailable",
    53: "unwilling to perform",
    80: "other",
}
DRIP = "slow drip"
LDAP_FAULTS: dict[str, Spoil] = {
    "cut before the message": lambda message: CUT,
    "cut inside the message": lambda message: [message[: len(message) // 2], b""],
    "no answer": lambda message: None,
    DRIP: lambda message: [message[position : position + 1] for position in range(len(message))],
    "garbage": lambda message: [bytes(range(255, 200, -1)) * 3],
    "HTTP": lambda message: [b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"],
    "length of 4 GiB": lambda message: [b"\x30\x84\xff\xff\xff\xff", message],
    "length of 9 octets": lambda message: [b"\x30\x89" + b"\xff" * 9 + message],
    "indefinite length": lambda message: [b"\x30\x80" + message[2:] + b"\0\0"],
    "message within a message": lambda message: [WRITER.element(0x30, message)],
    "nested 10,000 deep": lambda message: [_nested(10_000)],
    "empty message": lambda message: [b"\x30\x00"],
    "other message id": _other_id,
    "duplicated message": lambda message: [message, message],
    "notice of disconnection": _notice,
    "diagnostic message in invalid UTF-8": _no_text,
    **{f"result code {code}, {name}": _result(code) for code, name in RESULT_CODES.items()},
}

REFERRALS: dict[str, Callable[[str], Spoil]] = {
    "continuation on another server": _continuation,
    "referral to another server": _referral,
}


class SpoilingProxy(ForwardingProxy):
    """Forwards loopback connections to the server at ``url``; the n-th message that comes back is spoiled.

    Messages are counted from 1 over all connections since ``spoil`` was called; ``count`` tells how many there were.
    What leaves a message as it is strikes the next one.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._lock = threading.Lock()
        self._number = 0
        self._spoil: Spoil = lambda message: [message]
        self._pause = 0.0
        self.count = 0

    def spoil(self, number: int, spoil: Spoil, pause: float = 0.0) -> None:
        """Spoil the message of this number, with a pause of so many seconds between its pieces."""
        with self._lock:
            self.count, self._number, self._spoil, self._pause = 0, number, spoil, pause

    def answer(self, server: socket.socket, client: socket.socket) -> None:
        # Each message is a packet of its own, which must not wait until the one before is acknowledged.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer = b""
        while data := server.recv(65536):
            buffer += data
            while (size := _size(buffer)) and len(buffer) >= size:
                message, buffer = buffer[:size], buffer[size:]
                if not self._pass(client, message):
                    return

    def _pass(self, client: socket.socket, message: bytes) -> bool:
        """Send a message, spoiled or not, and say whether to go on."""
        with self._lock:
            self.count += 1
            due = 0 < self._number <= self.count
        pieces = self._spoil(message) if due else [message]
        if pieces == [message]:
            client.sendall(message)
            return True
        self._number = 0
        if pieces is None:
            # The client hangs up when it has waited long enough.
            client.recv(1)
            return False
        pieces = list(pieces)
        for piece in pieces:
            client.sendall(piece)
            time.sleep(self._pause)
        if not pieces or pieces[-1] == b"":
            client.shutdown(socket.SHUT_RDWR)
            return False
        return True


def _size(buffer: bytes) -> int:
    """Return the size of the first message, 0 while it cannot be told."""
    if len(buffer) < 6:
        return 0
    if buffer[1] < 0x80:
        return 2 + buffer[1]
    octets = buffer[1] & 0x7F
    return 2 + octets + int.from_bytes(buffer[2 : 2 + octets], "big")
