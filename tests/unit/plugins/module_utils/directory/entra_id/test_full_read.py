# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A full read of the emulator: what ends up in the reading, and in how many calls."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.membership import Listing, flatten
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer, Tenant
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import entra_id_provider, fill, members_by_name


def read(server: GraphServer, **options: Any) -> Reading:
    return entra_id_provider(server, **options).read()


def statuses(reading: Reading) -> dict[str | None, str]:
    return {user.name: user.status for user in reading.users}


def flattened(reading: Reading) -> dict[str, tuple[str | None, ...]]:
    """Return the names of the flattened members of each listed group."""
    names = Listing([user.name for user in reading.users])
    pairs = zip(reading.groups, flatten(reading), strict=True)
    return {group.name: names.of(bits) for group, bits in pairs if group.listed}


def test_users_have_id_email_name_and_status(server: GraphServer, tenant: Tenant) -> None:
    ann = tenant.add_user("ann", mail="Ann@Example.org ")
    bob = tenant.add_user("bob", accountEnabled=False)
    cid = tenant.add_user("cid", mail="cid@example.org")
    tenant.delete(cid)
    reading = read(server)
    assert [(user.external_id, user.email, user.name, user.status, user.source) for user in reading.users] == [
        (ann, "ann@example.org", "Ann", "active", "entra"),
        (bob, "bob@example.onmicrosoft.com", "Bob", "disabled", "entra"),
        (cid, "cid@example.org", "Cid", "deleted", "entra"),
    ]
    assert [user.status_reason.split()[0] for user in reading.users[1:]] == ["accountEnabled:", "deleted"]
    assert reading.server == f"{server.url} tenant {tenant.id}"
    assert reading.state is None


def test_deleted_users_can_be_left_unread(server: GraphServer, tenant: Tenant) -> None:
    tenant.add_user("ann")
    tenant.delete(tenant.add_user("bob"))
    assert statuses(read(server, deleted=False)) == {"Ann": "active"}
    assert not server.graph.inner_requests.requests(path="deletedItems")


@pytest.mark.parametrize(
    ("guests", "expected"),
    [
        ("include", {"Ann", "Guest", "Pending", "Internal"}),
        ("accepted_only", {"Ann", "Guest", "Internal"}),
        ("exclude", {"Ann"}),
    ],
)
def test_guests(server: GraphServer, tenant: Tenant, guests: str, expected: set[str]) -> None:
    tenant.add_user("ann")
    tenant.add_guest("guest@example.com")
    tenant.add_guest("pending@example.com", state="PendingAcceptance")
    tenant.add_user("internal", userType="Guest")
    tenant.delete(tenant.add_guest("gone@example.com", state="PendingAcceptance"))
    names = {user.name for user in read(server, guests=guests).users}
    assert names == expected | ({"Gone"} if guests == "include" else set())


def test_guest_has_the_home_address_or_none(server: GraphServer, tenant: Tenant) -> None:
    tenant.add_guest("ann@example.com")
    tenant.add_guest("bob@example.com", userType=None, mail=None)
    assert [user.email for user in read(server).users] == ["ann@example.com", None]
    assert len(read(server, guests="exclude").users) == 0


def test_nested_groups_and_cycles_are_flattened(server: GraphServer, tenant: Tenant) -> None:
    ann, bob, cid = (tenant.add_user(name) for name in ("ann", "bob", "cid"))
    inner = tenant.add_group("Inner", [ann])
    outer = tenant.add_group("Outer", [inner, bob])
    tenant.add_member(inner, outer)
    tenant.add_group("Top", [outer, cid])
    reading = read(server)
    assert members_by_name(reading) == {"Inner": ["Ann", "Outer"], "Outer": ["Bob", "Inner"], "Top": ["Cid", "Outer"]}
    assert flattened(reading) == {"Inner": ("Ann", "Bob"), "Outer": ("Ann", "Bob"), "Top": ("Ann", "Bob", "Cid")}


def test_other_members_are_counted_only(server: GraphServer, tenant: Tenant) -> None:
    members = [tenant.add_user("ann"), tenant.add_other("device", "Laptop"), tenant.add_other("orgContact", "Eve")]
    tenant.add_group("Group", [*members, tenant.add_other("servicePrincipal", "Bot")])
    reading = read(server)
    assert members_by_name(reading) == {"Group": ["Ann"]}
    assert reading.details["members_other_than_users"] == 3


