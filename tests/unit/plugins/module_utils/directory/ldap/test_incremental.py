# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Incremental reads equal full ones, whatever happened in between, on a simulated domain with real habits."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.matching import condition_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.incremental import FullReadNeededError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.active_directory_accounts import (
    AccountStatus,
    PrimaryGroupBySid,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.active_directory_deleted import (
    SHOW_DELETED,
    read_deleted_objects,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.context_csn import ContextCsnTracker
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.incremental import (
    load_memory,
    read_incrementally,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import Layout, resolve_layout
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Search, Searcher
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.presets import PRESETS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.reading import Dialect, read_entries
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.root_dse import RootDse
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.status import AttributeStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.update_numbers import (
    UpdateNumberTracker,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.wire import Entry
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import MakeOptions

DOMAIN = "DC=x"
SETTINGS = f"CN=NTDS Settings,{DOMAIN}"
DELETED = f"CN=Deleted Objects,{DOMAIN}"
SID = bytes.fromhex("010500000000000515000000010000000200000003000000")
LONGEST = timedelta(hours=24)
FOLDER_CLASSES = (b"top", b"organizationalUnit")


@dataclass
class Item:
    """An entry; ``parent`` is the identity of its folder, None for the domain; ``members`` are identities."""

    identity: bytes
    rdn: str
    attributes: dict[str, list[bytes]]
    parent: bytes | None = None
    members: list[bytes] = field(default_factory=list)
    deleted: bool = False


class SimulatedDomain:
    """Entries with update numbers. As in the original, links and folders change other entries without a new number."""

    def __init__(self) -> None:
        self.items: dict[bytes, Item] = {}
        self.usn = 100
        self.invocation = b"first"
        self.sees_deleted = True
        self._created = 0

    def root_dse(self) -> RootDse:
        return RootDse(
            {
                "defaultnamingcontext": (DOMAIN,),
                "namingcontexts": (DOMAIN,),
                "dsservicename": (SETTINGS,),
                "highestcommittedusn": (str(self.usn),),
            }
        )

    def add(self, rdn: str, classes: tuple[bytes, ...], **attributes: bytes) -> Item:
        self._created += 1
        identity = uuid.UUID(int=self._created).bytes_le
        item = Item(identity, rdn, {name: [value] for name, value in attributes.items()})
        item.attributes |= {
            "objectClass": list(classes),
            "objectGUID": [identity],
            "objectSid": [SID + self._created.to_bytes(4, "little")],
            "name": [rdn.encode()],
        }
        self.items[identity] = item
        self.touch(item)
        item.attributes["uSNCreated"] = item.attributes["uSNChanged"]
        return item

    def touch(self, item: Item) -> None:
        self.usn += 1
        item.attributes["uSNChanged"] = [str(self.usn).encode()]

    def delete(self, item: Item) -> None:
        item.deleted = True
        for name in ("mail", "displayName", "lockoutTime"):
            item.attributes.pop(name, None)
        item.attributes["isDeleted"] = [b"TRUE"]
        item.members.clear()
        for other in self.items.values():
            other.members = [identity for identity in other.members if identity != item.identity]
        self.touch(item)

    def restore(self, item: Item) -> None:
        item.deleted = False
        item.attributes.pop("isDeleted", None)
        self.touch(item)

    def dn(self, item: Item) -> str:
        if item.deleted:
            return f"CN={item.rdn}\\0ADEL:{item.identity.hex()},{DELETED}"
        return f"CN={item.rdn},{self.dn(self.items[item.parent]) if item.parent else DOMAIN}"

    def read_entry(self, search: Search) -> Entry | None:
        return next((entry for batch in self.read(search) for entry in batch), None)

    def read(self, search: Search) -> Iterator[list[Entry]]:
        fits = condition_from(search.filter)
        found = []
        for dn, attributes in self._rendered(SHOW_DELETED in search.controls):
            below = dn.endswith(search.base) if search.scope == "subtree" else dn == search.base
            lower = {name.lower(): values for name, values in attributes.items()}
            if below and fits(lower):
                found.append((dn.encode(), [lower.get(name.lower()) for name in search.attributes]))
        yield found

    def _rendered(self, show_deleted: bool) -> Iterator[tuple[str, dict[str, list[bytes]]]]:
        yield SETTINGS, {"objectClass": [b"nTDSDSA"], "invocationId": [self.invocation]}
        if show_deleted and self.sees_deleted:
            yield DELETED, {"objectClass": [b"container"], "cn": [b"Deleted Objects"]}
        for item in self.items.values():
            if item.deleted and not (show_deleted and self.sees_deleted):
                continue
            attributes = dict(item.attributes)
            groups = [group for group in self.items.values() if item.identity in group.members]
            if groups:
                attributes["memberOf"] = [self.dn(group).encode() for group in groups]
            if item.members:
                attributes["member"] = [self.dn(self.items[identity]).encode() for identity in item.members]
            if "lockoutTime" in attributes:
                attributes["msDS-User-Account-Control-Computed"] = [b"16"]
            yield self.dn(item), attributes

    def users(self) -> list[Item]:
        return [item for item in self.items.values() if b"user" in item.attributes["objectClass"]]

    def groups(self) -> list[Item]:
        return [item for item in self.items.values() if b"group" in item.attributes["objectClass"]]

    def folders(self) -> list[Item]:
        return [item for item in self.items.values() if item.attributes["objectClass"] == list(FOLDER_CLASSES)]


def new_user(domain: SimulatedDomain, rdn: str) -> Item:
    return domain.add(
        rdn,
        (b"top", b"person", b"organizationalPerson", b"user"),
        objectCategory=b"person",
        mail=f"{rdn}@example.org".encode(),
        userAccountControl=b"512",
        primaryGroupID=b"1",
    )


def new_group(domain: SimulatedDomain, rdn: str) -> Item:
    return domain.add(rdn, (b"top", b"group"))


def populated() -> SimulatedDomain:
    domain = SimulatedDomain()
    groups = [new_group(domain, name) for name in ("Domain Users", "staff", "all")]
    folder = domain.add("folder", FOLDER_CLASSES)
    users = [new_user(domain, f"user{number}") for number in range(6)]
    users[0].parent = users[1].parent = folder.identity
    groups[1].members = [user.identity for user in users[:3]]
    groups[2].members = [groups[1].identity, users[3].identity]
    return domain


class Driver:
    """Reads a simulated domain incrementally, and compares with a full read each time."""

    def __init__(self, domain: SimulatedDomain, options: Mapping[str, Any]) -> None:
        self.domain = domain
        self.layout: Layout = resolve_layout(options, PRESETS["active_directory"], domain.root_dse())
        self.state: Mapping[str, Any] | None = None

    def full(self, searcher: Searcher) -> Reading:
        dialect = Dialect(
            AccountStatus(datetime(2026, 3, 1, tzinfo=timezone.utc)),
            lambda searcher: read_deleted_objects(searcher, DOMAIN, self.layout.external_id, "sim"),
            PrimaryGroupBySid(),
        )
        return read_entries(searcher, self.layout, dialect, "sim", with_groups=True)

    def incremental(self) -> Reading:
        domain: Any = self.domain
        tracker = UpdateNumberTracker(domain, domain.root_dse(), self.layout)
        reading = read_incrementally(domain, tracker, self.state, LONGEST, self.full)
        self.state = json.loads(json.dumps(reading.state))
        return reading

    def check(self) -> Reading:
        reading = self.incremental()
        assert content(reading) == content(self.full(self.domain))
        return reading


def content(reading: Reading) -> tuple[set[Any], dict[str, Any]]:
    users = {replace(user, source="") for user in reading.users}
    groups = {
        group.external_id: (
            group.name,
            {reading.users[position].external_id for position in group.users},
            {reading.groups[position].external_id for position in group.groups},
        )
        for group in reading.groups
    }
    return users, groups


Change = Callable[[SimulatedDomain, int, int], None]


def pick(items: list[Item], number: int) -> Item | None:
    return items[number % len(items)] if items else None


def _add_user(domain: SimulatedDomain, number: int, other: int) -> None:
    taken = {domain.dn(item) for item in domain.items.values()}
    # Names are few, so that a name of somebody deleted comes back.
    name = f"user{number % 9}"
    if f"CN={name},{DOMAIN}" not in taken:
        new_user(domain, name)


def _add_group(domain: SimulatedDomain, number: int, other: int) -> None:
    if f"CN=group{number % 5},{DOMAIN}" not in {domain.dn(item) for item in domain.items.values()}:
        new_group(domain, f"group{number % 5}")


def _delete(domain: SimulatedDomain, number: int, other: int) -> None:
    item = pick([item for item in (*domain.users(), *domain.groups()) if not item.deleted], number)
    if item:
        domain.delete(item)


def _restore(domain: SimulatedDomain, number: int, other: int) -> None:
    item = pick([item for item in domain.users() if item.deleted], number)
    if item and f"CN={item.rdn},{DOMAIN}" not in {domain.dn(found) for found in domain.items.values()}:
        item.parent = None
        domain.restore(item)


def _disable(domain: SimulatedDomain, number: int, other: int) -> None:
    item = pick([item for item in domain.users() if not item.deleted], number)
    if item:
        item.attributes["userAccountControl"] = [b"514" if other % 2 else b"512"]
        domain.touch(item)


def _lock(domain: SimulatedDomain, number: int, other: int) -> None:
    """The beginning of a lockout is a change of the entry, its end is none."""
    item = pick([item for item in domain.users() if not item.deleted], number)
    if item and "lockoutTime" in item.attributes:
        del item.attributes["lockoutTime"]
    elif item:
        item.attributes["lockoutTime"] = [b"1"]
        domain.touch(item)


def _link(domain: SimulatedDomain, number: int, other: int) -> None:
    group = pick([item for item in domain.groups() if not item.deleted], number)
    member = pick([item for item in (*domain.users(), *domain.groups()) if not item.deleted], other)
    if group and member:
        if member.identity in group.members:
            group.members.remove(member.identity)
        else:
            group.members.append(member.identity)
        domain.touch(group)


def _rename(domain: SimulatedDomain, number: int, other: int) -> None:
    item = pick([item for item in domain.users() if not item.deleted], number)
    if item:
        item.rdn = f"renamed{domain.usn}"
        item.attributes["name"] = [item.rdn.encode()]
        domain.touch(item)


def _move(domain: SimulatedDomain, number: int, other: int) -> None:
    item = pick([item for item in domain.users() if not item.deleted], number)
    folder = pick(domain.folders(), other)
    taken = {domain.dn(found) for found in domain.items.values()}
    if item and folder and f"CN={item.rdn},{domain.dn(folder)}" not in taken:
        item.parent = folder.identity
        domain.touch(item)


def _rename_folder(domain: SimulatedDomain, number: int, other: int) -> None:
    folder = pick(domain.folders(), number)
    if folder:
        folder.rdn = f"folder{domain.usn}"
        domain.touch(folder)


CHANGES: list[Change] = [
    *(_add_user, _add_group, _delete, _restore, _disable, _lock, _link, _link, _rename, _move, _rename_folder)
]
BATCHES = st.lists(
    st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 99), st.integers(0, 99)), max_size=4), max_size=6
)


