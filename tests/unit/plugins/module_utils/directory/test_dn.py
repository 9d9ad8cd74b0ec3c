# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spellings of a DN that are the same name, and names that only look alike."""

from __future__ import annotations

import contextlib
import re

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.dn import normal_form
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("uid=u1,ou=people,dc=example,dc=org", "UID=U1, OU=People, DC=Example,DC=org"),
        ("cn=Doe\\, John,dc=x", 'CN="Doe, John",dc=x'),
        ("cn=Doe\\, John,dc=x", "cn=Doe\\2C John;dc=x"),
        ("cn=\u00dcn,dc=x", "cn=\\c3\\9cn,dc=x"),
        ("cn=u\u0308,dc=x", "cn=\u00fc,dc=x"),
        ("cn=stra\u00dfe,dc=x", "cn=STRASSE,dc=x"),
        ("uid=mv1+cn=multi,dc=x", "cn=Multi + uid=mv1,dc=x"),
        ("cn=Hash#x,dc=x", "2.5.4.3=Hash\\#x,dc=x"),
        ("cn=abc,dc=x", "OID.2.5.4.3=#0403616263,dc=x"),
        ("cn=abc,dc=x", "commonName=abc,domainComponent=x"),
        ("cn=a=b,dc=x", "cn=a\\=b,dc=x"),
        ("cn=a  b", "cn= A b "),
        ('cn=a\\"b', 'cn="a\\"b"'),
        ("cn=", "cn= "),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cn=a\\,b=c", "cn=a,b=c"),
        ("cn=a\\+uid=b", "cn=a+uid=b"),
        ("cn=a,ou=b", "ou=b,cn=a"),
        ("cn=a", "uid=a"),
        ("cn=a b", "cn=ab"),
        ("cn=a\\\\,dc=x", "cn=a\\,dc=x"),
        ("cn=a,dc=x", "cn=a"),
    ],
)
def test_different_names(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


@pytest.mark.parametrize(
    "text", ["user1", "cn=a,", ",cn=a", "cn=a,,dc=x", 'cn="a', "cn=a\\", "cn=\\ff", "cn=#0405616263", "cn=#04", "=a"]
)
def test_refuses_what_is_no_dn(text: str) -> None:
    with pytest.raises(ValueError, match=r"cn=|char|BER|codec|ends"):
        normal_form(text)


def test_the_empty_dn_is_one() -> None:
    assert normal_form("") == ""


@given(st.lists(st.tuples(st.sampled_from(["cn", "uid", "ou"]), st.text(st.characters(codec="utf-8"))), min_size=1))
def test_escaping_keeps_the_structure(parts: list[tuple[str, str]]) -> None:
    escaped = ",".join(f"{name}=" + "".join(f"\\{octet:02X}" for octet in value.encode()) for name, value in parts)
    assert normal_form(escaped).replace("\\,", "").count(",") == len(parts) - 1
    assert normal_form(normal_form(escaped)) == normal_form(escaped)


@given(st.text())
def test_any_text_has_a_form_or_is_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        normal_form(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cn=a,,dc=x", "no attribute type at character 6 of cn=a,,dc=x"),
        ("user1", "no attribute type at character 1 of user1"),
        ('cn="a"b,dc=x', 'no separator at character 7 of cn="a"b,dc=x'),
        ('cn="aa"b,dc=x', 'no separator at character 8 of cn="aa"b,dc=x'),
        ("cn=#04016162", "#04016162 is not the BER form of a value"),
        ("cn=#04", "#04 is not the BER form of a value"),
    ],
)
def test_says_what_is_wrong_and_where(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        normal_form(text)
