# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Incremental reads: the same as full ones, in fewer calls, and full ones on any doubt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryError, IncompleteReadError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.emulators.common import EmulatorServer, Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphEmulator, GraphServer, Tenant
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import entra_id_provider, members_by_name
from ansible_collections.dirsync.bitwarden.tests.support.readings import facts
from hypothesis import given, settings
from hypothesis import strategies as st

HOUR = 3600
DAY = 24 * HOUR


def read(server: GraphServer, previous: Mapping[str, Any] | None = None, **options: Any) -> Reading:
    """Read incrementally; the state goes through JSON, as the snapshot has it."""
    state = None if previous is None else json.loads(json.dumps(previous))
    return entra_id_provider(server, incremental=True, **options).read(state)


def test_first_read_is_full_and_keeps_state(server: GraphServer, tenant: Tenant) -> None:
    tenant.add_user("ann")
    reading = read(server)
    assert reading.details["incremental"] is False
    assert "no saved state" in reading.details["full_read_because"]
    assert reading.state is not None


def test_nothing_changed_takes_two_calls(server: GraphServer, tenant: Tenant) -> None:
    tenant.add_group("Group", [tenant.add_user("ann")])
    first = read(server)
    server.recorder.clear()
    second = read(server, first.state)
    assert second.details["incremental"] is True
    assert facts(first) == facts(second)
    assert [request.path.rpartition("/")[2] for request in server.recorder.requests()] == ["token", "$batch"]


def test_changes_are_applied(server: GraphServer, tenant: Tenant) -> None:
    ann, bob, cid, dan = (tenant.add_user(name) for name in ("ann", "bob", "cid", "dan"))
    group = tenant.add_group("Group", [ann, bob])
    gone = tenant.add_group("Gone", [dan])
    state = read(server).state
    tenant.update(ann, accountEnabled=False, mail=None)
    tenant.delete(bob)
    tenant.delete(cid)
    tenant.purge(cid)
    eve = tenant.add_user("eve")
    tenant.add_member(group, eve)
    tenant.update(group, displayName="Renamed")
    tenant.delete(gone)
    tenant.add_group("New", [group, dan])
    incremental = read(server, state)
    assert incremental.details["incremental"] is True
    assert facts(incremental) == facts(read(server))
    assert members_by_name(incremental) == {"Renamed": ["Ann", "Eve"], "New": ["Dan", "Renamed"]}


def test_state_of_an_incremental_read_serves_the_next(server: GraphServer, tenant: Tenant) -> None:
    state = read(server).state
    for number in range(3):
        tenant.add_user(f"user{number}")
        reading = read(server, state)
        assert (reading.details["incremental"], len(reading.users)) == (True, number + 1)
        state = reading.state


def test_group_on_many_pages_is_merged(server: GraphServer, tenant: Tenant) -> None:
    ids = [tenant.add_user(f"user{number}") for number in range(20)]
    group = tenant.add_group("Group", ids[:10])
    state = read(server).state
    server.graph.api.delta.page_size = 1
    server.graph.api.delta.members_per_entry = 3
    for user in ids[:5]:
        tenant.remove_member(group, user)
    for user in ids[10:]:
        tenant.add_member(group, user)
    reading = read(server, state)
    assert reading.details["incremental"] is True
    assert members_by_name(reading) == {"Group": [f"User{number}" for number in range(5, 20)]}


def test_change_between_link_and_listing_is_not_lost(server: GraphServer, tenant: Tenant) -> None:
    ann = tenant.add_user("ann")
    server.graph.inner_requests = watch = type(server.graph.inner_requests)(server.graph.is_write)
    original = server.graph.api.answer

    def answer(method: str, target: str, *rest: Any) -> Any:
        result = original(method, target, *rest)
        if target.startswith("/users?"):
            tenant.update(ann, displayName="Anna")
        return result

    server.graph.api.answer = answer  # type: ignore[method-assign]
    first = read(server)
    assert [user.name for user in first.users] == ["Ann"]
    paths = [request.path for request in watch.requests()]
    assert paths.index("/groups/delta") < paths.index("/users")
    assert [user.name for user in read(server, first.state).users] == ["Anna"]