def test_many_pages_of_everything(server: GraphServer, tenant: Tenant) -> None:
    ids = [tenant.add_user(f"user{number}") for number in range(1005)]
    for number in range(1001):
        tenant.add_group(f"group{number}")
    large = tenant.add_group("Large", ids)
    for user in ids[:3]:
        tenant.delete(user)
    reading = read(server)
    assert [user.external_id for user in reading.users] == [*ids[3:], *ids[:3]]
    assert len(reading.groups) == 1002
    assert members_by_name(reading)["Large"] == [user.name for user in reading.users[:1002]]
    assert large == reading.groups[-1].external_id
    assert len(server.graph.inner_requests.requests(path=f"{large}/members")) == 2


@pytest.mark.parametrize("incremental", [False, True])
def test_calls_at_10000_users_and_500_groups(server: GraphServer, tenant: Tenant, incremental: bool) -> None:
    fill(tenant, users=10_000, groups=500, members=40)
    reading = read(server, incremental=incremental)
    assert (len(reading.users), sum(len(group.users) for group in reading.groups)) == (10_000, 20_000)
    assert len(server.recorder.requests()) <= 39
    assert reading.details["calls"] == len(server.recorder.requests())


def test_groups_that_nobody_asks_for_are_not_read(server: GraphServer, tenant: Tenant) -> None:
    tenant.add_user("ann")
    tenant.add_group("Group")
    server.application.permissions = {"User.Read.All"}
    reading = read(server, read_groups=False)
    assert (len(reading.users), reading.groups) == (1, [])
    assert not server.graph.inner_requests.requests(path="/groups")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"group_kinds": ["security"]}, {"Plain", "Dynamic"}),
        ({"group_kinds": ["microsoft_365", "distribution"]}, {"Team", "List"}),
        ({"group_kinds": ["mail_enabled_security"]}, {"Mail"}),
        ({"dynamic_groups": "exclude"}, {"Plain", "Team", "List", "Mail"}),
        ({"dynamic_groups": "only"}, {"Dynamic"}),
    ],
)
def test_kinds_of_groups(server: GraphServer, tenant: Tenant, options: dict[str, Any], expected: set[str]) -> None:
    tenant.add_group("Plain")
    tenant.add_group("Dynamic", groupTypes=["DynamicMembership"])
    tenant.add_group("Team", groupTypes=["Unified"], mailEnabled=True, securityEnabled=False)
    tenant.add_group("List", mailEnabled=True, securityEnabled=False)
    tenant.add_group("Mail", mailEnabled=True)
    assert set(members_by_name(read(server, **options))) == expected


def test_group_that_does_not_count_passes_its_members_on(server: GraphServer, tenant: Tenant) -> None:
    team = tenant.add_group("Team", [tenant.add_user("ann")], groupTypes=["Unified"])
    tenant.add_group("Plain", [team])
    assert flattened(read(server, group_kinds=["security"])) == {"Plain": ("Ann",)}


def test_filters_are_applied_by_graph(server: GraphServer, tenant: Tenant) -> None:
    ann = tenant.add_user("ann", department="IT")
    tenant.add_user("bob")
    deep = tenant.add_group("Deep", [ann])
    other = tenant.add_group("Other", [deep])
    tenant.add_group("Vault", [other])
    reading = read(server, user_filter="department eq 'IT'", group_filter="startsWith(displayName,'Vault')")
    assert statuses(reading) == {"Ann": "active"}
    assert flattened(reading) == {"Vault": ("Ann",)}


def test_advanced_filters_work_on_every_page(server: GraphServer, tenant: Tenant) -> None:
    for number in range(1001):
        tenant.add_user(f"user{number}")
    tenant.add_user("bot")
    assert len(read(server, user_filter="displayName ne 'Bot'").users) == 1001


def test_unusable_filter_is_told(server: GraphServer) -> None:
    with pytest.raises(DirectoryError, match=r"to list users with status 400.*nickname.*Check user_filter"):
        read(server, user_filter="nickname eq 'x'")


def test_group_that_vanishes_while_it_is_read_is_left_out(server: GraphServer, tenant: Tenant) -> None:
    ann = tenant.add_user("ann")
    gone = tenant.add_group("Gone", [ann])
    tenant.add_group("Group", [ann, gone])
    server.on_response = lambda record: (
        tenant.delete(gone) if gone in tenant.objects and len(server.recorder.requests()) == 2 else None
    )
    reading = read(server)
    assert members_by_name(reading) == {"Group": ["Ann"]}
    assert reading.details["groups_vanished"] == 1


