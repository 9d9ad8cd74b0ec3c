# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenLDAP: its limits, its ways to authenticate, its kinds of groups and the spellings that it keeps."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.integration.directory_servers.conftest import Directory
from ansible_collections.dirsync.bitwarden.tests.servers.company import ldif_entry
from ansible_collections.dirsync.bitwarden.tests.servers.directory_data import directory_ldif, user_dn
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.cutting_proxy import CuttingProxy

USERS, GROUPS = 3000, 20


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    """Yield a server with enough people for its limits."""
    if not Slapd.available():
        pytest.skip("slapd is not installed")
    with Slapd(tmp_path_factory.mktemp("slapd") / "server") as server:
        server.load(directory_ldif(USERS, GROUPS))
        yield server


@pytest.fixture
def limits(slapd: Slapd) -> Iterator[Any]:
    """Yield a function that limits the reader, and lift the limits afterwards."""
    yield lambda limit: slapd.limit({slapd.reader_dn: limit})
    slapd.limit({slapd.reader_dn: "size=unlimited"})


def source(server: Slapd, **options: Any) -> Directory:
    account = {"bind_dn": server.reader_dn, "bind_password": server.reader_password}
    complete = {"servers": [server.ldaps_url], "ca_file": server.ca_file, **account, **options}
    given = {name: value for name, value in complete.items() if value is not None}
    return Directory("ldap", given, server.base_dn, server.ldap_url, server.change)


@pytest.mark.parametrize("page_size", [0, 100, 999, 5000])
def test_reads_everybody_whatever_the_page_size(slapd: Slapd, page_size: int) -> None:
    reading = source(slapd).read(page_size=page_size)
    assert (len(reading.users), len(reading.groups)) == (USERS, GROUPS)


@pytest.mark.parametrize(
    ("limit", "page_size", "code"),
    [
        ("size=500", 0, "sizeLimitExceeded"),
        ("size=500", 100, "sizeLimitExceeded"),
        ("size.soft=500 size.hard=1000", 5000, "sizeLimitExceeded"),
        ("size=unlimited size.prtotal=1000", 200, "sizeLimitExceeded|adminLimitExceeded"),
        ("size=unlimited size.prtotal=disabled", 200, "unwillingToPerform|adminLimitExceeded|sizeLimitExceeded"),
    ],
)
def test_a_limit_never_gives_a_shorter_list(slapd: Slapd, limits: Any, limit: str, page_size: int, code: str) -> None:
    limits(limit)
    with pytest.raises(IncompleteReadError, match=code):
        source(slapd).read(page_size=page_size)


def test_pages_shrink_to_what_the_server_allows(slapd: Slapd, limits: Any) -> None:
    limits("size=unlimited size.pr=500 size.prtotal=unlimited")
    reading = source(slapd).read()
    assert len(reading.users) == USERS
    assert reading.details["pages"] >= USERS / 500


def test_an_account_without_read_rights_is_noticed(slapd: Slapd) -> None:
    with pytest.raises(DirectoryError, match="1 of 1 users have no usable entryUUID"):
        source(slapd, bind_dn="cn=blind,dc=example,dc=org").read(user_bases=[user_dn(1)], server_kind="openldap")


def test_sasl_external_over_a_local_socket(slapd: Slapd) -> None:
    options = source(slapd, servers=[slapd.ldapi_url], authentication="external", bind_dn=None, bind_password=None)
    assert len(options.read().users) == USERS


def test_sasl_external_with_a_certificate(slapd: Slapd) -> None:
    """The server maps the certificate to an identity that may read 500 entries only."""
    certificate, key = slapd.client_certificate
    options = source(
        slapd,
        authentication="external",
        bind_dn=None,
        bind_password=None,
        client_certificate=certificate,
        client_key=key,
    )
    with pytest.raises(IncompleteReadError, match="after 500 entries"):
        options.read()
    assert len(options.read(user_filter="(uid=user00000*)").users) == 10


