# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only 389 Directory Server has: its identity attribute, and its limits per account."""

from __future__ import annotations

import re

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError
from ansible_collections.dirsync.bitwarden.tests.integration.directory_servers.conftest import Directory
from ansible_collections.dirsync.bitwarden.tests.servers.company import PEOPLE

READER = "uid=reader,dc=example,dc=org"


@pytest.fixture(scope="module")
def limited(ds389_directory: Directory) -> Directory:
    """Return the directory as an account sees it that may read three entries."""
    ds389_directory.change(
        f"dn: {READER}\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: reader\n"
        "userPassword: reader-password\nnsSizeLimit: 3\nnsPagedSizeLimit: 3\n\n"
        "dn: dc=example,dc=org\nchangetype: modify\nadd: aci\n"
        f'aci: (targetattr="*")(version 3.0; acl "reader"; allow (read, search) userdn="ldap:///{READER}";)\n'
    )
    options = {**ds389_directory.options, "bind_dn": READER, "bind_password": "reader-password"}
    return Directory("ldap", options, ds389_directory.base_dn, ds389_directory.ldap_url, ds389_directory.change)


def test_is_recognized_and_gives_its_own_identity(ds389_directory: Directory) -> None:
    reading = ds389_directory.read()
    assert reading.details["server_kind"] == "389ds"
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{8}){3}", user.external_id) for user in reading.users)


@pytest.mark.parametrize("page_size", [0, 5000])
def test_a_limit_never_gives_a_shorter_list(limited: Directory, page_size: int) -> None:
    with pytest.raises(IncompleteReadError, match=r"LimitExceeded.*nsPagedSizeLimit"):
        limited.read(page_size=page_size)


@pytest.mark.parametrize("page_size", [1, 2])
def test_smaller_pages_are_not_limited(limited: Directory, page_size: int) -> None:
    assert len(limited.read(page_size=page_size).users) == len(PEOPLE)


def test_below_the_limit_everything_is_read(limited: Directory) -> None:
    reading = limited.read(user_filter="(mail=john@example.org)", group_filter="(cn=staff)")
    assert [user.email for user in reading.users] == ["john@example.org"]
    assert [(group.name, list(group.users)) for group in reading.groups] == [("staff", [0])]