@settings(max_examples=150)
@given(BATCHES)
def test_incremental_reads_equal_full_ones(batches: list[list[tuple[Change, int, int]]]) -> None:
    driver = Driver(populated(), OPTIONS)
    driver.check()
    for batch in batches:
        for change, number, other in batch:
            change(driver.domain, number, other)
        driver.check()


OPTIONS: dict[str, Any] = {
    "user_scope": "subtree",
    "group_scope": "subtree",
    "external_id": "objectGUID",
    "email_domains": [],
}


@pytest.fixture
def driver() -> Driver:
    started = Driver(populated(), OPTIONS)
    started.check()
    return started


@pytest.mark.parametrize("change", [_add_user, _add_group, _delete, _disable, _lock, _link])
def test_ordinary_changes_are_read_incrementally(driver: Driver, change: Change) -> None:
    change(driver.domain, 2, 4)
    assert driver.check().details["incremental"] is True


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_rename, "an entry is in other groups"),
        (_move, "an entry is in other groups"),
        (_rename_folder, "a folder changed"),
    ],
)
def test_new_names_of_members_lead_to_a_full_read(driver: Driver, change: Change, reason: str) -> None:
    change(driver.domain, 3, 0)
    reading = driver.check()
    assert reading.details["incremental"] is False
    assert reading.details["full_read_because"].startswith(reason)
    assert driver.check().details["incremental"] is True


