# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long an answer may take, and what becomes of answers that are none."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryConnectionError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.channel import MOST_WAITS, Channel
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import ConnectionLostError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.source import LdapProvider
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.servers.ldap_messages import Writer

from .conftest import MakeOptions


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield two connected sockets."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_an_answer_in_drips_comes_to_an_end(pair: tuple[socket.socket, socket.socket], fake_time: FakeTime) -> None:
    ours, theirs = pair
    channel = Channel(ours, 30.0, clock=fake_time.clock)
    for _unused in range(MOST_WAITS):
        theirs.sendall(b"x")
        assert channel.receive() == b"x"
        fake_time.now += 30.0
    fake_time.now += 1.0
    with pytest.raises(ConnectionLostError, match="longer than 300 seconds"):
        channel.receive()


def test_each_request_has_its_own_time(pair: tuple[socket.socket, socket.socket], fake_time: FakeTime) -> None:
    ours, theirs = pair
    channel = Channel(ours, 30.0, clock=fake_time.clock)
    for _unused in range(3):
        fake_time.now += 299.0
        channel.send(b"request")
        theirs.sendall(b"x")
        fake_time.now += 299.0
        assert channel.receive() == b"x"


def nested() -> bytes:
    """Return sequences in sequences."""
    body = b""
    for _unused in range(10_000):
        body = Writer().element(0x30, body)
    return body


@pytest.mark.parametrize("answer", [nested(), Writer().element(0x30, Writer().message(1, Writer().result(tag=0x61)))])
def test_an_answer_to_a_bind_that_is_no_ldap_is_told(ldap_options: MakeOptions, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection = listener.accept()[0]
            with connection:
                connection.recv(4096)
                connection.sendall(answer)
                connection.recv(4096)

        threading.Thread(target=serve, daemon=True).start()
        servers = [f"ldap://127.0.0.1:{listener.getsockname()[1]}"]
        options = ldap_options(servers=servers, allow_cleartext=True, base_dn="dc=x")
        with pytest.raises(DirectoryConnectionError, match="something that is not LDAP"):
            LdapProvider("ldap", options).probe()
