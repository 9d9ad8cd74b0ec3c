# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LDIF: what RFC 2849 allows in content records, and what is refused."""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.ldif import parse_ldif
from hypothesis import given
from hypothesis import strategies as st


def entries(text: str | bytes) -> list[tuple[bytes, dict[str, list[bytes]]]]:
    content = text.encode() if isinstance(text, str) else text
    return [(entry.dn, entry.attributes) for entry in parse_ldif(content, "people.ldif")]


def test_reads_entries_with_values_by_lower_case_name() -> None:
    text = "version: 1\n\ndn: uid=ann,dc=x\nuid: ann\nMail: ann@x.org\nmail:second@x.org\n\n\ndn: uid=bob,dc=x\n"
    assert entries(text) == [
        (b"uid=ann,dc=x", {"uid": [b"ann"], "mail": [b"ann@x.org", b"second@x.org"]}),
        (b"uid=bob,dc=x", {}),
    ]


def test_the_version_may_stand_right_before_the_first_entry() -> None:
    assert entries("version: 1\ndn: dc=x\ndc: x\n") == [(b"dc=x", {"dc": [b"x"]})]


def test_joins_folded_lines_and_drops_comments() -> None:
    text = "# a comment\n  that goes on\ndn: uid=a\n nn,dc\n =x\n# inside\ncn: Ann\n  Lee\n"
    assert entries(text) == [(b"uid=ann,dc=x", {"cn": [b"Ann Lee"]})]


def test_decodes_base64_also_in_the_dn() -> None:
    dn = base64.b64encode("cn=J\u00f6rg,dc=x".encode()).decode()
    assert entries(f"dn:: {dn}\njpegPhoto:: AAH/\nobjectGUID;binary:: AAE=\ncn;lang-de: J\n") == [
        ("cn=J\u00f6rg,dc=x".encode(), {"jpegphoto": [b"\0\1\xff"], "objectguid": [b"\0\1"], "cn;lang-de": [b"J"]})
    ]


def test_windows_line_ends_and_a_missing_last_one_do_no_harm() -> None:
    assert entries(b"dn: dc=x\r\ndc: x\r\n\r\ndn: dc=y") == [(b"dc=x", {"dc": [b"x"]}), (b"dc=y", {})]


def test_records_to_add_are_entries() -> None:
    assert entries("dn: dc=x\nchangetype: add\ndc: x\n") == [(b"dc=x", {"dc": [b"x"]})]


def test_an_empty_file_has_no_entries() -> None:
    assert entries("") == entries("\n\n# nothing\n\n") == []


def test_the_end_of_a_search_is_checked_and_references_are_skipped() -> None:
    export = "dn: dc=x\n\n# search reference\nref: ldap://other\n\n# search result\nsearch: 2\nresult: %s\n"
    assert len(entries(export % "0 Success")) == 1
    with pytest.raises(IncompleteReadError, match="4 Size limit exceeded"):
        entries(export % "4 Size limit exceeded")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cn: Ann\n", "line 1: a record begins with cn instead of dn"),
        ("dn: dc=x\n\nnothing here\n", "line 3: attribute: value is expected"),
        ("dn: dc=x\n: empty\n", "line 2: attribute: value is expected"),
        ("dn: dc=x\nchangetype: delete\n", "line 2: this is a change record"),
        ("dn: dc=x\ncontrol: 1.2.3 true\nchangetype: add\n", "line 2: this is a change record"),
        ("dn: dc=x\nphoto:< file:///etc/passwd\n", "line 2: values behind URLs are not read"),
        ("dn: dc=x\ncn:: @@@\n", "line 2: the value is not valid Base64"),
        ("dn: dc=x\ncn: a\ndn: dc=y\n", "line 3: a record has two DNs"),
        ("dn: dc=x\n\n continued\n", "line 3: a continuation line has nothing to continue"),
        (" dn: dc=x\n", "line 1: a continuation line has nothing to continue"),
    ],
)
def test_what_is_no_content_record_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        entries(text)
    assert str(caught.value).startswith(f"people.ldif, {message}")


def fold(line: bytes, width: int) -> bytes:
    """Return the line as physical lines of at most ``width`` octets (RFC 2849, note 2)."""
    pieces = [line[start : start + width] for start in range(0, len(line), width)]
    return b"\n ".join(pieces) + b"\n"


@given(
    st.lists(
        st.tuples(st.binary(), st.dictionaries(st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True), st.binary())),
        max_size=5,
    ),
    st.integers(1, 30),
)
def test_any_values_come_back_however_they_are_folded(
    written: list[tuple[bytes, dict[str, bytes]]], width: int
) -> None:
    content = b""
    for dn, attributes in written:
        attributes.pop("dn", None)
        content += fold(b"dn:: " + base64.b64encode(dn), width)
        for name, value in attributes.items():
            content += fold(name.encode() + b":: " + base64.b64encode(value), width)
        content += b"\n"
    expected = [(dn, {name: [value] for name, value in attributes.items()}) for dn, attributes in written]
    assert entries(content) == expected


@given(st.binary() | st.text("dn: =,\n\r#<version1changetypesearchresult").map(str.encode))
def test_any_bytes_give_entries_or_a_clear_error(content: bytes) -> None:
    with suppress(ConfigurationError, IncompleteReadError):
        assert all(isinstance(dn, bytes) for dn, _unused in entries(content))