def test_a_namesake_of_somebody_deleted_is_in_none_of_the_old_groups(driver: Driver) -> None:
    leaver = driver.domain.users()[2]
    driver.domain.delete(leaver)
    assert driver.check().details["incremental"] is True
    new_user(driver.domain, leaver.rdn)
    reading = driver.check()
    assert reading.details["full_read_because"] == "an entry is in other groups than remembered"


def test_a_restored_user_leads_to_a_full_read(driver: Driver) -> None:
    leaver = driver.domain.users()[2]
    driver.domain.delete(leaver)
    driver.domain.restore(leaver)
    assert driver.check().details["full_read_because"] == "an entry is in other groups than remembered"


def test_another_controller_or_a_restored_database_leads_to_a_full_read(driver: Driver) -> None:
    driver.domain.invocation = b"second"
    assert "another domain controller" in driver.check().details["full_read_because"]
    driver.domain.usn -= 50
    assert "another domain controller" in driver.check().details["full_read_because"]


def test_an_account_that_may_not_see_deleted_objects_always_reads_everything(driver: Driver) -> None:
    driver.domain.sees_deleted = False
    driver.state = None
    reading = driver.incremental()
    assert reading.details["full_read_because"] == "the account may not see deleted objects"
    assert reading.state is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"user_filter": "(&(objectClass=user)(memberOf=CN=staff,DC=x))"}, "memberof"),
        ({"user_filter": "(memberOf:1.2.840.113556.1.4.1941:=CN=staff,DC=x)"}, "1.2.840.113556.1.4.1941"),
        ({"group_filter": "(managedBy=CN=a,DC=x)"}, "managedby"),
        ({"email_attributes": ["msDS-PrincipalName"]}, "msds-principalname"),
        ({"user_bases": [f"OU=a,{DOMAIN}"]}, "only a part of the domain"),
        ({"external_id": "sAMAccountName"}, "identity is not objectGUID"),
        ({"user_scope": "one"}, "scope is not subtree"),
    ],
)
def test_what_cannot_be_tracked_is_always_read_whole(change: dict[str, Any], reason: str) -> None:
    domain: Any = populated()
    driver = Driver(domain, {**OPTIONS, **change})
    with pytest.raises(Exception, match=reason):
        UpdateNumberTracker(domain, domain.root_dse(), driver.layout).marker()


