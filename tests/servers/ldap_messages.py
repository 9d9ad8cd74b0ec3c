# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's side of LDAP messages (RFC 4511): writing replies, in whatever form of length, and reading requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PAGED_RESULTS = "1.2.840.113556.1.4.319"


@dataclass(frozen=True)
class Writer:
    """Writes BER elements whose length takes ``octets`` further octets; 0 means the shortest form.

    Active Directory uses 4 for everything that contains other elements.
    """

    octets: int = 0

    def element(self, tag: int, *content: bytes) -> bytes:
        """Return one element; primitive ones always have the shortest length that fits."""
        body = b"".join(content)
        if self.octets and tag & 0x20:
            return bytes([tag, 0x80 | self.octets]) + len(body).to_bytes(self.octets, "big") + body
        if len(body) < 0x80:
            return bytes([tag, len(body)]) + body
        size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
        return bytes([tag, 0x80 | len(size)]) + size + body

    def message(self, message_id: int, operation: bytes, *controls: bytes) -> bytes:
        """Return an LDAPMessage."""
        number = self.element(0x02, message_id.to_bytes(message_id.bit_length() // 8 + 1, "big"))
        return self.element(0x30, number, operation, self.element(0xA0, *controls) if controls else b"")

    def entry(self, dn: str, attributes: Mapping[str, Sequence[bytes | str]]) -> bytes:
        """Return a SearchResultEntry."""
        parts = [
            self.element(
                0x30,
                self.element(0x04, name.encode()),
                self.element(0x31, *(self.element(0x04, _octets(value)) for value in values)),
            )
            for name, values in attributes.items()
        ]
        return self.element(0x64, self.element(0x04, dn.encode()), self.element(0x30, *parts))

    def result(
        self, code: int = 0, text: bytes | str = "", matched_dn: str = "", tag: int = 0x65, further: bytes = b""
    ) -> bytes:
        """Return an LDAPResult, by default a SearchResultDone; ``further`` are elements after the usual ones."""
        return self.element(
            tag,
            self.element(0x0A, bytes([code])),
            self.element(0x04, matched_dn.encode()),
            self.element(0x04, _octets(text)),
            further,
        )

    def reference(self, url: str) -> bytes:
        """Return a SearchResultReference."""
        return self.element(0x73, self.element(0x04, url.encode()))

    def page_control(self, cookie: bytes) -> bytes:
        """Return the paged results control of a reply (RFC 2696)."""
        value = self.element(0x30, self.element(0x02, b"\0"), self.element(0x04, cookie))
        return self.element(0x30, self.element(0x04, PAGED_RESULTS.encode()), self.element(0x04, value))


def _octets(value: bytes | str) -> bytes:
    return value.encode() if isinstance(value, str) else value


def parse(data: bytes) -> list[tuple[int, bytes]]:
    """Return the elements in ``data`` as pairs of tag and content; raises IndexError where they are cut off."""
    elements = []
    position = 0
    while position < len(data):
        tag, size = data[position], data[position + 1]
        position += 2
        if size > 0x7F:
            octets = size & 0x7F
            size = int.from_bytes(data[position : position + octets], "big")
            position += octets
        if position + size > len(data):
            raise IndexError("the element is cut off")
        elements.append((tag, data[position : position + size]))
        position += size
    return elements


@dataclass(frozen=True)
class Request:
    """A request as a server sees it: ``operation`` is its tag, ``fields`` its elements, ``controls`` by OID."""

    message_id: int
    operation: int
    fields: list[tuple[int, bytes]]
    controls: dict[str, bytes]

    @property
    def page(self) -> tuple[int, bytes] | None:
        """Return size and cookie of the paged results control, None without one."""
        value = self.controls.get(PAGED_RESULTS)
        if value is None:
            return None
        (_unused, size), (_unused, cookie) = parse(parse(value)[0][1])
        return int.from_bytes(size, "big"), cookie

    @property
    def base(self) -> str:
        """Return the base of a search."""
        return self.fields[0][1].decode()

    @property
    def scope(self) -> int:
        """Return the scope of a search: 0 base, 1 one level, 2 subtree."""
        return self.fields[1][1][0]

    @property
    def attributes(self) -> list[str]:
        """Return the attributes that a search asks for."""
        return [value.decode() for _unused, value in parse(self.fields[7][1])]


def parse_request(message: bytes) -> Request:
    """Return the request in one whole LDAPMessage."""
    (_unused, body), *rest = parse(message)
    assert not rest
    (_unused, number), (operation, content), *controls = parse(body)
    by_oid = {}
    for _unused, control in parse(controls[0][1]) if controls else []:
        (_unused, oid), *fields = parse(control)
        by_oid[oid.decode()] = fields[-1][1] if fields and fields[-1][0] == 0x04 else b""
    primitive = not operation & 0x20
    return Request(int.from_bytes(number, "big"), operation, [] if primitive else parse(content), by_oid)
