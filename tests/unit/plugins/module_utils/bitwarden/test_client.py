# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each endpoint against the emulated server: what it returns, changes, keeps and refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model import organization as model
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    ImportedGroup,
    ImportedMember,
    MemberStatus,
    MemberType,
    Seats,
    Server,
)
from ansible_collections.dirsync.bitwarden.tests.doubles.scripted_http import Answer, Received, ScriptedServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import (
    BitwardenServer,
    EventType,
    Mode,
    Role,
    Status,
)
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden

ANN = "ann@example.org"
UNKNOWN = "00000000-0000-0000-0000-000000000000"
ClientOf = Callable[[BitwardenServer], BitwardenClient]


@pytest.fixture
def emulator(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return a self-hosted server."""
    return bitwarden_server()


@pytest.fixture
def bitwarden(emulator: BitwardenServer, client_of: ClientOf) -> BitwardenClient:
    """Return a client of that server."""
    return client_of(emulator)


def access(collection_id: str, *, read_only: bool = False, manage: bool = False) -> dict[str, object]:
    """Return an association as the server stores it."""
    return {"id": collection_id, "readOnly": read_only, "hidePasswords": False, "manage": manage}


@pytest.mark.parametrize(
    ("mode", "server"),
    [
        (Mode.SELF_HOSTED, Server("2026.8.0")),
        (Mode.CLOUD, Server("2026.8.0", cloud_region="US")),
        (Mode.VAULTWARDEN, Server("2026.6.0", product="Vaultwarden")),
    ],
)
def test_server(bitwarden_server: StartBitwarden, client_of: ClientOf, mode: Mode, server: Server) -> None:
    answer = client_of(bitwarden_server(mode=mode)).server()
    assert (answer.product, answer.version, answer.cloud_region) == (
        server.product,
        server.version,
        server.cloud_region,
    )


def test_members_in_every_status(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    for status in Status:
        emulator.organization.add_member(f"{status.name.lower()}@example.org", status=status, external_id="x")
    members = {member.email: member for member in bitwarden.members()}
    assert {member.status for member in members.values()} == set(MemberStatus)
    assert members["founder@example.org"].type is MemberType.OWNER
    assert members["staged@example.org"].user_id is None


def test_one_member_or_none(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    ann = emulator.organization.add_member(ANN, external_id="x1")
    found = bitwarden.member(ann.id)
    assert found is not None
    assert (found.id, found.email, found.external_id) == (ann.id, ANN, "x1")
    assert bitwarden.member(UNKNOWN) is None


def test_ids_stay_within_their_segment(client: BitwardenClient, server: ScriptedServer) -> None:
    server.script(Answer(body={"access_token": "t"}), Answer(404))
    assert client.member("../groups?x=#") is None
    assert server.received[1].target == "/api/public/members/..%2Fgroups%3Fx%3D%23"


def test_invite(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    collection = emulator.organization.add_collection()
    group = emulator.organization.add_group("Staff")
    member = bitwarden.invite(
        ANN,
        "x1",
        role=model.Role(MemberType.CUSTOM, frozenset({"manage_users"})),
        collections=[Association(collection.id, read_only=True)],
        group_ids=[group.id],
    )
    stored = emulator.organization.member(ANN)
    assert (member.id, member.status) == (stored.id, MemberStatus.INVITED)
    assert (stored.type, stored.external_id) == (Role.CUSTOM, "x1")
    assert stored.permissions is not None
    assert [name for name, granted in stored.permissions.items() if granted] == ["manageUsers"]
    assert stored.collections == [access(collection.id, read_only=True)]
    assert emulator.organization.memberships() == {"Staff": {ANN}}


def test_invite_known_address_is_refused(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    emulator.organization.add_member(ANN, status=Status.REVOKED)
    with pytest.raises(BitwardenError, match=f"{ANN}. The server said: This user has already been invited") as caught:
        bitwarden.invite(ANN, "x1")
    assert (caught.value.status, caught.value.in_doubt) == (400, False)


def test_validation_errors_are_told(bitwarden: BitwardenClient) -> None:
    with pytest.raises(BitwardenError, match="Email: The Email field is not a supported e-mail address format"):
        bitwarden.invite("ann@localhost", "x1")


def test_update_member_keeps_the_rest(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    collection = emulator.organization.add_collection()
    ann = emulator.organization.add_member(
        ANN,
        type=Role.CUSTOM,
        external_id="old",
        permissions={"manageUsers": True},
        collections=[access(collection.id, manage=True)],
    )
    emulator.organization.add_group("Staff", members=[ANN])
    before = emulator.organization.member(ANN)
    bitwarden.update_member(ann.id, external_id="new")
    after = emulator.organization.member(ANN)
    assert after.external_id == "new"
    assert (after.type, after.collections) == (before.type, before.collections)
    assert after.permissions is not None
    assert after.permissions["manageUsers"]
    assert emulator.organization.memberships() == {"Staff": {ANN}}
    assert [request.method for request in emulator.recorder.requests(path="/members/")] == ["GET", "PUT"]
    assert "groups" not in emulator.recorder.writes()[0].body


def test_update_member_type_drops_permissions_that_only_custom_roles_have(
    bitwarden: BitwardenClient, emulator: BitwardenServer
) -> None:
    ann = emulator.organization.add_member(ANN, type=Role.CUSTOM, permissions={"manageUsers": True}, external_id="x")
    bitwarden.update_member(ann.id, role=model.Role(), external_id=None, collections=[])
    stored = emulator.organization.member(ANN)
    assert (stored.type, stored.external_id) == (Role.USER, None)
    assert emulator.recorder.writes()[0].body["permissions"] is None


def test_a_custom_role_takes_away_the_permissions_that_it_does_not_name(
    bitwarden: BitwardenClient, emulator: BitwardenServer
) -> None:
    permissions = {"manageUsers": True, "manageSso": True}
    ann = emulator.organization.add_member(ANN, type=Role.CUSTOM, permissions=permissions, external_id="x")
    bitwarden.update_member(ann.id, role=model.Role(MemberType.CUSTOM, frozenset({"manage_sso", "access_reports"})))
    stored = emulator.organization.member(ANN)
    assert {name for name, granted in (stored.permissions or {}).items() if granted} == {"manageSso", "accessReports"}
    assert (stored.type, stored.external_id) == (Role.CUSTOM, "x")


def test_a_permission_that_only_the_server_knows_is_kept(client: BitwardenClient, server: ScriptedServer) -> None:
    ann = {
        "id": "m1",
        "email": ANN,
        "status": 2,
        "type": 4,
        "permissions": {"futurePermission": True},
        "collections": [],
    }
    server.script(Answer(body={"access_token": "t"}), Answer(body=ann), Answer(body=ann))
    client.update_member("m1", role=model.Role(MemberType.CUSTOM, frozenset({"manage_users"})))
    sent = json.loads(server.received[-1].body)["permissions"]
    assert (sent["futurePermission"], sent["manageUsers"], sent["manageSso"]) == (True, True, False)


def test_update_without_change_writes_nothing(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    ann = emulator.organization.add_member(ANN, external_id="x1")
    group = emulator.organization.add_group("Staff", "g1")
    bitwarden.update_member(ann.id, external_id="x1", role=model.Role())
    bitwarden.update_member(ann.id)
    bitwarden.update_group(group.id, name="Staff", external_id="g1")
    assert emulator.recorder.writes() == []


def test_update_of_an_unknown_member_is_an_error(bitwarden: BitwardenClient) -> None:
    with pytest.raises(BitwardenError, match=f"GET .*/members/{UNKNOWN} answered 404") as caught:
        bitwarden.update_member(UNKNOWN, external_id="x")
    assert caught.value.status == 404


def test_revoke_and_restore(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    ann = emulator.organization.add_member(ANN)
    bitwarden.revoke(ann.id)
    assert emulator.organization.member(ANN).status == Status.REVOKED
    with pytest.raises(BitwardenError, match="Already revoked") as caught:
        bitwarden.revoke(ann.id)
    assert (caught.value.status, caught.value.in_doubt) == (400, False)
    bitwarden.restore(ann.id)
    assert emulator.organization.member(ANN).status == Status.CONFIRMED


def test_reinvite(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    ann = emulator.organization.add_member(ANN, status=Status.INVITED)
    bitwarden.reinvite(ann.id)
    assert [record.path for record in emulator.recorder.writes()] == [f"/api/public/members/{ann.id}/reinvite"]
    emulator.organization.accept(ANN)
    with pytest.raises(BitwardenError, match=r"400.*User invalid\."):
        bitwarden.reinvite(ann.id)


def test_older_servers_cannot_revoke(bitwarden_server: StartBitwarden, client_of: ClientOf) -> None:
    emulator = bitwarden_server(version="2026.1.0")
    ann = emulator.organization.add_member(ANN)
    with pytest.raises(BitwardenError, match=r"Bitwarden server 2026\.2\.0 or later"):
        client_of(emulator).revoke(ann.id)


def test_remove(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    ann = emulator.organization.add_member(ANN, status=Status.INVITED)
    bitwarden.remove_member(ann.id)
    assert ANN not in emulator.organization.members()
    with pytest.raises(BitwardenError) as caught:
        bitwarden.remove_member(ann.id)
    assert caught.value.status == 404


def test_create_and_delete_group(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    collection = emulator.organization.add_collection()
    group = bitwarden.create_group("Staff", "g1", collections=[Association(collection.id, manage=True)])
    stored = emulator.organization.group("Staff")
    assert (stored.id, stored.external_id) == (group.id, "g1")
    assert stored.collections == [access(collection.id, manage=True)]
    assert bitwarden.groups() == (bitwarden.group(group.id),)
    bitwarden.delete_group(group.id)
    assert bitwarden.group(group.id) is None
    assert bitwarden.groups() == ()


def test_update_group_keeps_the_rest(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    one = emulator.organization.add_collection()
    group = emulator.organization.add_group("Staff", "g1", collections=[access(one.id)])
    bitwarden.update_group(group.id, name="People")
    bitwarden.update_group(group.id, external_id="g2")
    stored = emulator.organization.group("People")
    assert (stored.external_id, stored.collections) == ("g2", [access(one.id)])
    assert all("collections" not in write.body for write in emulator.recorder.writes())


def test_accesses_of_a_group_come_change_and_go_and_the_others_stay(
    bitwarden: BitwardenClient, emulator: BitwardenServer
) -> None:
    one, two, three, four = (emulator.organization.add_collection() for _unused in range(4))
    accesses = [access(one.id), access(two.id), access(three.id, manage=True)]
    group = emulator.organization.add_group("Staff", "g1", collections=accesses)
    bitwarden.update_group(group.id, granting=[Association(four.id), Association(two.id, read_only=True)])
    bitwarden.update_group(group.id, withdrawing=[one.id, UNKNOWN])
    stored = emulator.organization.group("Staff")
    assert stored.external_id == "g1"
    assert stored.collections == [access(two.id, read_only=True), access(three.id, manage=True), access(four.id)]
    emulator.recorder.clear()
    bitwarden.update_group(group.id, granting=[Association(four.id)], withdrawing=[one.id])
    assert emulator.recorder.writes() == []


@pytest.mark.parametrize("untold", [{}, {"collections": None}])
def test_no_change_withdraws_collections_that_the_server_does_not_tell(
    client: BitwardenClient, server: ScriptedServer, untold: dict[str, None]
) -> None:
    ann = {"id": "m1", "email": ANN, "status": 2, "type": 2, **untold}
    staff = {"id": "g1", "name": "Staff", **untold}
    server.script(Answer(body={"access_token": "t"}), Answer(body=ann), Answer(body=staff), Answer(body=staff))
    with pytest.raises(BitwardenError, match=f"{ANN} was not changed: the server does not tell its collections"):
        client.update_member("m1", external_id="x")
    for change in ({"granting": [Association("c1")]}, {"withdrawing": ["c1"]}):
        with pytest.raises(BitwardenError, match="Staff was not changed: the server does not tell its collections"):
            client.update_group("g1", **change)
    assert [request.method for request in server.received] == ["POST", "GET", "GET", "GET"]


def test_a_group_is_renamed_without_its_collections(client: BitwardenClient, server: ScriptedServer) -> None:
    staff = {"id": "g1", "name": "Staff"}
    server.script(Answer(body={"access_token": "t"}), Answer(body=staff), Answer(body=staff))
    client.update_group("g1", name="People")
    assert server.received[-1].json == {"name": "People", "externalId": None}


def test_members_of_a_group(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    ann, bob = (emulator.organization.add_member(f"{name}@example.org") for name in ("ann", "bob"))
    group = emulator.organization.add_group("Staff", members=[ANN])
    assert bitwarden.group_member_ids(group.id) == (ann.id,)
    bitwarden.set_group_member_ids(group.id, {bob.id})
    assert emulator.organization.memberships() == {"Staff": {bob.email}}
    bitwarden.set_group_member_ids(group.id, [])
    assert emulator.organization.memberships() == {"Staff": set()}


def test_seats(bitwarden_server: StartBitwarden, client_of: ClientOf) -> None:
    cloud = bitwarden_server(mode=Mode.CLOUD)
    cloud.organization.configure(seats=10, max_autoscale_seats=12)
    assert client_of(cloud).subscription() == Seats(10, 12)
    assert client_of(bitwarden_server()).subscription() is None


def test_failing_subscription_is_not_taken_for_none(client: BitwardenClient, server: ScriptedServer) -> None:
    message = "An error occurred while retrieving the subscription details."
    server.script(Answer(body={"access_token": "t"}), *[Answer(500, {"message": message})] * 6)
    with pytest.raises(BitwardenError, match=message):
        client.subscription()


def test_events_newest_first_over_all_pages(bitwarden: BitwardenClient, emulator: BitwardenServer) -> None:
    ann = emulator.organization.add_member(ANN)
    now = emulator.clock.now()
    for age in range(120):
        emulator.organization.record_event(EventType.MEMBER_UPDATED, ann.id, date=now - age)
    start, end = (datetime.fromtimestamp(now + seconds, timezone.utc) for seconds in (-100, 10))
    events = list(bitwarden.events(start, end))
    assert 100 <= len(events) <= 101
    assert [event.date for event in events] == sorted((event.date for event in events), reverse=True)
    assert {event.member_id for event in events} == {ann.id}


def test_repeating_event_pages_end(client: BitwardenClient, server: ScriptedServer) -> None:
    def respond(request: Received) -> Answer:
        if request.method == "POST":
            return Answer(body={"access_token": "t"})
        return Answer(body={"data": [], "continuationToken": "again"})

    server.respond = respond
    now = datetime.now(timezone.utc)
    with pytest.raises(BitwardenError, match="repeat themselves"):
        list(client.events(now - timedelta(days=1), now))
    assert server.received[1].query["start"].endswith("+00:00")


def test_too_long_a_range_of_events_is_refused(bitwarden: BitwardenClient) -> None:
    now = datetime.now(timezone.utc)
    with pytest.raises(BitwardenError, match="Date range must be < 367 days"):
        list(bitwarden.events(now - timedelta(days=400), now))


@pytest.mark.parametrize("mode", [Mode.SELF_HOSTED, Mode.VAULTWARDEN])
def test_import(bitwarden_server: StartBitwarden, client_of: ClientOf, mode: Mode) -> None:
    emulator = bitwarden_server(mode=mode)
    emulator.organization.configure(vaultwarden_groups_enabled=True)
    client_of(emulator).import_directory(
        [ImportedMember("x1", ANN), ImportedMember("x2", "bob@example.org", deleted=True)],
        [ImportedGroup("g1", "Staff", ("x1",))],
    )
    assert emulator.organization.member(ANN).external_id == "x1"
    assert emulator.organization.memberships() == {"Staff": {ANN}}


def test_vaultwarden_is_explained(bitwarden_server: StartBitwarden, client_of: ClientOf) -> None:
    with pytest.raises(BitwardenError, match="Vaultwarden has no API to read or change single members") as caught:
        client_of(bitwarden_server(mode=Mode.VAULTWARDEN)).members()
    assert caught.value.status == 404


def test_wrong_address_is_explained(client: BitwardenClient, server: ScriptedServer) -> None:
    server.script(Answer(body={"access_token": "t"}), Answer(404, "<title>404</title>"), Answer(404))
    with pytest.raises(BitwardenError, match=r"no Bitwarden API at this address.*HTML page: 404.*Check server_url"):
        client.members()
