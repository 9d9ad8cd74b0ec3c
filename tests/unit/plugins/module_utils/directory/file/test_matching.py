# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Search filters decided without a server."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.matching import condition_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import parse_filter

ENTRY = {
    "objectclass": [b"inetOrgPerson"],
    "objectcategory": [b"CN=Person,CN=Schema,DC=example,DC=org"],
    "cn": ["Ann  \u00c4rger".encode(), b"A. Lee"],
    "mail": [b"Ann.Lee@Example.org"],
    "employeenumber": [b"42"],
    "description": [b"star * and (brackets)"],
}


def fits(text: str) -> bool:
    return condition_from(parse_filter(text, "user_filter"))(ENTRY)


@pytest.mark.parametrize(
    "text",
    [
        "(mail=ann.lee@example.ORG)",
        "(MAIL=*)",
        "(cn=a. lee)",
        "(cn=ann \u00e4rger)",
        "(cn=*n \u00c4*)",
        "(cn~=A. LEE)",
        "(mail=ann*)",
        "(mail=*@example.org)",
        "(mail=*lee*)",
        "(mail=a*.*@*.org)",
        r"(description=star \2a and \28brackets\29)",
        "(employeeNumber>=5)",
        "(employeeNumber<=100)",
        "(cn>=a)",
        "(objectClass=inetorgperson)",
        "(objectClass=person)",
        "(objectClass=top)",
        "(objectCategory=person)",
        "(&(mail=*)(!(description=x))(|(cn=nobody)(cn=a*)))",
        "(&)",
        "(!(missing=x))",
    ],
)
def test_selects(text: str) -> None:
    assert fits(text)


@pytest.mark.parametrize(
    "text",
    [
        "(mail=ann.lee@example.com)",
        "(missing=*)",
        "(missing>=1)",
        "(mail=*lee)",
        "(mail=lee*)",
        "(mail=ann.lee@example.org*ann.lee@example.org)",
        "(mail=*org*org)",
        "(employeeNumber>=100)",
        "(employeeNumber<=5)",
        "(objectClass=group)",
        "(objectCategory=group)",
        "(!(mail=*))",
        "(|)",
        "(&(mail=*)(cn=nobody))",
    ],
)
def test_rejects(text: str) -> None:
    assert not fits(text)


def test_extensible_matches_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="only a server can decide"):
        condition_from(parse_filter("(&(a=b)(userAccountControl:1.2.840.113556.1.4.803:=2))", "user_filter"))
