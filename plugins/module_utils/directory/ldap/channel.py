# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connected socket of a directory server: sending requests and receiving as much as has arrived."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import ConnectionLostError

RECEIVE_SIZE = 1 << 18
MOST_WAITS = 10
"""How many time limits one answer may take in all: a server that sends an octet now and then would have no end."""

_LARGEST_TLS_RECORD = 1 << 14


class Channel:
    """A socket with a time limit in seconds for each wait, and ten times that for all that answers one request.

    Every failure is a ConnectionLostError.
    """

    def __init__(self, connected: socket.socket, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._socket = connected
        self._timeout = timeout
        self._clock = clock
        self._deadline = clock() + MOST_WAITS * timeout
        connected.settimeout(timeout)

    def send(self, data: bytes) -> None:
        """Send all of ``data``, a request."""
        self._deadline = self._clock() + MOST_WAITS * self._timeout
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise self._lost(error) from error

    def receive(self) -> bytes:
        """Wait for data and return what has arrived, at least one octet and about RECEIVE_SIZE at most."""
        if self._clock() > self._deadline:
            raise ConnectionLostError(f"the answer took longer than {MOST_WAITS * self._timeout:g} seconds")
        try:
            if isinstance(self._socket, ssl.SSLSocket):
                data = self._receive_records(self._socket)
            else:
                data = self._socket.recv(RECEIVE_SIZE)
        except OSError as error:
            raise self._lost(error) from error
        if not data:
            raise ConnectionLostError("the server closed the connection")
        return data

    def _receive_records(self, connected: ssl.SSLSocket) -> bytes:
        """Wait for one TLS record, then take all others that have arrived.

        OpenLDAP writes one record for each entry; parsing each on its own costs a third more time.
        """
        parts = [connected.recv(_LARGEST_TLS_RECORD)]
        size = len(parts[0])
        connected.settimeout(0)
        try:
            while parts[-1] and size < RECEIVE_SIZE:
                parts.append(connected.recv(_LARGEST_TLS_RECORD))
                size += len(parts[-1])
        except ssl.SSLWantReadError:
            pass
        finally:
            connected.settimeout(self._timeout)
        return b"".join(parts)

    def _lost(self, error: OSError) -> ConnectionLostError:
        if isinstance(error, TimeoutError):
            return ConnectionLostError(f"the server did not answer within {self._timeout:g} seconds")
        return ConnectionLostError(f"the connection failed: {error}")
