# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server may answer while a connection is opened: whole messages, within limits of time and size."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryConnectionError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap import answers, channel
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.ber import ProtocolError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.channel import Channel
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import ConnectionLostError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.source import LdapProvider
from ansible_collections.dirsync.bitwarden.tests.servers.ldap_messages import Writer
from hypothesis import given
from hypothesis import strategies as st

from .conftest import MakeOptions

WRITER = Writer()
BOUND = WRITER.message(1, WRITER.result(tag=0x61))
LONG = Writer(4).message(2, Writer(4).result(0, "x" * 300, tag=0x78))


class Pieces(Channel):
    """A channel on which these pieces arrive, and then nothing more."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def receive(self) -> bytes:
        if not self._pieces:
            raise ConnectionLostError("the server closed the connection")
        return self._pieces.pop(0)


@given(cuts=st.sets(st.integers(1, len(BOUND + LONG) - 1)))
def test_messages_arrive_in_any_pieces(cuts: set[int]) -> None:
    data = BOUND + LONG
    places = [0, *sorted(cuts), len(data)]
    pieces = Pieces(*(data[start:end] for start, end in pairwise(places)))
    received = answers.receive_messages(pieces)
    if received == [BOUND]:
        received += answers.receive_messages(pieces)
    assert received == [BOUND, LONG]


def test_a_message_without_an_end_is_a_lost_connection() -> None:
    with pytest.raises(ConnectionLostError, match="closed the connection"):
        answers.receive_messages(Pieces(BOUND[:-1]))
    with pytest.raises(ConnectionLostError, match="closed the connection"):
        answers.receive_messages(Pieces(BOUND + LONG[:1]))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"HTTP/1.1 400 Bad Request", "no LDAP message"),
        (b"\x30\x84\x00\x10\x00\x01", "an answer has 1048583 octets"),
        (b"\x30\x80\x00\x00", "not in a form that LDAP allows"),
        (b"\x30\x89" + b"\xff" * 9, "not in a form that LDAP allows"),
        (BOUND * (answers.LARGEST_ANSWER // len(BOUND) + 1), "more than 1048576 octets"),
    ],
)
def test_what_is_no_message_or_too_large_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        answers.receive_messages(Pieces(data))


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection on loopback; its first request is answered so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection = listener.accept()[0]
            with connection:
                connection.recv(4096)
                try:
                    answer(connection)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"ldap://127.0.0.1:{listener.getsockname()[1]}"


def drip(connection: socket.socket) -> None:
    """Begin a message of a million octets, and send them one by one until the client hangs up."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(b"\x30\x83\x0f\x00\x00")
    for _unused in range(0x0F0000 - 1):
        connection.sendall(b"x")


@pytest.mark.parametrize("secured", [{"allow_cleartext": True}, {"start_tls": True}])
def test_a_server_that_never_ends_its_answer_is_given_up(
    ldap_options: MakeOptions, monkeypatch: pytest.MonkeyPatch, secured: dict[str, bool]
) -> None:
    monkeypatch.setattr(channel, "MOST_WAITS", 0.05)
    with answering(drip) as url:
        options = ldap_options(servers=[url], base_dn="dc=x", read_timeout=1, **secured)
        with pytest.raises(DirectoryConnectionError, match=r"cannot be reached: the answer took longer than 0\.05 sec"):
            LdapProvider("ldap", options).probe()


def test_a_server_that_hangs_up_before_it_answers_is_told(ldap_options: MakeOptions) -> None:
    with answering(lambda connection: None) as url:
        options = ldap_options(servers=[url], base_dn="dc=x", allow_cleartext=True)
        with pytest.raises(DirectoryConnectionError, match="cannot be reached: the server closed the connection"):
            LdapProvider("ldap", options).probe()