def test_hidden_members_need_a_right(server: GraphServer, tenant: Tenant) -> None:
    tenant.add_group("Class", [tenant.add_user("ann")], visibility="HiddenMembership")
    with pytest.raises(DirectoryAuthenticationError, match=r"Member\.Read\.Hidden"):
        read(server)
    server.application.permissions.add("Member.Read.Hidden")
    assert members_by_name(read(server)) == {"Class": ["Ann"]}


def test_hidden_members_of_units_need_a_right(server: GraphServer, tenant: Tenant) -> None:
    unit = tenant.add_unit("Unit", [tenant.add_user("ann")])
    other = tenant.add_unit("Other", [tenant.add_user("bob")])
    tenant.objects[unit].properties["visibility"] = "HiddenMembership"
    assert [user.name for user in read(server, administrative_units=[other]).users] == ["Bob"]
    with pytest.raises(DirectoryAuthenticationError, match=r"Member\.Read\.Hidden"):
        read(server, administrative_units=[unit, other])
    server.application.permissions.add("Member.Read.Hidden")
    assert [user.name for user in read(server, administrative_units=[unit, other]).users] == ["Ann", "Bob"]


def test_the_mangled_name_of_a_deleted_user_is_no_address(server: GraphServer, tenant: Tenant) -> None:
    ann, bob = tenant.add_user("ann", mail=None), tenant.add_user("bob")
    tenant.delete(ann)
    tenant.delete(bob)
    emails = {user.external_id: user.email for user in read(server).users}
    assert emails == {ann: None, bob: f"bob@{tenant.domain}"}


def test_hidden_properties_of_users_are_an_error(server: GraphServer, tenant: Tenant) -> None:
    tenant.add_user("ann", accountEnabled=None)
    with pytest.raises(DirectoryAuthenticationError, match=r"Ann is enabled.*User\.Read\.All"):
        read(server)


class TestAdministrativeUnits:
    """Ann is in the unit, Bob in its group by way of a nested one, Cid in neither; Dan was deleted."""

    @pytest.fixture
    def unit(self, tenant: Tenant) -> str:
        ann, bob, cid, dan = (tenant.add_user(name) for name in ("ann", "bob", "cid", "dan"))
        nested = tenant.add_group("Nested", [bob])
        berlin = tenant.add_group("Berlin", [nested])
        tenant.add_group("Paris", [cid])
        tenant.delete(dan)
        return tenant.add_unit("Germany", [ann, berlin])

    def test_our_option_selects_users_and_groups(self, server: GraphServer, unit: str) -> None:
        reading = read(server, administrative_units=[unit])
        assert flattened(reading) == {"Berlin": ("Bob",)}
        assert set(statuses(reading)) == {"Ann", "Bob", "Dan"}

    @pytest.mark.parametrize(
        ("keyword", "groups"),
        [("includeadministrativeunit", {"Berlin"}), ("excludeadministrativeunit", {"Nested", "Paris"})],
    )
    def test_bwdc_filter_selects_groups(self, server: GraphServer, unit: str, keyword: str, groups: set[str]) -> None:
        reading = read(server, group_query=f"{keyword}:{unit}")
        assert set(flattened(reading)) == groups
        assert len(reading.users) == 4

    def test_unknown_unit_is_an_error(self, server: GraphServer) -> None:
        with pytest.raises(DirectoryError, match="There is no administrative unit aa-00"):
            read(server, administrative_units=["aa-00"])


def test_probe_counts_and_shows_samples(server: GraphServer, tenant: Tenant) -> None:
    for number in range(5):
        tenant.add_user(f"user{number}")
    tenant.add_group("Group")
    result = entra_id_provider(server).probe()
    assert (result["users"], result["groups"]) == (5, 1)
    assert [user["name"] for user in result["sample_users"]] == ["User0", "User1", "User2"]
    assert result["sample_groups"] == ["Group"]
    assert "User.Read.All" in result["permissions"]
    assert len(server.recorder.requests()) == 2


def test_probe_tells_refusals(server: GraphServer) -> None:
    with pytest.raises(DirectoryError, match="nickname"):
        entra_id_provider(server, group_filter="nickname eq 'x'").probe()
