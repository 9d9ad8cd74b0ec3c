# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walking over the bytes of search results (RFC 4511, 4.5.2), without an object per message.

Speed decides the shape of this file: 100,000 entries pass through the two loops below. They read element headers in
place, and call a function only for lengths of more than one octet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.ber import (
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    ProtocolError,
    content,
    long_length,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import ConnectionLostError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.results import Result

SEARCH_RESULT_ENTRY = 0x64
SEARCH_RESULT_DONE = 0x65
SEARCH_RESULT_REFERENCE = 0x73
EXTENDED_RESPONSE = 0x78
CONTROLS = 0xA0

LARGEST_MESSAGE = 1 << 28
_LONGEST_HEADER = 6

Entry = tuple[bytes, list[list[bytes] | None]]
"""A DN as the server spells it, and the values of each requested attribute, None for an absent one."""


@dataclass(slots=True)
class Frames:
    """The complete messages at the beginning of a buffer: the entries by position, and the end of the search if seen.

    ``end`` is the position of the first octet behind them; ``missing`` counts the octets that the next message lacks.
    """

    starts: list[int]
    ends: list[int]
    references: int = 0
    done: Result | None = None
    end: int = 0
    missing: int = 0


def find_frames(buffer: bytes, message_id: bytes) -> Frames:
    """Hop over the messages of the search with this id (an encoded INTEGER), up to its end or an incomplete one.

    Raises ConnectionLostError for a notice of disconnection, and ProtocolError for a message of another operation.
    """
    try:
        return _find_frames(buffer, message_id)
    except IndexError:
        raise ProtocolError("a message ends inside one of its elements") from None


def _find_frames(buffer: bytes, message_id: bytes) -> Frames:
    frames = Frames([], [])
    starts, ends = frames.starts, frames.ends
    id_size = len(message_id)
    size = len(buffer)
    position = 0
    while size - position >= _LONGEST_HEADER:
        if buffer[position] != SEQUENCE:
            raise ProtocolError("received data is no LDAP message")
        length = buffer[position + 1]
        start = position + 2
        if length > 0x7F:
            length, start = long_length(buffer, start, length)
            if length > LARGEST_MESSAGE:
                raise ProtocolError(f"a message has {length} octets")
        end = start + length
        if end > size:
            frames.missing = end - size
            break
        if not buffer.startswith(message_id, start):
            raise _foreign_message(buffer, start, end)
        start += id_size
        operation = buffer[start]
        position = end
        if operation == SEARCH_RESULT_ENTRY:
            starts.append(start)
            ends.append(end)
        elif operation == SEARCH_RESULT_DONE:
            frames.done = read_result(buffer, start, end)
            break
        elif operation == SEARCH_RESULT_REFERENCE:
            frames.references += 1
        else:
            raise ProtocolError(f"the search was answered with the unexpected operation {operation:#04x}")
    frames.end = position
    return frames


def read_result(buffer: bytes, position: int, end: int) -> Result:
    """Return the LDAPResult at ``position`` with the controls of its message, which ends at ``end``."""
    inner, operation_end = content(buffer, position)
    code_start, code_end = content(buffer, inner)
    matched_start, matched_end = content(buffer, code_end)
    text_start, text_end = content(buffer, matched_end)
    if not code_start < code_end <= matched_start <= matched_end <= text_start <= text_end <= operation_end <= end:
        raise ProtocolError("the elements of a result do not fit into each other")
    controls: dict[bytes, bytes] = {}
    if operation_end < end and buffer[operation_end] == CONTROLS:
        position, controls_end = content(buffer, operation_end)
        while position < controls_end <= end:
            control_start, position = content(buffer, position)
            oid, value = _control(buffer, control_start, position)
            controls[oid] = value
    return Result(
        code=int.from_bytes(buffer[code_start:code_end], "big"),
        matched_dn=buffer[matched_start:matched_end].decode("utf-8", "replace"),
        text=buffer[text_start:text_end].rstrip(b"\0").decode("utf-8", "replace"),
        controls=controls,
    )


def _control(buffer: bytes, position: int, end: int) -> tuple[bytes, bytes]:
    """Return the OID and the value of the control whose content lies at ``position``; criticality is optional."""
    oid_start, oid_end = content(buffer, position)
    position = oid_end
    while position < end:
        value_start, value_end = content(buffer, position)
        if buffer[position] == OCTET_STRING and value_end <= end:
            return buffer[oid_start:oid_end], buffer[value_start:value_end]
        position = value_end
    return buffer[oid_start:oid_end], b""


def _foreign_message(buffer: bytes, position: int, end: int) -> ProtocolError | ConnectionLostError:
    """Return the error for a message that does not belong to the running search."""
    if buffer[position] != INTEGER:
        return ProtocolError("a message has no id")
    id_start, id_end = content(buffer, position)
    number = int.from_bytes(buffer[id_start:id_end], "big")
    if number == 0 and buffer[id_end] == EXTENDED_RESPONSE:
        # Notice of Disconnection (RFC 4511, 4.4.1), the only unsolicited notification there is.
        result = read_result(buffer, id_end, end)
        return ConnectionLostError(f"the server announced that it closes it (code {result.code}: {result.text})")
    return ProtocolError(f"a message has the id {number} of another operation")


@dataclass(frozen=True, slots=True)
class PartialValues:
    """Values from number ``start`` on that are not all there are (``member;range=0-1499``, MS-ADTS 3.1.1.3.1.3.3).

    They stand in ``column`` of ``row``; ``next`` is the number of the first one that is missing, None at the end.
    """

    dn: bytes
    row: list[list[bytes] | None]
    column: int
    start: int
    next: int | None


class Columns(dict[bytes, "int | None"]):
    """Which attribute description, as the server spells it, fills which of the requested attributes.

    Attribute names are compared without regard to case (RFC 4512, 2.5). ``ranges`` holds, for each description with a
    range, the number of its first value and of the first one behind it.
    """

    def __init__(self, attributes: Sequence[str]) -> None:
        super().__init__()
        self.ranges: dict[bytes, tuple[int, int | None]] = {}
        self._requested = {
            name.lower().encode().partition(b";range=")[0]: number for number, name in enumerate(attributes)
        }

    def __missing__(self, description: bytes) -> int | None:
        name = description.lower()
        column = self._requested.get(name)
        if column is None:
            base, _unused, option = name.partition(b";")
            if option.startswith(b"range="):
                column = self._requested.get(base)
                if column is not None:
                    self.ranges[description] = _range(option)
            elif option == b"binary":
                column = self._requested.get(base)
        self[description] = column
        return column


def _range(option: bytes) -> tuple[int, int | None]:
    """Return the first number of ``range=0-1499`` and the one behind its last, None for ``range=1500-*``."""
    match = re.fullmatch(rb"range=([0-9]+)-([0-9]+|\*)", option)
    if match is None:
        raise ProtocolError("the range of an attribute's values is not two numbers")
    return int(match[1]), None if match[2] == b"*" else int(match[2]) + 1


def decode_entries(
    buffer: bytes, frames: Frames, columns: Columns, width: int, partial: list[PartialValues]
) -> list[Entry]:
    """Return the entries that ``frames`` found in the buffer, with ``width`` attributes each.

    Attributes of which the server sent a range of values are appended to ``partial``. Raises ProtocolError where an
    element does not end where its parent says.
    """
    try:
        return _decode_entries(buffer, frames, columns, width, partial)
    except IndexError:
        raise ProtocolError("an entry ends inside one of its elements") from None


def _decode_entries(  # noqa: C901 (one loop, for speed)
    buffer: bytes, frames: Frames, columns: Columns, width: int, partial: list[PartialValues]
) -> list[Entry]:
    entries: list[Entry] = []
    ranges = columns.ranges
    for position, message_end in zip(frames.starts, frames.ends, strict=True):
        length = buffer[position + 1]
        position += 2
        if length > 0x7F:
            length, position = long_length(buffer, position, length)
        entry_end = position + length

        length = buffer[position + 1]
        position += 2
        if length > 0x7F:
            length, position = long_length(buffer, position, length)
        dn_end = position + length
        dn = buffer[position:dn_end]

        length = buffer[dn_end + 1]
        position = dn_end + 2
        if length > 0x7F:
            length, position = long_length(buffer, position, length)
        if position + length != entry_end or entry_end > message_end:
            raise ProtocolError("an entry does not end where its message says")

        row: list[list[bytes] | None] = [None] * width
        while position < entry_end:
            length = buffer[position + 1]
            if length <= 0x7F:
                # Nearly always an attribute has one value and short lengths, which is so when they all fit together.
                attribute_end = position + 2 + length
                name_end = position + 4 + buffer[position + 3]
                value = name_end + 4
                if value <= attribute_end == name_end + 2 + buffer[name_end + 1] == value + buffer[name_end + 3]:
                    column = columns[buffer[position + 4 : name_end]]
                    if column is not None and row[column] is None and not ranges:
                        row[column] = [buffer[value:attribute_end]]
                        position = attribute_end
                        continue

            position += 2
            if length > 0x7F:
                length, position = long_length(buffer, position, length)
            attribute_end = position + length

            length = buffer[position + 1]
            position += 2
            if length > 0x7F:
                length, position = long_length(buffer, position, length)
            name_end = position + length
            description = buffer[position:name_end]
            column = columns[description]
            if column is None:
                position = attribute_end
                continue

            length = buffer[name_end + 1]
            position = name_end + 2
            if length > 0x7F:
                length, position = long_length(buffer, position, length)
            if position + length != attribute_end or buffer[name_end] != SET:
                raise ProtocolError("an attribute does not end where its entry says")
            values = []
            while position < attribute_end:
                length = buffer[position + 1]
                position += 2
                if length > 0x7F:
                    length, position = long_length(buffer, position, length)
                values.append(buffer[position : position + length])
                position += length
            if position != attribute_end:
                raise ProtocolError("a value does not end where its attribute says")
            earlier = row[column]
            row[column] = values if earlier is None else earlier + values
            if description in ranges:
                partial.append(PartialValues(dn, row, column, *ranges[description]))
        if position != entry_end:
            raise ProtocolError("the attributes of an entry do not end where it says")
        entries.append((dn, row))
    return entries
