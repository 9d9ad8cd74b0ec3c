# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An OpenLDAP server and its own exports give the same users and groups."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.file import file_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.ldap import ldap_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.membership import flatten
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.registry import provider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.servers.directory_data import BASE_DN, directory_ldif
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd

ODD_ENTRIES = r"""
dn: cn=Doe\, John,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
cn: Doe, John
sn: Doe
uid: JDoe
mail:  John.Doe@Example.org

dn:: Y249SsO2cmcgw4RyZ2VyLG91PXBlb3BsZSxkYz1leGFtcGxlLGRjPW9yZw==
objectClass: inetOrgPerson
cn:: SsO2cmcgw4RyZ2Vy
sn: X
uid: joerg

dn: uid=two+cn=values,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
cn: values
sn: X
uid: two
mail: two@example.com
mail: two@example.org

dn: cn=odd,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: odd
member: CN="Doe, John", OU=People, DC=example, DC=org
member:: Q049asO2cmcgw6RyZ2VyLG91PVBlb3BsZSxkYz1leGFtcGxlLGRjPW9yZw==
member: CN=Values+UID=Two,ou=people,dc=example,dc=org
member: cn=gone,ou=people,dc=example,dc=org

dn: cn=unique,ou=groups,dc=example,dc=org
objectClass: groupOfUniqueNames
cn: unique
uniqueMember: uid=two+cn=values,ou=people,dc=example,dc=org#'0101'B
uniqueMember: CN=Odd,OU=groups,dc=example,dc=org

dn: cn=unix,ou=groups,dc=example,dc=org
objectClass: posixGroup
cn: unix
gidNumber: 100
memberUid: jdoe
memberUid: nobody
"""

QUERIES: list[Mapping[str, Any]] = [
    {},
    {"external_id": "dn"},
    {"base_dn": "OU=People, DC=Example,DC=org", "group_bases": ["ou=groups,dc=example,dc=org"]},
    {"user_filter": "(&(objectClass=person)(|(mail=*@example.com)(!(mail=*))(uid=user00001*)))"},
    {"user_filter": "(&(sn=*)(createTimestamp>=20200101000000Z))", "group_filter": "(|(cn=group*)(gidNumber>=9))"},
    {"email_suffix": "example.net", "email_domains": ["example.org"], "user_name_attributes": ["sn"]},
    {"user_bases": ["ou=people,dc=example,dc=org"], "user_scope": "one"},
]


def read(source_type: str, specification: dict[str, Any], options: Mapping[str, Any]) -> Reading:
    validated = ArgumentSpecValidator(specification).validate(options)
    assert not validated.error_messages
    return provider(source_type, "corp", validated.validated_parameters).read()


def content(reading: Reading) -> tuple[Any, ...]:
    """Return users, groups with flattened members, and warnings, in an order that does not depend on the server."""
    ids = [user.external_id for user in reading.users]
    flat = flatten(reading)
    groups = [
        (group.external_id, group.name, sorted(id_ for n, id_ in enumerate(ids) if bits >> n & 1))
        for group, bits in zip(reading.groups, flat, strict=True)
    ]
    warnings = sorted((warning.code, warning.record) for warning in reading.warnings)
    return sorted(reading.users, key=lambda user: user.external_id), sorted(groups), warnings


@pytest.mark.skipif(not Slapd.available(), reason="slapd is not installed")
def test_exports_say_what_the_server_says(slapd: Slapd, tmp_path: Path) -> None:
    slapd.load(directory_ldif(60, 12, members=4) + "\n" + ODD_ENTRIES)
    slapcat = [str(slapd.directory / "slapd"), "-Tcat", "-F", str(slapd.directory / "configuration"), "-b", BASE_DN]
    ldapsearch = ["ldapsearch", "-Q", "-Y", "EXTERNAL", "-H", slapd.ldapi_url, "-b", BASE_DN, "*", "+"]
    exports = {tmp_path / "slapcat.ldif": slapcat, tmp_path / "ldapsearch.ldif": ldapsearch}
    for path, command in exports.items():
        path.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    server = {
        "servers": [slapd.ldaps_url],
        "ca_file": slapd.ca_file,
        "bind_dn": slapd.reader_dn,
        "bind_password": slapd.reader_password,
    }
    for query in QUERIES:
        expected = content(read("ldap", ldap_spec(), {**server, **query}))
        assert expected[0], query
        for path in exports:
            found = content(read("file", file_spec(), {"path": str(path), "ldif": dict(query)}))
            assert found == expected, (path.name, query)
