# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Search filters: what they become on the wire, and where a broken one is wrong."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import (
    parse_filter,
)
from hypothesis import given
from hypothesis import strategies as st


def encoded(filter_text: str) -> bytes:
    return parse_filter(filter_text, "user_filter").encoded


@pytest.mark.parametrize(
    ("filter_text", "expected"),
    [
        ("(cn=a)", b"\xa3\x07\x04\x02cn\x04\x01a"),
        ("(cn>=a)", b"\xa5\x07\x04\x02cn\x04\x01a"),
        ("(cn<=a)", b"\xa6\x07\x04\x02cn\x04\x01a"),
        ("(cn~=a)", b"\xa8\x07\x04\x02cn\x04\x01a"),
        ("(cn=*)", b"\x87\x02cn"),
        ("(cn=)", b"\xa3\x06\x04\x02cn\x04\x00"),
        ("(cn=a*b*c)", b"\xa4\x0f\x04\x02cn\x30\x09\x80\x01a\x81\x01b\x82\x01c"),
        ("(cn=*a)", b"\xa4\x09\x04\x02cn\x30\x03\x82\x01a"),
        ("(cn=a*)", b"\xa4\x09\x04\x02cn\x30\x03\x80\x01a"),
        (r"(cn=\2a\c3\9c)", b"\xa3\x09\x04\x02cn\x04\x03*\xc3\x9c"),
        ("(cn=a b=c)", b"\xa3\x0b\x04\x02cn\x04\x05a b=c"),
        ("(!(cn=*))", b"\xa2\x04\x87\x02cn"),
        ("(&)", b"\xa0\x00"),
        ("(|(cn=*)(sn=*))", b"\xa1\x08\x87\x02cn\x87\x02sn"),
        ("(uac:1.2:=2)", b"\xa9\x0d\x81\x031.2\x82\x03uac\x83\x012"),
        ("(cn:dn:r:=x)", b"\xa9\x0d\x81\x01r\x82\x02cn\x83\x01x\x84\x01\xff"),
        ("(:r:=x)", b"\xa9\x06\x81\x01r\x83\x01x"),
        ("(1.2.3;binary=a)", b"\xa3\x11\x04\x0c1.2.3;binary\x04\x01a"),
    ],
)
def test_encodes_every_kind_of_filter(filter_text: str, expected: bytes) -> None:
    assert encoded(filter_text) == expected


def test_white_space_between_components_does_not_count() -> None:
    assert encoded(" ( & (cn=a)\n  ( ! (sn=b) ) ) ") == encoded("(&(cn=a)(!(sn=b)))")


@pytest.mark.parametrize(
    ("filter_text", "position", "reason"),
    [
        ("", 1, r"\( is missing"),
        ("cn=a", 1, r"\( is missing"),
        ("(cn=a", 6, r"\) is missing"),
        ("(cn=a))", 7, "nothing may follow"),
        ("(cn=a)(sn=b)", 7, "nothing may follow"),
        ("(&(cn=a)(sn=b)", 15, r"\) is missing"),
        ("(cn=(a))", 5, r"\) is missing"),
        (r"(cn=\(a)", 5, "two hexadecimal digits"),
        ("(cn)", 2, "attribute name"),
        ("(=a)", 2, "attribute name"),
        ("(:=a)", 2, "attribute name"),
        ("(!)", 3, r"\( is missing"),
        ("(cn=a\0)", 6, r"\) is missing"),
        ("(!" * 200, 203, "nested more than 100"),
    ],
)
def test_says_where_a_filter_is_broken(filter_text: str, position: int, reason: str) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"(?s)in user_filter is not valid at character {position}: .*{reason}"
    ):
        encoded(filter_text)


@given(st.text(max_size=40))
def test_any_text_is_encoded_or_refused(text: str) -> None:
    with contextlib.suppress(ConfigurationError):
        encoded(f"({text})")


@given(st.binary(min_size=1))
def test_escaped_octets_stand_for_themselves(value: bytes) -> None:
    escaped = "".join(f"\\{octet:02x}" for octet in value)
    assert encoded(f"(objectGUID={escaped})").endswith(value)
