# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Active Directory as a source, against a controller with the limits of Microsoft's, and its attributes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap import active_directory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.active_directory import (
    ActiveDirectoryProvider,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.active_directory_accounts import (
    AccountStatus,
    filetime,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.active_directory_deleted import (
    read_deleted_objects,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Search
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.wire import Entry
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.servers.domain_controller import DOMAIN, DomainController, Limits
from ansible_collections.dirsync.bitwarden.tests.support.active_directory import group, guid, sid, user

Read = Callable[..., Reading]
NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)


@pytest.fixture
def read(active_directory_options: Callable[..., dict[str, Any]]) -> Read:
    def read_from(*controllers: DomainController, **options: Any) -> Reading:
        servers = [controller.url for controller in controllers]
        complete = active_directory_options(servers=servers, allow_cleartext=True, **options)
        return ActiveDirectoryProvider("corp", complete).read()

    return read_from


@pytest.mark.parametrize("shrinking", [False, True])
def test_groups_of_any_size_are_complete(read: Read, shrinking: bool) -> None:
    users = dict(user(number) for number in range(1, 7322))
    groups = dict([group(9001, "Everybody", list(users)), group(9002, "Small", list(users)[:1500])])
    with DomainController(users, groups, limits=Limits(shrinking=shrinking)) as controller:
        reading = read(controller)
    assert len(reading.users) == 7321
    assert {found.name: len(set(found.users)) for found in reading.groups} == {"Everybody": 7321, "Small": 1500}
    assert reading.details["references"] > 0
    sizes = {request.page[0] for request in controller.requests if request.operation == 0x63 and request.page}
    assert sizes == {5000}, "the controller sends 1000 at a time without being asked to"


def test_identity_is_the_guid_in_its_usual_notation(read: Read) -> None:
    with DomainController(dict([user(7)])) as controller:
        reading = read(controller)
    assert [found.external_id for found in reading.users] == [str(guid(7))]


def test_members_by_primary_group(read: Read) -> None:
    """Users who have the group of another domain with the same number are not in this one."""
    users = dict(
        [user(1), user(2, primaryGroupID=["515"]), user(3, objectSid=[b"\1\5" + sid(3)[2:-5] + b"\xff" + sid(3)[-4:]])]
    )
    groups = dict([group(513, "Domain Users", []), group(515, "Others", [])])
    with DomainController(users, groups) as controller:
        reading = read(controller)
    assert {found.name: list(found.users) for found in reading.groups} == {"Domain Users": [0], "Others": [1]}


def test_deleted_users_are_told_from_absent_ones(read: Read) -> None:
    gone = {
        f"CN=User 8\\0ADEL:{guid(8)},CN=Deleted Objects,{DOMAIN}": {
            "objectGUID": [guid(8).bytes_le],
            "name": [f"User 8\nDEL:{guid(8)}"],
        }
    }
    with DomainController(dict([user(1)]), deleted=gone) as controller:
        reading = read(controller)
        without = read(controller, deleted_objects=False)
    assert [(found.external_id, found.name, found.status, found.email) for found in reading.users[1:]] == [
        (str(guid(8)), "User 8", "deleted", None)
    ]
    assert len(without.users) == 1


def test_a_deleted_user_who_is_sent_twice_is_one() -> None:
    class Repeating:
        def read(self, search: Search) -> Iterator[list[Entry]]:
            row = {"objectguid": [guid(8).bytes_le], "name": [b"User 8"]}
            yield [(b"CN=User 8", tuple(row.get(name.lower()) for name in search.attributes))] * 2

    users, warnings = read_deleted_objects(Repeating(), DOMAIN, "objectGUID", "corp")
    assert ([user.external_id for user in users], warnings) == ([str(guid(8))], [])


@pytest.mark.parametrize(
    ("attributes", "emails"),
    [
        (["mail"], ["user1@example.org", None]),
        (["mail", "userPrincipalName"], ["user1@example.org", "two@corp.example.org"]),
        (["proxyAddresses", "mail"], ["main@example.org", None]),
    ],
)
def test_chooses_the_email(read: Read, attributes: list[str], emails: list[str | None]) -> None:
    addresses = ["smtp:alias@example.org", "X500:/o=x", "SMTP:main@example.org"]
    users = dict([user(1, proxyAddresses=addresses), user(2, mail=None, userPrincipalName=["two@corp.example.org"])])
    with DomainController(users) as controller:
        reading = read(controller, email_attributes=attributes)
    assert [found.email for found in reading.users] == emails


def expires(moment: datetime) -> bytes:
    return str(filetime(moment)).encode()


@pytest.mark.parametrize(
    ("control", "account_expires", "computed", "status", "reason"),
    [
        (b"512", None, None, "active", ""),
        (b"514", None, None, "disabled", "userAccountControl: disabled"),
        (b"66082", None, None, "disabled", "userAccountControl: disabled"),
        (b"512", b"0", None, "active", ""),
        (b"512", b"9223372036854775807", None, "active", ""),
        (b"512", expires(NOW + timedelta(seconds=1)), None, "active", ""),
        (b"512", expires(NOW), None, "disabled", "accountExpires: 2026-03-01"),
        (b"512", None, b"16", "active", "locked for now after wrong passwords"),
        (b"512", None, b"8388608", "active", ""),
        (None, None, None, "active", ""),
        (b"much", b"-9223372036854775808", b"", "active", ""),
    ],
)
def test_status_of_accounts(
    control: bytes | None, account_expires: bytes | None, computed: bytes | None, status: str, reason: str
) -> None:
    values = [[value] if value else None for value in (control, account_expires, computed)]
    assert AccountStatus(NOW).status(values) == (status, reason)


def test_expiry_can_be_left_out() -> None:
    rule = AccountStatus(NOW, expired_is_disabled=False)
    assert rule.status([[b"512"], [expires(NOW)], None]) == ("active", "")


def test_nobody_is_active_for_want_of_rights(read: Read) -> None:
    users = dict([user(1, userAccountControl=None), user(2, userAccountControl=None)])
    with (
        DomainController(users) as controller,
        pytest.raises(DirectoryError, match="userAccountControl can be read"),
    ):
        read(controller)


def test_some_unknown_status_is_a_warning(read: Read) -> None:
    with DomainController(dict([user(1, userAccountControl=None), user(2)])) as controller:
        reading = read(controller)
    assert [warning.code for warning in reading.warnings] == ["status_unknown"]


@pytest.mark.parametrize(
    ("sub_code", "words"),
    [
        ("525", "does not exist"),
        ("52e", "password is wrong"),
        ("532", "password has expired"),
        ("533", "is disabled"),
        ("701", "has expired"),
        ("773", "must change its password"),
        ("775", "is locked"),
        ("80090346", "channel bindings"),
        ("777", "data 777"),
    ],
)
def test_refused_binds_are_decoded_and_not_repeated(read: Read, sub_code: str, words: str) -> None:
    with (
        DomainController({}, refusal=sub_code) as first,
        DomainController({}) as second,
        pytest.raises(DirectoryAuthenticationError, match=words) as caught,
    ):
        read(first, second)
    assert not second.requests
    assert "secret-of-reader" not in str(caught.value)


def hang_up(on: int, how: int = socket.SHUT_RDWR) -> Callable[[int, socket.socket], None]:
    def on_search(number: int, connection: socket.socket) -> None:
        if number == on:
            connection.shutdown(how)

    return on_search


@pytest.mark.parametrize("how", [socket.SHUT_RDWR, socket.SHUT_WR])
@pytest.mark.parametrize("search", [1, 2, 3, 4])
def test_starts_anew_on_the_next_controller(read: Read, search: int, how: int) -> None:
    """Users come from one controller: the first one's are forgotten, and its cookies are never sent to the second."""
    users = dict(user(number) for number in range(1, 1502))
    with DomainController(users, on_search=hang_up(search, how)) as first, DomainController(users) as second:
        reading = read(first, second)
    assert (len(reading.users), reading.server) == (1501, second.url)
    searches = [request for request in second.requests if request.operation == 0x63]
    assert searches[1].page == (5000, b"")


def test_every_controller_is_named_when_none_answers(read: Read) -> None:
    with (
        DomainController({}, on_search=hang_up(1)) as first,
        DomainController({}, on_search=hang_up(2)) as second,
        pytest.raises(DirectoryConnectionError, match="None of 2 servers") as caught,
    ):
        read(first, second)
    assert first.url in str(caught.value)
    assert second.url in str(caught.value)


def test_a_controller_that_falls_silent_is_left(read: Read) -> None:
    silent = threading.Event()

    def on_search(number: int, connection: socket.socket) -> None:
        if number == 2:
            silent.wait(10)

    with DomainController(dict([user(1)]), on_search=on_search) as first, DomainController(dict([user(1)])) as second:
        reading = read(first, second, read_timeout=1)
        silent.set()
    assert reading.server == second.url


def test_other_servers_are_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.dirsync.bitwarden.tests.servers.domain_controller.ROOT_DSE", {})
    with DomainController({}) as controller, pytest.raises(ConfigurationError, match="no Active Directory"):
        read(controller)


def test_a_global_catalog_is_read_as_a_whole(
    active_directory_options: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[tuple[Any, ...]] = []

    def find(domain: str, site: str | None, *, global_catalog: bool) -> list[str]:
        found.append((domain, site, global_catalog))
        return ["dc1.corp.example.org", "dc2.corp.example.org"]

    monkeypatch.setattr(active_directory, "find_domain_controllers", find)
    options = active_directory_options(domain="corp.example.org", site="Berlin", global_catalog=True)
    provider = ActiveDirectoryProvider("corp", options)
    servers = [str(address) for address in provider._servers()]
    assert found == [("corp.example.org", "Berlin", True)]
    assert servers == ["ldaps://dc1.corp.example.org:3269", "ldaps://dc2.corp.example.org:3269"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "needs servers, or a domain"),
        ({"servers": ["ldap://dc1.example.org"]}, "without encryption"),
        ({"domain": "example.org", "bind_password": ""}, "bind_password that is not empty"),
        ({"domain": "example.org", "group_filter": "(cn=*"}, "group_filter is not valid"),
        ({"servers": ["dc1.example.org"]}, "not the URL of a directory server"),
    ],
)
def test_refuses_options_before_connecting(
    active_directory_options: Callable[..., dict[str, Any]], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        ActiveDirectoryProvider("corp", active_directory_options(**options))


def test_probe_shows_what_a_read_would_give(
    active_directory_options: Callable[..., dict[str, Any]],
) -> None:
    users = dict([user(1), user(2, mail=["not an address"]), user(3, mail=None)])
    with DomainController(users, dict([group(513, "Domain Users", [])])) as controller:
        options = active_directory_options(servers=[controller.url], allow_cleartext=True)
        probe = ActiveDirectoryProvider("corp", options).probe()
    assert (probe["users"], probe["groups"], probe["rejected"]) == (3, 1, 2)
    assert probe["users_by_base"] == {DOMAIN: 3}
    assert probe["root_dse"]["dnsHostName"] == ["dc1.corp.example.org"]
    assert probe["sample_users"][0]["email"] == "user1@example.org"
    assert [rejected["reason"] for rejected in probe["rejected_users"]] == ["it has no @", "there is no e-mail"]
    assert "secret-of-reader" not in str(probe)


def test_errors_of_the_kerberos_library_are_explained(
    active_directory_options: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class GSSError(Exception):
        __module__ = "gssapi.raw.misc"

    def bind(connection: object) -> None:
        raise GSSError("Server not found in Kerberos database")

    monkeypatch.setattr("ldap3.Connection.bind", bind)
    with DomainController({}) as controller:
        options = active_directory_options(servers=[controller.url], allow_cleartext=True, authentication="gssapi")
        options["bind_password"] = None
        with pytest.raises(DirectoryAuthenticationError, match=r"Kerberos with .* failed: Server not found.*klist"):
            ActiveDirectoryProvider("corp", options).read()
