# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same small company as LDIF for each kind of server: nested groups, a ring, a disabled person, awkward names."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ansible_collections.dirsync.bitwarden.tests.servers.ds389 import DirectoryServer389
from ansible_collections.dirsync.bitwarden.tests.servers.samba import SambaDomain
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd


@dataclass(frozen=True)
class Person:
    """One person; ``rdn_value`` is the name as a DN has to spell it."""

    login: str
    name: str
    rdn_value: str
    email: str
    disabled: bool = False


PEOPLE = (
    Person("ann", "Ann Ng", "Ann Ng", "Ann.Ng@Example.org"),
    Person("john", "Doe, John", "Doe\\, John", "john@example.org"),
    Person("jurgen", "J\u00fcrgen Gr\u00f6\u00dfe", "J\u00fcrgen Gr\u00f6\u00dfe", "juergen@example.org"),
    Person("hash", "Hash #1+x", "Hash #1\\+x", "hash@example.org"),
    Person("bob", "Bob Gone", "Bob Gone", "bob@example.org", disabled=True),
)
# Direct members, people by login and groups by name.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "staff": ("ann", "john"),
    "\u00dcn\u00efted": ("jurgen", "hash"),
    "everybody": ("staff", "\u00dcn\u00efted"),
    "ring a": ("bob", "ring b"),
    "ring b": ("ann", "ring a"),
}
MEMBERS: Mapping[str, frozenset[str]] = {
    "staff": frozenset({"ann.ng@example.org", "john@example.org"}),
    "\u00dcn\u00efted": frozenset({"juergen@example.org", "hash@example.org"}),
    "everybody": frozenset({"ann.ng@example.org", "john@example.org", "juergen@example.org", "hash@example.org"}),
    "ring a": frozenset({"ann.ng@example.org", "bob@example.org"}),
    "ring b": frozenset({"ann.ng@example.org", "bob@example.org"}),
}
"""The e-mails of everybody in each group, nested groups included."""


def person_dn(login: str, base_dn: str) -> str:
    """Return the DN of a person."""
    return _dns(base_dn)[login]


def load_into_slapd(server: Slapd) -> None:
    """Add the company to OpenLDAP, where a permanent lock of ppolicy disables."""
    people = _people(server.base_dn, _inet_org_person, {"pwdAccountLockedTime": "000001010000Z"})
    server.load("\n".join([_folder(server.base_dn), *people, *_groups(server.base_dn)]))


def load_into_389ds(server: DirectoryServer389) -> None:
    """Add the company to 389 Directory Server."""
    people = _people(server.base_dn, _inet_org_person, {"nsAccountLock": "true"})
    server.change("\n".join([_folder(server.base_dn), *people, *_groups(server.base_dn)]))


def load_into_samba(server: SambaDomain) -> None:
    """Add the company to a Samba domain, which wants members to exist before they become members."""
    base = server.base_dn
    people = _people(base, _active_directory_user, {"userAccountControl": "514"})
    dns = _dns(base)
    groups = [ldif_entry(dns[name], {"objectClass": ["group"], "sAMAccountName": [name]}) for name in GROUPS]
    server.load("\n".join([_folder(base), *people, *groups]))
    server.change(
        "\n".join(
            ldif_entry(dns[name], {"changetype": ["modify"], "add": ["member"], "member": _member_dns(name, base)})
            for name in GROUPS
        )
    )


def _dns(base_dn: str) -> dict[str, str]:
    names = {person.login: person.rdn_value for person in PEOPLE} | {name: name for name in GROUPS}
    return {key: f"CN={name},OU=company,{base_dn}" for key, name in names.items()}


def _member_dns(group: str, base_dn: str) -> list[str]:
    return [_dns(base_dn)[member] for member in GROUPS[group]]


def _folder(base_dn: str) -> str:
    return ldif_entry(f"OU=company,{base_dn}", {"objectClass": ["organizationalUnit"]})


def _people(base_dn: str, attributes_of: Callable[[Person], dict[str, str]], disabling: Mapping[str, str]) -> list[str]:
    entries = []
    for person in PEOPLE:
        attributes = {**attributes_of(person), **(disabling if person.disabled else {})}
        values = {name: [value] for name, value in attributes.items()}
        entries.append(ldif_entry(person_dn(person.login, base_dn), values))
    return entries


def _groups(base_dn: str) -> list[str]:
    return [
        ldif_entry(_dns(base_dn)[name], {"objectClass": ["groupOfNames"], "member": _member_dns(name, base_dn)})
        for name in GROUPS
    ]


def _inet_org_person(person: Person) -> dict[str, str]:
    return {"objectClass": "inetOrgPerson", "sn": person.name, "uid": person.login, "mail": person.email}


def _active_directory_user(person: Person) -> dict[str, str]:
    # 544: a normal account that may do without a password.
    return {
        "objectClass": "user",
        "sAMAccountName": person.login,
        "mail": person.email,
        "userAccountControl": "544",
    }


def ldif_entry(dn: str, attributes: Mapping[str, Iterable[str]]) -> str:
    """Return an entry or a change record; base64 spares thinking about what LDIF allows in the clear."""
    lines = [f"dn:: {_base64(dn)}\n"]
    for name, values in attributes.items():
        plain = name in ("changetype", "add")
        lines += [f"{name}: {value}\n" if plain else f"{name}:: {_base64(value)}\n" for value in values]
    return "".join(lines)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
