# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every kind of server has to give: the whole company, or an error that says what is wrong."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.membership import flatten
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading, User
from ansible_collections.dirsync.bitwarden.tests.integration.directory_servers.conftest import Directory
from ansible_collections.dirsync.bitwarden.tests.servers.company import MEMBERS, PEOPLE, person_dn
from ansible_collections.dirsync.bitwarden.tests.support.cutting_proxy import CuttingProxy


def by_email(reading: Reading) -> dict[str, User]:
    return {user.email: user for user in reading.users if user.email}


def memberships(reading: Reading) -> dict[str, frozenset[str | None]]:
    """Return the e-mails of the users of each group of the company, nested groups included."""
    emails = [user.email for user in reading.users]
    return {
        group.name: frozenset(email for bit, email in enumerate(emails) if bits >> bit & 1)
        for group, bits in zip(reading.groups, flatten(reading), strict=True)
        if group.name in MEMBERS
    }


def identities(reading: Reading) -> set[str]:
    return {record.external_id for record in (*reading.users, *reading.groups)}


def test_reads_everybody_with_status(directory: Directory) -> None:
    users = by_email(directory.read(base_dn=directory.base_dn))
    assert {email: user.status for email, user in users.items()} == {
        person.email.lower(): "disabled" if person.disabled else "active" for person in PEOPLE
    }
    assert users["bob@example.org"].status_reason
    assert {users[person.email.lower()].name for person in PEOPLE} == {person.name for person in PEOPLE}


def test_flattens_nested_groups_and_rings(directory: Directory) -> None:
    assert memberships(directory.read(base_dn=directory.base_dn)) == MEMBERS


def test_needs_nothing_but_server_and_account(directory: Directory) -> None:
    reading = directory.read()
    assert {person.email.lower() for person in PEOPLE} <= set(by_email(reading))
    assert memberships(reading) == MEMBERS


@pytest.mark.parametrize("page_size", [0, 1, 2, 5])
def test_every_page_size_gives_the_same(directory: Directory, page_size: int) -> None:
    paged = directory.read(page_size=page_size)
    whole = directory.read()
    assert (paged.users, paged.groups) == (whole.users, whole.groups)


def test_start_tls_gives_the_same(directory: Directory) -> None:
    changes = {"servers": [directory.ldap_url], "start_tls": True, "tls_server_name": "localhost"}
    assert identities(directory.read(**changes)) == identities(directory.read())


def test_identities_survive_a_new_name_and_place(directory: Directory) -> None:
    before = by_email(directory.read())["ann.ng@example.org"]
    old = person_dn("ann", directory.base_dn.partition(",")[2])
    rename = "changetype: modrdn\nnewrdn: {}\ndeleteoldrdn: 1\n"
    directory.change(f"dn: {old}\n" + rename.format("CN=Ann Married"))
    try:
        after = by_email(directory.read())["ann.ng@example.org"]
    finally:
        directory.change(f"dn: {old.replace('Ann Ng', 'Ann Married')}\n" + rename.format("CN=Ann Ng"))
    assert after.external_id == before.external_id
    assert after.name == "Ann Married"


def test_the_dn_can_be_the_identity(directory: Directory) -> None:
    reading = directory.read(external_id="dn", base_dn=directory.base_dn)
    assert all(identity.lower().endswith(directory.base_dn.lower()) for identity in identities(reading))


def test_filters_narrow_users_and_groups(directory: Directory) -> None:
    reading = directory.read(user_filter="(mail=*jo*n@example.org)", group_filter="(|(cn=staff)(cn=everybody))")
    assert [user.email for user in reading.users if user.status != "deleted"] == ["john@example.org"]
    members = frozenset({"john@example.org"})
    assert memberships(reading) == {"staff": members, "everybody": members}


def test_attribute_names_without_regard_to_case(directory: Directory) -> None:
    reading = directory.read(email_attributes=["MAIL"], member_attributes=["MEMBER"], base_dn=directory.base_dn)
    assert memberships(reading) == MEMBERS


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"bind_password": "wrong-secret"}, DirectoryAuthenticationError, r"refused to authenticate.*\(49\)"),
        ({"ca_file": None}, DirectoryConnectionError, "certificate.*not accepted"),
        ({"base_dn": "ou=nowhere,dc=example,dc=org"}, IncompleteReadError, "below ou=nowhere,dc=example,dc=org"),
        ({"email_attributes": ["pager"]}, DirectoryError, "users has a value of pager"),
        ({"member_attributes": ["seeAlso"]}, DirectoryError, "groups has the attribute seeAlso"),
        ({"group_name_attribute": "pager"}, DirectoryError, "groups has the attribute pager"),
        ({"external_id": "pager"}, DirectoryError, "users have no usable pager"),
        ({"user_filter": "(mail=*"}, ConfigurationError, "user_filter is not valid at character 8"),
    ],
)
def test_mistakes_are_explained(
    directory: Directory, changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        directory.read(**changes)
    assert "wrong-secret" not in str(caught.value)
    assert directory.options["bind_password"] not in repr(caught.value)


def test_refuses_to_read_in_the_clear(directory: Directory) -> None:
    with pytest.raises(ConfigurationError, match="without encryption"):
        directory.read(servers=[directory.ldap_url])


def test_goes_on_to_the_next_server_when_one_is_dead(directory: Directory) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        dead = f"ldaps://127.0.0.1:{unused.getsockname()[1]}"
    assert memberships(directory.read(servers=[dead, *directory.options["servers"]])) == MEMBERS


def test_does_not_try_a_refused_password_on_the_next_server(directory: Directory) -> None:
    with socket.create_server(("127.0.0.1", 0)) as second:
        second.settimeout(0)
        servers = [*directory.options["servers"], f"ldaps://127.0.0.1:{second.getsockname()[1]}"]
        with pytest.raises(DirectoryAuthenticationError):
            directory.read(servers=servers, bind_password="wrong")
        with pytest.raises(BlockingIOError):
            second.accept()


def test_a_server_that_says_nothing_is_given_up(directory: Directory) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        servers = [f"ldaps://127.0.0.1:{silent.getsockname()[1]}"]
        with pytest.raises(DirectoryConnectionError, match="timed out"):
            directory.read(servers=servers, connect_timeout=1, read_timeout=1)


def test_a_connection_cut_anywhere_is_an_error(directory: Directory) -> None:
    """Cut after every so many octets of what the server sends, up to the point where all of it went through."""
    errors = 0
    for after in range(1000, 100_000, 300):
        with CuttingProxy(directory.options["servers"][0], after) as proxy:
            try:
                reading = directory.read(servers=[proxy.url], tls_server_name="localhost", page_size=2)
            except DirectoryConnectionError:
                errors += 1
                continue
        assert memberships(reading) == MEMBERS
        break
    assert 5 < errors < 300
