# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources of type file: the format, the LDIF options, and files that cannot be read."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.file import file_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.registry import provider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading

LDIF = """\
version: 1

dn: dc=example,dc=org
objectClass: domain

dn: uid=ann,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
entryUUID: id-ann
uid: ann
cn: Ann Lee
mail: Ann@Example.org

dn: uid=bob,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
entryUUID: id-bob
uid: bob
cn: Bob
displayName: Bobby
pwdAccountLockedTime: 000001010000Z
employeeNumber: 7

dn: cn=dan\\2C jr,ou=guests,dc=example,dc=org
objectClass: inetOrgPerson
entryUUID: id-dan
uid: dan
cn: dan, jr
mail: dan@example.org

dn: cn=staff,ou=groups,dc=example,dc=org
objectClass: groupOfNames
entryUUID: id-staff
cn: staff
member: UID=Ann, OU=People, DC=Example, DC=org
member: cn="dan, jr",ou=guests,dc=example,dc=org
member: cn=unix,ou=groups,dc=example,dc=org
member: uid=gone,ou=people,dc=example,dc=org

dn: cn=unix,ou=groups,dc=example,dc=org
objectClass: posixGroup
entryUUID: id-unix
cn: unix
memberUid: bob
"""


def read(path: Path, source_options: dict[str, Any] | None = None, **options: Any) -> Reading:
    validated = ArgumentSpecValidator(file_spec()).validate({"path": str(path), **options})
    assert not validated.error_messages
    return provider("file", "hr", {**validated.validated_parameters, **(source_options or {})}).read()


@pytest.fixture
def ldif(tmp_path: Path) -> Path:
    path = tmp_path / "people.ldif"
    path.write_text(LDIF)
    return path


def emails(reading: Reading) -> dict[str, str | None]:
    return {user.external_id: user.email for user in reading.users}


def test_ldif_is_read_like_a_server(ldif: Path) -> None:
    reading = read(ldif)
    assert emails(reading) == {"id-ann": "ann@example.org", "id-bob": None, "id-dan": "dan@example.org"}
    assert [user.name for user in reading.users] == ["Ann Lee", "Bobby", "dan, jr"]
    assert [user.status for user in reading.users] == ["active", "disabled", "active"]
    assert [(group.external_id, group.users, group.groups) for group in reading.groups] == [
        ("id-staff", [0, 2], [1]),
        ("id-unix", [1], []),
    ]
    assert reading.server == str(ldif)
    assert reading.details["unresolved_members"] == 1


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"base_dn": "ou=people,dc=example,dc=org"}, ["id-ann", "id-bob"]),
        ({"user_bases": ["OU=Guests, DC=example,DC=org"]}, ["id-dan"]),
        ({"user_bases": ["dc=example,dc=org"], "user_scope": "one"}, []),
        ({"user_bases": ["ou=people,dc=example,dc=org"], "user_scope": "one"}, ["id-ann", "id-bob"]),
        ({"user_bases": [r"cn=dan\, jr,ou=guests,dc=example,dc=org"], "user_scope": "base"}, ["id-dan"]),
        ({"user_filter": "(uid=b*)", "email_suffix": "example.com"}, ["id-bob"]),
        ({"user_filter": "(mail=*)"}, ["id-ann", "id-dan"]),
    ],
)
def test_ldif_knows_bases_scopes_and_filters(ldif: Path, options: dict[str, Any], expected: list[str]) -> None:
    assert list(emails(read(ldif, ldif=options))) == expected


def test_ldif_takes_the_options_of_ldap(ldif: Path) -> None:
    options = {
        "external_id": "dn",
        "email_suffix": "example.com",
        "email_prefix_attribute": "uid",
        "server_kind": "generic",
    }
    reading = read(ldif, ldif=options)
    assert emails(reading)["uid=bob,ou=people,dc=example,dc=org"] == "bob@example.com"
    assert {user.status for user in reading.users} == {"active"}


def test_a_query_of_a_bwdc_filter_narrows_ldif(ldif: Path) -> None:
    assert list(emails(read(ldif, {"user_query": "(uid=a*)", "group_query": None}))) == ["id-ann"]


def test_groups_of_ldif_are_left_alone_where_nobody_asks(ldif: Path) -> None:
    assert read(ldif, {"read_groups": False}).groups == []