def test_units_are_read_each_time(server: GraphServer, tenant: Tenant) -> None:
    group = tenant.add_group("Group", [tenant.add_user("ann")])
    tenant.add_group("Other", [tenant.add_user("bob")])
    unit = tenant.add_unit("Unit", [])
    state = read(server, administrative_units=[unit]).state
    tenant.objects[unit].members[group] = None
    reading = read(server, state, administrative_units=[unit])
    assert (reading.details["incremental"], [user.name for user in reading.users]) == (True, ["Ann"])


def test_who_was_restored_is_noticed_without_deleted_users(server: GraphServer, tenant: Tenant) -> None:
    ann = tenant.add_user("ann")
    tenant.delete(ann)
    first = read(server, deleted=False)
    assert first.users == []
    tenant.restore(ann)
    assert "a user was restored" in read(server, first.state, deleted=False).details["full_read_because"]


def test_without_groups_only_users_are_followed(server: GraphServer, tenant: Tenant) -> None:
    tenant.add_group("Group", [tenant.add_user("ann")])
    server.application.permissions = {"User.Read.All"}
    state = read(server, read_groups=False).state
    tenant.add_user("bob")
    reading = read(server, state, read_groups=False, deleted=False)
    assert (reading.details["incremental"], len(reading.users), reading.groups) == (True, 2, [])


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("old", "too long ago"),
        ("future", "too long ago"),
        ("expired", "syncStateNotFound"),
        ("reset", "resyncRequired"),
        ("restored", "a user was restored"),
        ("elsewhere", "belongs to another server"),
        ("partial", "is not complete"),
    ],
)
def test_doubt_leads_to_a_full_read(server: GraphServer, tenant: Tenant, what: str, reason: str) -> None:
    ann = tenant.add_user("ann")
    group = tenant.add_group("Group", [ann])
    if what == "restored":
        tenant.delete(ann)
    state = dict(read(server).state or {})
    bob = tenant.add_user("bob")
    hours = 24
    if what == "old":
        server.clock.advance(DAY)
    elif what == "future":
        server.clock.advance(-HOUR)
    elif what == "expired":
        server.clock.advance(8 * DAY)
        hours = 24 * 30
    elif what == "reset":
        server.graph.api.delta.reset()
    elif what == "restored":
        tenant.restore(ann)
    elif what == "elsewhere":
        state["links"] = [link.replace(server.url, "https://elsewhere.example.org") for link in state["links"]]
    else:
        tenant.log[-1] = type(tenant.log[-1])("user", bob, frozenset({"displayName"}))
    reading = read(server, state, full_read_hours=hours)
    assert reading.details["incremental"] is False
    assert reason in reading.details["full_read_because"]
    assert members_by_name(reading) == {"Group": ["Ann"]}
    assert group == reading.groups[0].external_id


def test_page_that_expires_leads_to_a_full_read(server: GraphServer, tenant: Tenant) -> None:
    state = read(server).state
    server.graph.api.delta.page_size = 1
    for number in range(3):
        tenant.add_user(f"user{number}")
    body = {"error": {"code": "Directory_ExpiredPageToken", "message": "Expired."}}
    server.faults.add(Fault(Kind.STATUS, When("GET", "/users/delta"), status=400, body=body))
    reading = read(server, state)
    assert (reading.details["incremental"], len(reading.users)) == (False, 3)


@pytest.mark.parametrize("status", [400, 403])
def test_other_refusals_are_errors(server: GraphServer, tenant: Tenant, status: int) -> None:
    tenant.add_user("ann")
    state = read(server).state
    server.graph.inner_faults.add(Fault(Kind.STATUS, When(path="/users/delta"), status=status, body={}))
    with pytest.raises(DirectoryError, match=f"changes of users with status {status}"):
        read(server, state)


