# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only an Active Directory has, on a Samba domain: expiry, lockout, primary groups, deleted users, a catalog."""

from __future__ import annotations

import base64
import contextlib
import random
from collections.abc import Iterator

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryAuthenticationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading, User
from ansible_collections.dirsync.bitwarden.tests.integration.directory_servers.conftest import Directory
from ansible_collections.dirsync.bitwarden.tests.servers.company import PEOPLE, person_dn
from ansible_collections.dirsync.bitwarden.tests.servers.process import ServerError
from ansible_collections.dirsync.bitwarden.tests.servers.samba import SambaDomain
from ansible_collections.dirsync.bitwarden.tests.support.readings import facts

PASSWORD = "Passw0rd!User"


@contextlib.contextmanager
def account(domain: SambaDomain, name: str, *lines: str) -> Iterator[str]:
    """Add an account with a password and yield its DN; it is deleted afterwards, unless the test did that."""
    dn = f"CN={name},CN=Users,{domain.base_dn}"
    password = base64.b64encode(f'"{PASSWORD}"'.encode("utf-16-le")).decode()
    attributes = ["objectClass: user", f"sAMAccountName: {name}", f"unicodePwd:: {password}", *lines]
    domain.load("\n".join([f"dn: {dn}", *attributes]) + "\n")
    try:
        yield dn
    finally:
        with contextlib.suppress(Exception):
            domain.delete(dn)


def only(reading: Reading, name: str) -> User:
    (found,) = (user for user in reading.users if user.name == name)
    return found


def test_expired_accounts_are_disabled_unless_told_otherwise(
    samba_domain: SambaDomain, samba_directory: Directory
) -> None:
    with account(samba_domain, "temp", "userAccountControl: 512", "accountExpires: 132223104000000000"):
        disabled = only(samba_directory.read(), "temp")
        active = only(samba_directory.read(expired_accounts="active"), "temp")
    assert (disabled.status, disabled.status_reason) == ("disabled", "accountExpires: 2020-01-01")
    assert active.status == "active"


def test_a_lockout_is_shown_and_changes_nothing(samba_domain: SambaDomain, samba_directory: Directory) -> None:
    samba_domain.tool("domain", "passwordsettings", "set", "--account-lockout-threshold=2")
    try:
        with account(samba_domain, "forgetful", "userAccountControl: 512"):
            refusals = []
            for _unused in range(3):
                with pytest.raises(DirectoryAuthenticationError) as caught:
                    samba_directory.read(bind_dn="forgetful@ad.example.test", bind_password="wrong")
                refusals.append(str(caught.value))
            user = only(samba_directory.read(), "forgetful")
    finally:
        samba_domain.tool("domain", "passwordsettings", "set", "--account-lockout-threshold=0")
    assert (user.status, user.status_reason) == ("active", "locked for now after wrong passwords")
    assert "locked after too many wrong passwords" in refusals[-1]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["userAccountControl: 514"], "the account is disabled"),
        (["userAccountControl: 512", "accountExpires: 132223104000000000"], "the account has expired"),
        (["userAccountControl: 512", "pwdLastSet: 0"], "must change its password"),
    ],
)
def test_refused_accounts_are_told_why(
    samba_domain: SambaDomain, samba_directory: Directory, lines: list[str], words: str
) -> None:
    with (
        account(samba_domain, "refused", *lines),
        pytest.raises(DirectoryAuthenticationError, match=words) as caught,
    ):
        samba_directory.read(bind_dn="refused@ad.example.test", bind_password=PASSWORD)
    assert PASSWORD not in str(caught.value)


def test_an_account_without_special_rights_is_enough(samba_domain: SambaDomain, samba_directory: Directory) -> None:
    with account(samba_domain, "plain", "userAccountControl: 512"):
        reading = samba_directory.read(bind_dn="ADTEST\\plain", bind_password=PASSWORD)
        whole = samba_directory.read()
    active = {user.external_id for user in whole.users if user.status != "deleted"}
    assert {user.external_id for user in reading.users} == active


def test_members_by_primary_group(samba_directory: Directory) -> None:
    reading = samba_directory.read()
    (domain_users,) = (group for group in reading.groups if group.name == "Domain Users")
    emails = {reading.users[position].email for position in domain_users.users}
    assert {person.email.lower() for person in PEOPLE} <= emails


def test_deleted_users_keep_their_identity(samba_domain: SambaDomain, samba_directory: Directory) -> None:
    with account(samba_domain, "leaver", "userAccountControl: 512", "mail: leaver@example.org") as dn:
        before = only(samba_directory.read(), "leaver")
        samba_domain.delete(dn)
        after = only(samba_directory.read(), "leaver")
        without = samba_directory.read(deleted_objects=False)
    assert (after.external_id, after.status, after.email) == (before.external_id, "deleted", None)
    assert before.external_id not in {user.external_id for user in without.users}