def test_anonymous_on_request(slapd: Slapd) -> None:
    options = source(slapd, authentication="anonymous", bind_dn=None, bind_password=None)
    assert len(options.read(user_filter="(uid=user00000*)").users) == 10


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"bind_dn": "cn=nobody,dc=example,dc=org"}, DirectoryAuthenticationError, "invalidCredentials"),
        ({"bind_dn": "nobody"}, DirectoryAuthenticationError, "invalidDNSyntax"),
        ({"tls_server_name": "other.example.org"}, DirectoryConnectionError, "It is that of .* for localhost"),
    ],
)
def test_refusals_are_explained(slapd: Slapd, changes: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        source(slapd).read(**changes)


def test_tls_on_the_wrong_port(slapd: Slapd) -> None:
    with pytest.raises(DirectoryConnectionError, match="Check the port"):
        source(slapd).read(servers=[slapd.ldap_url.replace("ldap:", "ldaps:")])
    with pytest.raises(DirectoryConnectionError):
        source(slapd).read(servers=[slapd.ldaps_url.replace("ldaps:", "ldap:")], start_tls=True, read_timeout=2)


def test_verification_can_be_switched_off_by_name_only(slapd: Slapd) -> None:
    assert len(source(slapd, ca_file=None).read(validate_certs=False).users) == USERS


def test_a_server_that_stops_answering(slapd: Slapd) -> None:
    """The process is frozen in the middle of a read: it accepts connections and says nothing."""
    assert slapd.process is not None
    os.kill(slapd.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(DirectoryConnectionError, match=r"timed out|did not answer"):
            source(slapd).read(connect_timeout=1, read_timeout=1)
    finally:
        os.kill(slapd.process.pid, signal.SIGCONT)


PEOPLE = "ou=people,dc=example,dc=org"
ODD_GROUPS = "ou=groups,dc=example,dc=org"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    """Yield a server with odd spellings and every kind of group."""
    if not Slapd.available():
        pytest.skip("slapd is not installed")
    with Slapd(tmp_path_factory.mktemp("slapd") / "server") as server:
        server.load("\n".join(_odd_entries()))
        yield server


def _odd_entries() -> Iterator[str]:
    for rdn, uid in [
        ("uid=ann", "ann"),
        ("cn=Doe\\, John", "john"),
        ("cn=J\u00fcrgen", "jurgen"),
        ("uid=mv+cn=multi", "mv"),
        ("cn=Hash#x", "hash"),
    ]:
        attributes = {"objectClass": ["inetOrgPerson"], "sn": ["x"], "uid": [uid], "mail": [f"{uid}@example.org"]}
        if not rdn.startswith("cn="):
            attributes["cn"] = ["multi"]
        yield ldif_entry(f"{rdn},{PEOPLE}", attributes)
    members = [
        "UID=Ann, OU=People, DC=Example,DC=org",
        f'CN="Doe, John",{PEOPLE}',
        f"cn=j\\c3\\bcrgen,{PEOPLE}",
        f"cn=Multi+uid=MV,{PEOPLE}",
        f"2.5.4.3=hash\\23x,{PEOPLE}",
        "cn=somebody else,dc=example,dc=net",
    ]
    yield ldif_entry(f"cn=names,{ODD_GROUPS}", {"objectClass": ["groupOfNames"], "member": members})
    unique = [f"uid=ann,{PEOPLE}#'0101'B", f"CN=Names,{ODD_GROUPS}"]
    yield ldif_entry(f"cn=unique,{ODD_GROUPS}", {"objectClass": ["groupOfUniqueNames"], "uniqueMember": unique})
    posix = {"objectClass": ["posixGroup"], "gidNumber": ["5"], "memberUid": ["ANN", "mv", "nobody"]}
    yield ldif_entry(f"cn=posix,{ODD_GROUPS}", posix)


def _direct(reading: Reading) -> dict[str, tuple[set[str | None], set[str]]]:
    return {
        group.name: (
            {reading.users[position].email for position in group.users},
            {reading.groups[position].name for position in group.groups},
        )
        for group in reading.groups
    }


def test_every_spelling_and_every_kind_of_group(odd: Slapd) -> None:
    reading = source(odd).read()
    everybody: set[str | None] = {f"{uid}@example.org" for uid in ("ann", "john", "jurgen", "mv", "hash")}
    assert _direct(reading) == {
        "names": (everybody, set()),
        "unique": ({"ann@example.org"}, {"names"}),
        "posix": ({"ann@example.org", "mv@example.org"}, set()),
    }
    assert reading.details["unresolved_members"] == 2
    assert not reading.warnings


def test_other_bases_and_an_email_made_of_the_login(odd: Slapd) -> None:
    reading = source(odd).read(
        user_bases=[f"uid=ann,{PEOPLE}", PEOPLE],
        group_bases=[f"cn=posix,{ODD_GROUPS}"],
        group_scope="base",
        email_attributes=["labeledURI"],
        email_suffix="vault.example.org",
    )
    assert len(reading.users) == 5
    assert reading.users[0].email == "ann@vault.example.org"
    assert reading.details["users_by_base"] == {f"uid=ann,{PEOPLE}": 1, PEOPLE: 4}
    assert [group.name for group in reading.groups] == ["posix"]


def test_killed_in_the_middle(tmp_path: Path) -> None:
    if not Slapd.available():
        pytest.skip("slapd is not installed")
    with Slapd(tmp_path / "server") as server:
        server.load(directory_ldif(USERS, GROUPS))
        with (
            CuttingProxy(server.ldaps_url, 200_000, server.kill) as proxy,
            pytest.raises(DirectoryConnectionError, match=r"broke off after [1-9][0-9]+ entries.*Nothing of what had"),
        ):
            source(server).read(servers=[proxy.url])


def test_nothing_is_read_again_until_something_changes(odd: Slapd) -> None:
    provider = source(odd).provider(incremental=True)
    first = provider.read()
    assert first.details["full_read_because"] == "there is nothing to build upon"
    second = provider.read(first.state)
    assert (second.details["incremental"], second.users, second.groups) == (True, first.users, first.groups)
    odd.change(f"dn: uid=ann,{PEOPLE}\nchangetype: modify\nreplace: mail\nmail: ann.new@example.org\n")
    try:
        third = provider.read(second.state)
    finally:
        odd.change(f"dn: uid=ann,{PEOPLE}\nchangetype: modify\nreplace: mail\nmail: ann@example.org\n")
    assert third.details["full_read_because"] == "the directory changed"
    assert third.users[0].email == "ann.new@example.org"


def _person(uid: str, folder: str) -> str:
    attributes = {"objectClass": ["inetOrgPerson"], "cn": [uid], "sn": [uid], "mail": [f"{uid}@example.org"]}
    return ldif_entry(f"uid={uid},{folder},dc=example,dc=org", attributes)


def test_the_tree_of_freeipa(tmp_path: Path) -> None:
    """People and groups lie in folders of their own, preserved users in another, and copies of all in cn=compat."""
    if not Slapd.available():
        pytest.skip("slapd is not installed")
    folders = ["cn=accounts", "cn=users,cn=accounts", "cn=groups,cn=accounts", "cn=compat"]
    provisioning = ["cn=provisioning", "cn=accounts,cn=provisioning", "cn=deleted users,cn=accounts,cn=provisioning"]
    with Slapd(tmp_path / "server") as server:
        for folder in folders:
            server.change(ldif_entry(f"{folder},dc=example,dc=org", {"objectClass": ["organizationalRole"]}))
        server.change(_person("ann", "cn=users,cn=accounts"))
        server.change(_person("ann", "cn=compat"))
        options = {"external_id": "entryUUID", "group_filter": "(objectClass=groupOfNames)"}
        freeipa = source(server, server_kind="freeipa", **options)
        without = freeipa.read()
        for folder in provisioning:
            server.change(ldif_entry(f"{folder},dc=example,dc=org", {"objectClass": ["organizationalRole"]}))
        server.change(_person("bob", provisioning[-1]))
        preserved = freeipa.read()
    assert [(user.email, user.status) for user in without.users] == [("ann@example.org", "active")]
    assert [warning.code for warning in without.warnings] == ["deleted_unreadable"]
    assert [(user.email, user.status) for user in preserved.users[1:]] == [("bob@example.org", "deleted")]
    assert not preserved.warnings