def test_ldif_of_active_directory_tells_identity_status_and_primary_group(tmp_path: Path) -> None:
    def binary(name: str, value: bytes) -> str:
        return f"{name}:: {base64.b64encode(value).decode()}\n"

    domain = b"\x01\x05" + (5).to_bytes(6, "big") + b"".join(n.to_bytes(4, "little") for n in (21, 1, 2, 3))
    person = "objectClass: user\nobjectCategory: CN=Person,CN=Schema,DC=x\nprimaryGroupID: 513\nuserAccountControl: "
    path = tmp_path / "export.ldf"
    path.write_text(
        f"dn: CN=Ann,DC=x\n{person}512\nname: Ann\nmail: ann@x.org\n"
        + binary("objectGUID", bytes(range(16)))
        + binary("objectSid", domain + (1001).to_bytes(4, "little"))
        + f"\ndn: CN=Bob,DC=x\n{person}514\nname: Bob\nmail: bob@x.org\n"
        + binary("objectGUID", bytes(range(1, 17)))
        + binary("objectSid", domain + (1002).to_bytes(4, "little"))
        + "\ndn: CN=Domain Users,DC=x\nobjectClass: group\nname: Domain Users\n"
        + binary("objectGUID", bytes(range(2, 18)))
        + binary("objectSid", domain + (513).to_bytes(4, "little"))
    )
    reading = read(path, format="ldif", ldif={"server_kind": "active_directory"})
    assert [(user.external_id, user.status) for user in reading.users] == [
        ("03020100-0504-0706-0809-0a0b0c0d0e0f", "active"),
        ("04030201-0605-0807-090a-0b0c0d0e0f10", "disabled"),
    ]
    assert [(group.name, group.users) for group in reading.groups] == [("Domain Users", [0, 1])]


def test_an_identity_that_entries_lack_is_an_error(ldif: Path) -> None:
    with pytest.raises(DirectoryError, match="employeeNumber"):
        read(ldif, ldif={"external_id": "employeeNumber"})


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("a.json", '{"users": [{"external_id": "1", "email": "\u00fc@x.org"}]}', {}),
        ("a.YAML", "users: [{external_id: '1'}]", {}),
        ("a.txt", "\ufeffusers: [{external_id: '1'}]", {"format": "yaml"}),
        ("a.csv", "\ufeffexternal_id,email\n1,a@x.org\n", {}),
    ],
)
def test_the_ending_or_the_option_tells_the_format(tmp_path: Path, name: str, content: str, options: Any) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert list(emails(read(path, **options))) == ["1"]


def test_csv_with_memberships_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_bytes("external_id;email;name\n1;a@x.org;J\u00f6rg\n".encode("cp1252"))
    (tmp_path / "g.csv").write_bytes("group;member\nB\u00fcro;1\n".encode("cp1252"))
    options = {"delimiter": ";", "encoding": "cp1252", "memberships_path": str(tmp_path / "g.csv")}
    reading = read(tmp_path / "u.csv", csv=options)
    assert reading.users[0].name == "J\u00f6rg"
    assert [(group.name, group.users) for group in reading.groups] == [("B\u00fcro", [0])]


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.txt", b"", {}, r"does not say what format .*a\.txt has"),
        ("a.csv", b"external_id,email\n1,\xff\n", {}, r"a\.csv, line 2: this is not utf-8"),
        ("a.csv", b"x", {"csv": {"encoding": "klingon"}}, "encoding klingon is unknown"),
        (
            "a.csv",
            b"external_id,email\n",
            {"csv": {"memberships_path": "/none.csv"}},
            r"none\.csv cannot be read: No such",
        ),
        ("folder.csv/a", None, {"format": "csv"}, "cannot be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, content: bytes | None, options: dict[str, Any], message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        read(tmp_path / name, **options)


def test_an_ldap_filter_makes_no_sense_for_other_formats(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="LDAP filter for a file that is no LDIF"):
        read(tmp_path / "a.csv", {"user_query": "(uid=a)"})


def test_probe_shows_what_is_there(ldif: Path) -> None:
    validated = ArgumentSpecValidator(file_spec()).validate({"path": str(ldif)}).validated_parameters
    probe = provider("file", "hr", validated).probe()
    assert (probe["format"], probe["users"], probe["groups"]) == ("ldif", 3, 2)
    assert probe["sample_users"][0] == {
        "external_id": "id-ann",
        "email": "ann@example.org",
        "name": "Ann Lee",
        "status": "active",
    }


def test_a_part_of_a_large_group_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.ldif"
    path.write_text(LDIF.replace("memberUid: bob", "memberUid;range=0-0: bob"))
    with pytest.raises(IncompleteReadError, match=r"line \d+: the entry has only a part of its values of memberuid"):
        read(path)
    path.write_text(LDIF.replace("memberUid: bob", "memberUid;range=0-*: bob"))
    assert read(path).groups[1].users == [1]


def test_a_group_without_its_name_attribute_has_its_cn(ldif: Path) -> None:
    ldif.write_text(LDIF.replace("cn: unix\n", "cn: unix\ndescription: Unix users\n"))
    reading = read(ldif, ldif={"group_name_attribute": "description"})
    assert [group.name for group in reading.groups] == ["staff", "Unix users"]


def test_deleted_users_need_not_fit_the_filter_of_users(ldif: Path) -> None:
    options = {"user_filter": "(mail=ann*)", "user_bases": ["ou=people,dc=example,dc=org"]}
    reading = read(ldif, ldif={**options, "deleted_bases": ["ou=guests,dc=example,dc=org"]})
    assert {user.external_id: user.status for user in reading.users} == {"id-ann": "active", "id-dan": "deleted"}


def test_a_delimiter_is_one_character(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"csv\.delimiter '\\\\t', which is not one character"):
        read(tmp_path / "a.csv", csv={"delimiter": "\\t"})
