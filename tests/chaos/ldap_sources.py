# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sources that are read over LDAP, each with a small directory that takes several pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.active_directory import (
    active_directory_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.ldap import ldap_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.registry import provider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.servers.company import PEOPLE, load_into_samba, person_dn
from ansible_collections.dirsync.bitwarden.tests.servers.directory_data import directory_ldif, user_dn
from ansible_collections.dirsync.bitwarden.tests.servers.domain_controller import DOMAIN, DomainController, Limits
from ansible_collections.dirsync.bitwarden.tests.servers.samba import SambaDomain
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.active_directory import group, guid, user

PAGE = 5


@dataclass(frozen=True)
class LdapSource:
    """A running server at ``url`` and how to read it, on top of ``state`` if there is one.

    ``secret`` must show up nowhere.
    """

    type: str
    url: str
    specification: Mapping[str, Any]
    options: Mapping[str, Any]
    secret: str
    state: Mapping[str, Any] | None = None

    def read(self, *urls: str, patience: int = 10) -> Reading:
        """Return one complete reading from the first of these addresses that gives one."""
        given = {
            "servers": list(urls),
            "allow_cleartext": True,
            "bind_password": self.secret,
            "page_size": PAGE,
            "connect_timeout": patience,
            "read_timeout": patience,
            **self.options,
        }
        validated = ArgumentSpecValidator(self.specification).validate(given)
        assert validated.error_messages == []
        request = {"user_query": None, "group_query": None, "read_groups": True}
        return provider(self.type, "people", {**validated.validated_parameters, **request}).read(self.state)


@contextmanager
def _openldap(folder: Path) -> Iterator[LdapSource]:
    with Slapd(folder) as server:
        server.load(directory_ldif(12, 4))
        yield _openldap_source(server)


def _openldap_source(server: Slapd) -> LdapSource:
    options = {"base_dn": server.base_dn, "bind_dn": server.reader_dn}
    return LdapSource("ldap", server.ldap_url, ldap_spec(), options, server.reader_password)


@contextmanager
def _active_directory(_folder: Path) -> Iterator[LdapSource]:
    """Yield a domain with pages, groups that come in ranges, nested and primary groups, and a deleted user."""
    users = dict(user(number) for number in range(1, 13))
    people = list(users)
    groups = dict([group(513, "Domain Users", []), group(901, "Staff", people[:10]), group(902, "New", people[10:])])
    groups |= dict([group(903, "Everybody", list(groups)[1:])])
    gone = f"CN=User 20\\0ADEL:{guid(20)},CN=Deleted Objects,{DOMAIN}"
    deleted = {gone: {"objectGUID": [guid(20).bytes_le], "name": [f"User 20\nDEL:{guid(20)}"]}}
    with DomainController(users, groups, deleted, limits=Limits(page=PAGE, values=4)) as server:
        options = {"bind_dn": "reader@corp.example.org"}
        yield LdapSource("active_directory", server.url, active_directory_spec(), options, "secret-of-reader")


@contextmanager
def _changed_openldap(folder: Path) -> Iterator[LdapSource]:
    """Yield a directory that changed since it was read, and tells no more than that."""
    with Slapd(folder) as server:
        server.load(directory_ldif(12, 4))
        source = _remembering(_openldap_source(server))
        server.change(f"dn: {user_dn(0)}\nchangetype: delete\n")
        assert source.read(source.url).details["full_read_because"] == "the directory changed"
        yield source


@contextmanager
def _changed_active_directory(folder: Path) -> Iterator[LdapSource]:
    """Yield a domain that tells what changed since it was read."""
    if not SambaDomain.available():
        pytest.skip("Samba's domain controller is not installed, or this is not root")
    with SambaDomain(folder, strong_authentication=False) as domain:
        load_into_samba(domain)
        options = {"bind_dn": domain.administrator}
        source = LdapSource("active_directory", domain.ldap_url, active_directory_spec(), options, domain.password)
        source = _remembering(source)
        first, second, third = (person_dn(person.login, domain.base_dn) for person in PEOPLE[:3])
        domain.delete(first)
        domain.change(f"dn: {second}\nchangetype: modify\nreplace: mail\nmail: changed@example.org\n")
        domain.change(f"dn: {third}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 546\n")
        assert source.read(source.url).details["incremental"] is True
        yield source


def _remembering(source: LdapSource) -> LdapSource:
    """Return a source that is read incrementally, on top of what is there now."""
    source = replace(source, options={**source.options, "incremental": True})
    return replace(source, state=source.read(source.url).state)


LDAP_SOURCES: dict[str, Callable[[Path], AbstractContextManager[LdapSource]]] = {
    "ldap": _openldap,
    "ldap, changed": _changed_openldap,
    "active_directory": _active_directory,
    "active_directory, changes": _changed_active_directory,
}