def test_the_global_catalog(samba_domain: SambaDomain, samba_directory: Directory) -> None:
    url = f"ldaps://{samba_domain.address}"
    reading = samba_directory.read(servers=[url], global_catalog=True)
    assert reading.server.endswith(":3269")
    assert [warning.code for warning in reading.warnings] == ["members_partial"]
    assert {person.email.lower() for person in PEOPLE} <= {user.email for user in reading.users}


def test_the_server_follows_nested_groups_in_a_filter(samba_directory: Directory) -> None:
    group = samba_directory.base_dn.replace("ou=company", "CN=everybody,OU=company")
    nested = f"(&(objectClass=user)(memberOf:1.2.840.113556.1.4.1941:={group}))"
    reading = samba_directory.read(user_filter=nested, deleted_objects=False)
    expected = {person.email.lower() for person in PEOPLE if not person.disabled}
    assert {user.email for user in reading.users} == expected


def test_a_bind_without_tls_is_refused_by_the_server(samba_directory: Directory) -> None:
    with pytest.raises(DirectoryAuthenticationError, match=r"strongerAuthRequired \(8\).*start_tls"):
        samba_directory.read(servers=[samba_directory.ldap_url], allow_cleartext=True)


def test_references_are_counted_and_not_followed(samba_directory: Directory) -> None:
    assert samba_directory.read().details["references"] > 0


def test_odd_names_are_found_by_their_dn(samba_directory: Directory) -> None:
    base = samba_directory.base_dn.partition(",")[2]
    reading = samba_directory.read(user_bases=[person_dn("hash", base), person_dn("john", base)], user_scope="base")
    assert {user.email for user in reading.users if user.email} == {"hash@example.org", "john@example.org"}


class Changes:
    """Random changes of a folder of its own in a domain; names are few, so that those of deleted users come back."""

    def __init__(self, domain: SambaDomain, draw: random.Random) -> None:
        self._domain = domain
        self._draw = draw
        self._folder = f"OU=changing,{domain.base_dn}"
        self._users: set[str] = set()
        self._groups = [f"CN=changing group {number},{self._folder}" for number in range(3)]
        domain.load(f"dn: {self._folder}\nobjectClass: organizationalUnit\n")
        for group in self._groups:
            name = group.partition(",")[0].removeprefix("CN=")
            domain.load(f"dn: {group}\nobjectClass: group\nsAMAccountName: {name}\n")

    def make(self) -> None:
        """Make one change."""
        draw = self._draw
        name = f"changing{draw.randint(0, 6)}"
        dn = f"CN={name},{self._folder}"
        kind = draw.choice(["mail", "disable", "link", "link", "delete", "rename"]) if name in self._users else "add"
        if kind == "add":
            self._users.add(name)
            login = f"changing{draw.getrandbits(40):x}"
            account = f"objectClass: user\nsAMAccountName: {login}\nmail: {name}@example.org\nuserAccountControl: 544\n"
            self._domain.load(f"dn: {dn}\n{account}")
        elif kind == "mail":
            self._modify(dn, f"replace: mail\nmail: {name}.{draw.randint(0, 9)}@example.org\n")
        elif kind == "disable":
            self._modify(dn, f"replace: userAccountControl\nuserAccountControl: {draw.choice([544, 546])}\n")
        elif kind == "link":
            member = draw.choice([dn, draw.choice(self._groups)])
            with contextlib.suppress(ServerError):
                self._modify(draw.choice(self._groups), f"{draw.choice(['add', 'delete'])}: member\nmember: {member}\n")
        elif kind == "delete":
            self._users.remove(name)
            self._domain.delete(dn)
        else:
            new = f"newrdn: CN={name} {draw.getrandbits(40):x}\ndeleteoldrdn: 1\n"
            self._domain.change(f"dn: {dn}\nchangetype: modrdn\n{new}")
            self._users.remove(name)

    def _modify(self, dn: str, change: str) -> None:
        self._domain.change(f"dn: {dn}\nchangetype: modify\n{change}")


def test_incremental_reads_equal_full_ones(samba_domain: SambaDomain, samba_directory: Directory) -> None:
    draw = random.Random(4)
    changes = Changes(samba_domain, draw)
    provider = samba_directory.provider(incremental=True)
    reading = provider.read()
    was_incremental = []
    for _unused in range(20):
        for _unused in range(draw.randint(0, 3)):
            changes.make()
        reading = provider.read(reading.state)
        was_incremental.append(reading.details["incremental"])
        assert facts(reading) == facts(samba_directory.read())
    assert was_incremental.count(True) >= 8
