# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity attributes of each kind of server, and entries without one."""

from __future__ import annotations

import uuid

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import (
    Attributes,
    Values,
    first_text,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.identity import (
    Identity,
    identity_decoder,
    sid_text,
)


@pytest.mark.parametrize(
    ("attribute", "value", "text"),
    [
        ("objectGUID", bytes(range(16)), "03020100-0504-0706-0809-0a0b0c0d0e0f"),
        ("OBJECTguid", uuid.UUID(int=5).bytes_le, "00000000-0000-0000-0000-000000000005"),
        ("objectSid", bytes.fromhex("010500000000000515000000010000000200000003000000f4010000"), "S-1-5-21-1-2-3-500"),
        ("objectSid", bytes.fromhex("010100000000000100000000"), "S-1-1-0"),
        ("GUID", bytes(range(16)), "000102030405060708090a0b0c0d0e0f"),
        ("entryUUID", b"0b1c0e3e-59c2-1040-8d49-3f3a7f6b6c7d", "0b1c0e3e-59c2-1040-8d49-3f3a7f6b6c7d"),
        ("nsUniqueId", b"3ddb2a01-1dd211b2-80a6ed4f-c0ffee00", "3ddb2a01-1dd211b2-80a6ed4f-c0ffee00"),
        ("employeeNumber", "0042 \u00e4".encode(), "0042 \u00e4"),
    ],
)
def test_decodes_every_kind(attribute: str, value: bytes, text: str) -> None:
    assert identity_decoder(attribute)(value) == text


@pytest.mark.parametrize("value", [b"", b"\1", b"\1\5" + b"\0" * 10, b"\1\1" + b"\0" * 20])
def test_refuses_impossible_sids(value: bytes) -> None:
    with pytest.raises(ValueError, match="length"):
        sid_text(value)


@pytest.mark.parametrize("value", [None, [], [b""], [b"  "], [b"\xff\xfe"]])
def test_an_entry_without_identity_fails_the_read(value: Values) -> None:
    attributes = Attributes()
    identity = Identity("entryUUID", attributes)
    assert identity.read(b"cn=good", [[b"id-1"]]) == "id-1"
    identity.check("users", 1)
    assert identity.read(b"cn=bad,dc=x", [value]) == ""
    with pytest.raises(DirectoryError, match=r"1 of 2 users have no usable entryUUID, for instance cn=bad,dc=x"):
        identity.check("users", 2)


def test_the_dn_needs_no_attribute() -> None:
    attributes = Attributes()
    identity = Identity("DN", attributes)
    assert attributes.names == []
    assert identity.read("cn=J\u00fcrgen,dc=x".encode(), []) == "cn=J\u00fcrgen,dc=x"


def test_attributes_are_requested_once() -> None:
    attributes = Attributes()
    assert attributes.add_all(["mail", "cn", "MAIL"]) == [0, 1, 0]
    assert attributes.names == ["mail", "cn"]


def test_the_first_text_is_the_first_that_is_not_blank() -> None:
    assert first_text([[b"  ", b" Ann "], [b"other"]], [0, 1]) == "Ann"
    assert first_text([None, [b"other"]], [0, 1]) == "other"
    assert first_text([[], None], [0, 1]) is None
