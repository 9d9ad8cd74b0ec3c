# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The walk over received bytes: every form of length, every place to cut, and no error but our own."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.ber import ProtocolError, integer
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import ConnectionLostError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.wire import (
    Columns,
    Entry,
    PartialValues,
    decode_entries,
    find_frames,
)
from ansible_collections.dirsync.bitwarden.tests.servers.ldap_messages import Writer
from hypothesis import given
from hypothesis import strategies as st

ID = integer(7)
WRITERS = [Writer(), Writer(1), Writer(2), Writer(3), Writer(4)]
ATTRIBUTES = ("mail", "member", "cn")


def decode(data: bytes, attributes: tuple[str, ...] = ATTRIBUTES) -> list[Entry]:
    frames = find_frames(data, ID)
    return decode_entries(data, frames, Columns(attributes), len(attributes), [])


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: f"octets={writer.octets}")
def test_all_forms_of_length_mean_the_same(writer: Writer) -> None:
    entry = writer.entry("cn=a,dc=x", {"mail": ["a@example.org", "b@example.org"], "other": ["1"], "cn": ["A"]})
    assert decode(writer.message(7, entry)) == [(b"cn=a,dc=x", [[b"a@example.org", b"b@example.org"], None, [b"A"]])]


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 65535, 65536])
def test_reads_values_of_every_size(size: int) -> None:
    data = Writer().message(7, Writer().entry("cn=a", {"mail": [b"x" * size]}))
    assert decode(data) == [(b"cn=a", [[b"x" * size], None, None])]


@pytest.mark.parametrize("length", [b"\x80", b"\x85\x00\x00\x00\x00\x01", b"\xff"])
def test_refuses_lengths_that_ldap_does_not_allow(length: bytes) -> None:
    with pytest.raises(ProtocolError, match="not in a form"):
        find_frames(b"\x30" + length + b"\0" * 10, ID)


def test_refuses_a_message_that_would_fill_the_memory() -> None:
    with pytest.raises(ProtocolError, match="octets"):
        find_frames(b"\x30\x84\x7f\xff\xff\xff" + ID, ID)


def test_finds_entries_references_and_the_end() -> None:
    writer = Writer()
    data = b"".join(
        [
            writer.message(7, writer.entry("cn=a", {})),
            writer.message(7, writer.reference("ldap://other.example.org/")),
            writer.message(7, writer.entry("cn=b", {})),
            writer.message(7, writer.result(4, "too many", "dc=x"), writer.page_control(b"next")),
        ]
    )
    frames = find_frames(data, ID)
    assert (len(frames.starts), frames.references, frames.end) == (2, 1, len(data))
    assert frames.done is not None
    assert (frames.done.code, frames.done.text, frames.done.matched_dn) == (4, "too many", "dc=x")
    assert list(frames.done.controls) == [b"1.2.840.113556.1.4.319"]


def test_an_incomplete_message_is_counted_and_left() -> None:
    whole = Writer().message(7, Writer().entry("cn=a", {"cn": ["A"]}))
    for cut in range(len(whole)):
        frames = find_frames(whole + whole[:cut], ID)
        assert (len(frames.starts), frames.end, frames.done) == (1, len(whole), None)
        assert frames.missing == (len(whole) - cut if cut >= 6 else 0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (Writer().message(8, Writer().entry("cn=a", {})), "id 8 of another operation"),
        (Writer().message(0, Writer().entry("cn=a", {})), "id 0 of another operation"),
        (Writer().message(7, Writer().element(0x79, b"\x04\x01x")), "unexpected operation 0x79"),
        (b"HTTP/1.1 400 Bad Request\r\n", "no LDAP message"),
        (b"\x30\x08" + b"\x04\x01\x07" + b"\x64\x03\x04\x01x", "no id"),
    ],
)
def test_refuses_what_is_not_the_answer(data: bytes, reason: str) -> None:
    with pytest.raises(ProtocolError, match=reason):
        find_frames(data, ID)


def test_every_inner_length_has_to_fit() -> None:
    whole = Writer().message(7, Writer().entry("cn=a,dc=x", {"mail": ["a@example.org", "b"], "zz": ["1"], "cn": ["A"]}))
    good = decode(whole)
    header_and_id = 2 + len(ID)
    accepted = 0
    for position in range(header_and_id, len(whole)):
        for change in (-1, 1):
            damaged = bytearray(whole)
            damaged[position] = (damaged[position] + change) % 256
            try:
                rows = decode(bytes(damaged))
            except ProtocolError:
                continue
            accepted += 1
            assert len(rows) == len(good)
    assert accepted, "changes inside of values are no damage to the structure"


@given(st.binary(max_size=300))
def test_no_error_but_our_own_for_any_bytes(data: bytes) -> None:
    for prefix in (b"", b"\x30\x7f" + ID + b"\x64"):
        with contextlib.suppress(ProtocolError):
            decode(prefix + data)


@given(st.data())
def test_no_error_but_our_own_for_damaged_messages(data: st.DataObject) -> None:
    writer = data.draw(st.sampled_from(WRITERS))
    entry = writer.entry("cn=a,dc=x", {"mail": ["a@example.org"], "member;range=0-1": ["1", "2"], "cn": [b"\xff"]})
    done = writer.message(7, writer.result(0), writer.page_control(b"c"))
    damaged = bytearray(writer.message(7, entry) + done)
    for _unused in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ProtocolError):
        decode(bytes(damaged))


def test_attribute_names_without_regard_to_case_and_options() -> None:
    entry = Writer().entry("cn=a", {"MAIL": ["1"], "mail;lang-de": ["2"], "Member;Binary": ["3"], "cN": []})
    assert decode(Writer().message(7, entry)) == [(b"cn=a", [[b"1"], [b"3"], []])]


def test_an_option_that_was_asked_for_counts() -> None:
    entry = Writer().entry("cn=a", {"mail": ["1"], "mail;x-work": ["2"]})
    assert decode(Writer().message(7, entry), ("mail;x-Work",)) == [(b"cn=a", [[b"2"]])]


def test_notes_values_that_are_not_all() -> None:
    entry = Writer().entry("cn=g", {"member": [], "member;range=0-1": ["u1", "u2"]})
    data = Writer().message(7, entry)
    partial: list[PartialValues] = []
    ((dn, row),) = decode_entries(data, find_frames(data, ID), Columns(ATTRIBUTES), 3, partial)
    assert row == [None, [b"u1", b"u2"], None]
    assert partial == [PartialValues(dn, row, 1, 0, 2)]


@pytest.mark.parametrize("option", ["range=0", "range=a-b", "range=0-", "range=-5"])
def test_refuses_a_range_without_numbers(option: str) -> None:
    with pytest.raises(ProtocolError, match="range"):
        decode(Writer().message(7, Writer().entry("cn=g", {f"member;{option}": ["u1"]})))


def test_a_notice_of_disconnection_is_the_end_of_the_connection() -> None:
    notice = Writer().message(0, Writer().result(52, "shutting down", tag=0x78))
    with pytest.raises(ConnectionLostError, match=r"closes it \(code 52: shutting down\)"):
        find_frames(notice, ID)