def test_bit_rules_on_tracked_attributes_are_fine() -> None:
    domain: Any = populated()
    user_filter = "(&(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"
    driver = Driver(domain, {**OPTIONS, "user_filter": user_filter})
    assert UpdateNumberTracker(domain, domain.root_dse(), driver.layout).marker()["usn"] == domain.usn


@pytest.mark.parametrize("state", [None, {}, {"version": 99}, {"version": 1}, {"version": 1, "searches": 5}])
def test_a_damaged_state_leads_to_a_full_read(driver: Driver, state: Any) -> None:
    assert load_memory(state) is None
    driver.state = state
    assert driver.check().details["full_read_because"] == "there is nothing to build upon"


@pytest.mark.parametrize("age", [timedelta(hours=25), timedelta(hours=-1)])
def test_an_old_state_leads_to_a_full_read(driver: Driver, age: timedelta) -> None:
    assert driver.state is not None
    driver.state = {**driver.state, "full_read_at": (datetime.now(timezone.utc) - age).isoformat()}
    assert driver.check().details["full_read_because"] == "the last full read is too long ago"


def test_other_searches_lead_to_a_full_read(driver: Driver) -> None:
    other = Driver(driver.domain, {**OPTIONS, "user_filter": "(mail=*)"})
    other.state = driver.state
    assert other.check().details["full_read_because"] == "the last read searched for something else"


def test_octets_survive_in_the_state(driver: Driver) -> None:
    """Every octet occurs in identities; the state is JSON."""
    driver.domain.users()[0].attributes["displayName"] = [bytes(range(256)), "\u00fc".encode()]
    driver.domain.touch(driver.domain.users()[0])
    driver.check()
    assert driver.check().details["incremental"] is True


class OpenLdap:
    """A server of which only the change numbers and locks matter."""

    def __init__(self) -> None:
        self.numbers = [b"20260301000000.000000Z#000000#001#000000"]
        self.locked = False
        self.searches = 0

    def read_entry(self, search: Search) -> Entry | None:
        return b"dc=x", [list(self.numbers) or None]

    def read(self, search: Search) -> Iterator[list[Entry]]:
        self.searches += 1
        lock = [b"000001010000Z"] if self.locked else None
        values = {"entryUUID": [b"id-1"], "mail": [b"ann@example.org"], "pwdAccountLockedTime": lock}
        if "pwdAccountLockedTime=*" not in search.filter.text or lock:
            yield [(b"uid=ann,dc=x", [values.get(name) for name in search.attributes])]


def test_openldap_is_read_again_only_when_its_change_number_is_new(ldap_options: MakeOptions) -> None:
    server: Any = OpenLdap()
    root_dse = RootDse({"namingcontexts": ("dc=x",)})
    layout = resolve_layout(ldap_options(), PRESETS["openldap"], root_dse)
    state: Any = None

    def read() -> Reading:
        def everything(searcher: Searcher) -> Reading:
            rule = AttributeStatus(layout.disabled_when, layout.lock_attribute)
            return read_entries(searcher, layout, Dialect(rule, lambda searcher: ([], [])), "x", with_groups=False)

        nonlocal state
        tracker = ContextCsnTracker(server, root_dse, layout)
        reading = read_incrementally(server, tracker, state, LONGEST, everything)
        state = json.loads(json.dumps(reading.state))
        return reading

    assert read().details["incremental"] is False
    by_lock = resolve_layout(ldap_options(user_filter="(!(PwdAccountLockedTime=*))"), PRESETS["openldap"], root_dse)
    with pytest.raises(FullReadNeededError, match="a filter asks for locks"):
        ContextCsnTracker(server, root_dse, by_lock).marker()
    unchanged = read()
    assert unchanged.details["incremental"] is True
    assert unchanged.users[0].status == "active"
    server.locked = True
    assert read().users[0].status == "disabled", "locks come without a new change number"
    server.numbers = [b"20260301000001.000000Z#000000#001#000000"]
    assert read().details["full_read_because"] == "the directory changed"
    server.numbers = []
    assert "no contextCSN" in read().details["full_read_because"]