def test_changes_in_a_circle_are_an_error(server: GraphServer) -> None:
    state = read(server).state
    link = f"{server.url}/v1.0/users/delta?$skiptoken=x"
    body = {"value": [], "@odata.nextLink": link}
    server.graph.inner_faults.add(Fault(Kind.STATUS, When(path="/users/delta"), status=200, body=body))
    server.faults.add(Fault(Kind.STATUS, When("GET", "/users/delta"), times=None, status=200, body=body))
    with pytest.raises(IncompleteReadError, match="circle"):
        read(server, state)


def test_missing_delta_link_is_an_error(server: GraphServer) -> None:
    server.graph.inner_faults.add(Fault(Kind.STATUS, When(path="/users/delta"), status=200, body={"value": []}))
    with pytest.raises(DirectoryError, match="gave no link"):
        read(server)


class Changes:
    """Applies random changes to a tenant; each draws what it needs."""

    def __init__(self, tenant: Tenant, data: st.DataObject) -> None:
        self._tenant = tenant
        self._data = data
        self._count = 0

    def apply(self) -> None:
        """Make one change that is possible now."""
        kinds = [name for name in dir(self) if name.startswith("do_")]
        getattr(self, self._data.draw(st.sampled_from(kinds)))()

    def _pick(self, ids: list[str]) -> str | None:
        return self._data.draw(st.sampled_from(ids)) if ids else None

    def _ids(self, kind: str) -> list[str]:
        return [item.id for item in self._tenant.of_kind(kind)]

    def _name(self) -> str:
        self._count += 1
        return f"n{self._count}"

    def do_add_user(self) -> None:
        self._tenant.add_user(self._name())

    def do_add_group(self) -> None:
        self._tenant.add_group(self._name())

    def do_change_user(self) -> None:
        if user := self._pick(self._ids("user")):
            change = [{"accountEnabled": False}, {"mail": None}, {"displayName": self._name()}, {"jobTitle": "x"}]
            self._tenant.update(user, **self._data.draw(st.sampled_from(change)))

    def do_rename_group(self) -> None:
        if group := self._pick(self._ids("group")):
            self._tenant.update(group, displayName=self._name())

    def do_add_member(self) -> None:
        group, member = self._pick(self._ids("group")), self._pick(self._ids("user") + self._ids("group"))
        if group and member:
            self._tenant.add_member(group, member)

    def do_remove_member(self) -> None:
        group = self._pick([each for each in self._ids("group") if self._tenant.objects[each].members])
        if group:
            self._tenant.remove_member(group, self._pick(list(self._tenant.objects[group].members)) or "")

    def do_delete(self) -> None:
        if found := self._pick(self._ids("user") + self._ids("group")):
            self._tenant.delete(found)

    def do_restore(self) -> None:
        if found := self._pick(list(self._tenant.deleted)):
            self._tenant.restore(found)

    def do_purge(self) -> None:
        if found := self._pick(list(self._tenant.deleted)):
            self._tenant.purge(found)


@pytest.fixture(scope="module")
def shared_server() -> Any:
    with GraphServer(GraphEmulator()) as server:
        assert isinstance(server, EmulatorServer)
        yield server


@given(st.data())
@settings(max_examples=40)
def test_incremental_equals_full_over_random_changes(shared_server: GraphServer, data: st.DataObject) -> None:
    shared_server.graph.reset()
    delta = shared_server.graph.api.delta
    delta.page_size, delta.members_per_entry = data.draw(st.sampled_from([(1, 1), (2, 2), (200, 500)]))
    changes = Changes(shared_server.tenant, data)
    state: Mapping[str, Any] | None = None
    for _unused in range(data.draw(st.integers(2, 4))):
        for _unused in range(data.draw(st.integers(0, 12))):
            changes.apply()
        incremental = read(shared_server, state)
        assert facts(incremental) == facts(entra_id_provider(shared_server).read())
        state = incremental.state
