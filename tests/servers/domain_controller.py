# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for a Microsoft domain controller, for what Samba does otherwise: it binds, searches, and has limits.

Modelled on MS-ADTS 3.1.1.3: lengths of four octets, pages of 1000 entries at most whatever is asked for, 1500 values of
an attribute at most and the rest by range, a reference with every search below the domain, texts of refused binds.
"""

from __future__ import annotations

import socket
import socketserver
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.dirsync.bitwarden.tests.servers.ldap_messages import Request, Writer, parse_request
from ansible_collections.dirsync.bitwarden.tests.support.loopback import LoopbackServer

DOMAIN = "DC=corp,DC=example,DC=org"
ROOT_DSE: Mapping[str, Sequence[str]] = {
    "defaultNamingContext": [DOMAIN],
    "namingContexts": [DOMAIN, f"CN=Configuration,{DOMAIN}"],
    "supportedCapabilities": ["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670"],
    "dnsHostName": ["dc1.corp.example.org"],
}

_BIND, _UNBIND, _SEARCH = 0x60, 0x42, 0x63
_BIND_RESPONSE = 0x61
_SHOW_DELETED = "1.2.840.113556.1.4.417"
_REFUSED = "80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data {}, v4563"

Attributes = Mapping[str, Sequence[bytes | str]]


@dataclass
class Limits:
    """What the controller sends at most; each reply to a request for a range holds one value less than the last."""

    page: int = 1000
    values: int = 1500
    shrinking: bool = False


@dataclass
class DomainController(LoopbackServer):
    """A context manager around a responder that holds users, groups and deleted users by DN.

    ``refusal`` is the hexadecimal sub-code with which every bind is refused. ``on_search`` is called with the number of
    each search, counted from 1, and the socket, before it is answered: it may close the socket or wait. ``requests``
    records what was asked.
    """

    users: Mapping[str, Attributes]
    groups: Mapping[str, Attributes] = field(default_factory=dict)
    deleted: Mapping[str, Attributes] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    refusal: str | None = None
    on_search: Callable[[int, socket.socket], None] = lambda number, connection: None
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        controller = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                controller._serve(self.request)

        super().__init__(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler))
        self.url = f"ldap://127.0.0.1:{self.port}"

    def _serve(self, connection: socket.socket) -> None:
        writer = Writer(4)
        searches = 0
        try:
            for request in _requests(connection):
                self.requests.append(request)
                if request.operation == _BIND:
                    text = _REFUSED.format(self.refusal) if self.refusal else ""
                    result = writer.result(49 if self.refusal else 0, text, tag=_BIND_RESPONSE)
                    connection.sendall(writer.message(request.message_id, result))
                elif request.operation == _SEARCH:
                    searches += 1
                    self.on_search(searches, connection)
                    connection.sendall(self._answer(request, writer))
        except OSError:
            return

    def _answer(self, request: Request, writer: Writer) -> bytes:
        entries = list(self._found(request).items())
        controls = []
        if request.page is not None:
            size, cookie = request.page
            first = int(cookie or b"0")
            last = first + min(size, self.limits.page)
            controls = [writer.page_control(str(last).encode() if last < len(entries) else b"")]
            entries = entries[first:last]
        parts = [writer.entry(dn, dict(self._shown(request, attributes))) for dn, attributes in entries]
        if request.scope and request.base == DOMAIN:
            parts.append(writer.reference(f"ldap://ForestDnsZones.corp.example.org/DC=ForestDnsZones,{DOMAIN}"))
        messages = [writer.message(request.message_id, part) for part in parts]
        return b"".join(messages) + writer.message(request.message_id, writer.result(), *controls)

    def _found(self, request: Request) -> Mapping[str, Attributes]:
        """Return the entries of a search, told apart by what the filters of the product mention."""
        if not request.base:
            return {"": ROOT_DSE}
        if not request.scope:
            everything = {**self.users, **self.groups}
            return {request.base: everything[request.base]}
        if _SHOW_DELETED in request.controls:
            return self.deleted
        return self.groups if b"group" in request.fields[6][1] else self.users

    def _shown(self, request: Request, attributes: Attributes) -> Iterator[tuple[str, Sequence[bytes | str]]]:
        stored = {name.lower(): (name, values) for name, values in attributes.items()}
        for asked in request.attributes:
            base, _unused, option = asked.partition(";range=")
            name, values = stored.get(base.lower(), (base, None))
            if values is None:
                continue
            if not option and len(values) <= self.limits.values:
                yield name, values
                continue
            if not option:
                yield name, []
            first = int(option.partition("-")[0] or 0)
            if first and self.limits.shrinking:
                self.limits.values -= 1
            last = first + self.limits.values
            upper = "*" if last >= len(values) else str(last - 1)
            yield f"{name};range={first}-{upper}", values[first:last]


def _requests(connection: socket.socket) -> Iterator[Request]:
    """Yield the requests of a connection until it is closed or unbound."""
    buffer = b""
    while chunk := connection.recv(65536):
        buffer += chunk
        while len(buffer) > 1:
            octets = buffer[1] & 0x7F if buffer[1] & 0x80 else 0
            size = int.from_bytes(buffer[2 : 2 + octets], "big") if octets else buffer[1]
            end = 2 + octets + size
            if len(buffer) < end:
                break
            request = parse_request(buffer[:end])
            if request.operation == _UNBIND:
                return
            yield request
            buffer = buffer[end:]
