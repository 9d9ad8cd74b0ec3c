# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 14: Vaultwarden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient, assert_conforms
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.import_request import PATH, group, imported
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import (
    FOUNDER,
    Mode,
    Organization,
    PolicyType,
    Role,
    Status,
)


@pytest.fixture
def client(connect: Callable[..., ApiClient]) -> ApiClient:
    return connect(mode=Mode.VAULTWARDEN)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"deviceIdentifier": None}, "device_identifier cannot be blank"),
        ({"deviceName": ""}, "device_name cannot be blank"),
        ({"deviceType": None}, "device_type cannot be blank"),
        ({"client_secret": None}, "client_secret cannot be blank"),
        ({"client_id": "somebody"}, "Malformed client_id"),
        ({"client_id": "organization.3b5c9f5e-0000-4000-8000-000000000000"}, "Invalid client_id"),
        ({"client_secret": "wrong"}, "Incorrect client_secret"),
    ],
)
def test_tokens_are_refused_in_its_own_words(client: ApiClient, changes: dict[str, str], text: str) -> None:
    answer = client.token(**changes)
    assert answer.status_code == 400
    assert_conforms(answer.json(), "vaultwarden_error")
    assert answer.json()["message"] == text


def test_device_fields_may_be_spelled_with_underscores(client: ApiClient) -> None:
    spelled = {"device_identifier": "1", "device_name": "tests", "device_type": "8"}
    answer = client.token(deviceIdentifier=None, deviceName=None, deviceType=None, **spelled)
    assert_conforms(answer.json(), "token")


def test_ten_logins_pass_in_a_minute(client: ApiClient) -> None:
    answers = [client.token() for _unused in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 9 + [429]


@pytest.mark.parametrize("path", ["/members", "/groups", "/collections", "/events", "/organization/subscription"])
def test_nothing_can_be_read(client: ApiClient, path: str) -> None:
    answer = client.request("GET", path)
    assert answer.status_code == 404
    assert_conforms(answer.json(), "rocket_error")


def test_an_expired_token_is_refused(client: ApiClient) -> None:
    client.server.clock.advance(3601)
    answer = client.request("POST", PATH, imported())
    assert answer.status_code == 401
    assert_conforms(answer.json(), "rocket_error")


def _without(part: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != name}


MEMBER: dict[str, Any] = {"email": "a@example.org", "externalId": "1", "deleted": False}


@pytest.mark.parametrize(
    "body",
    [
        *(_without(imported(), name) for name in ("groups", "members", "overwriteExisting")),
        *({**imported(), "members": [_without(MEMBER, name)]} for name in MEMBER),
        *({**imported(), "groups": [_without(group("g", "g"), name)]} for name in group("g", "g")),
        {**imported(), "members": [{**MEMBER, "externalId": 1}]},
        {**imported(), "members": [{**MEMBER, "email": None, "deleted": True}]},
        {**imported(), "groups": [{**group("g", "g"), "memberExternalIds": [1]}]},
    ],
)
def test_every_field_is_mandatory_and_ids_are_strings(
    client: ApiClient, organization: Organization, body: dict[str, Any]
) -> None:
    answer = client.request("POST", PATH, body)
    assert answer.status_code == 422
    assert_conforms(answer.json(), "rocket_error")
    assert set(organization.members()) == {FOUNDER}


def test_options_of_bitwarden_are_ignored(client: ApiClient, organization: Organization) -> None:
    body = imported(("a@example.org", "1", False), largeImport=True, inviteUsersAfterProvisioning=False)
    client.post(PATH, body)
    assert organization.member("a@example.org").status == Status.INVITED


def test_people_are_matched_by_address_and_the_external_id_is_overwritten(
    client: ApiClient, organization: Organization
) -> None:
    organization.add_member("a@example.org", external_id="old")
    organization.add_member("b@example.org", external_id="b")
    client.post(PATH, imported(("a@example.org", "new", False), ("b2@example.org", "b", False)))
    assert organization.member("a@example.org").external_id == "new"
    assert {"b@example.org", "b2@example.org"} <= set(organization.members())


def test_deleting_revokes_and_sets_the_external_id(client: ApiClient, organization: Organization) -> None:
    organization.add_member("a@example.org", type=Role.ADMIN)
    client.post(PATH, imported(("a@example.org", "1", True), (FOUNDER, "2", True), ("nobody@example.org", "3", True)))
    member = organization.member("a@example.org")
    assert (member.status, member.external_id) == (Status.REVOKED, "1")
    founder = organization.member(FOUNDER)
    assert (founder.status, founder.external_id) == (Status.CONFIRMED, "2")
    assert "nobody@example.org" not in organization.members()


def test_the_revoked_who_are_present_are_restored(client: ApiClient, organization: Organization) -> None:
    organization.add_member("a@example.org", status=Status.REVOKED, revoked_from=Status.ACCEPTED)
    organization.add_member("b@example.org", status=Status.REVOKED, two_factor_enabled=True)
    organization.add_member("c@example.org", status=Status.REVOKED)
    client.post(PATH, imported(("a@example.org", "a", False)))
    organization.set_policy(PolicyType.TWO_FACTOR)
    client.post(PATH, imported(("b@example.org", "b", False), ("c@example.org", "c", False)))
    statuses = [organization.member(f"{name}@example.org").status for name in "abc"]
    assert statuses == [Status.ACCEPTED, Status.CONFIRMED, Status.REVOKED]


@pytest.mark.parametrize(
    ("mail", "account", "status"),
    [
        (True, True, Status.INVITED),
        (True, False, Status.INVITED),
        (False, True, Status.ACCEPTED),
        (False, False, Status.INVITED),
    ],
)
def test_an_account_is_accepted_at_once_where_no_mail_is_sent(
    client: ApiClient, organization: Organization, mail: bool, account: bool, status: Status
) -> None:
    organization.configure(vaultwarden_mail_enabled=mail, accounts=["a@example.org"] if account else [])
    client.post(PATH, imported(("A@example.org", "1", False)))
    assert organization.member("a@example.org").status == status


def test_a_mail_that_fails_stops_the_run_and_keeps_what_was_done(client: ApiClient, organization: Organization) -> None:
    organization.configure(undeliverable=["b@example.org"])
    answer = client.request(
        "POST",
        PATH,
        imported(*((f"{name}@example.org", name, False) for name in "abc")),
    )
    assert answer.status_code == 400
    assert_conforms(answer.json(), "vaultwarden_error")
    assert set(organization.members()) == {FOUNDER, "a@example.org", "b@example.org"}


def test_overwriting_comes_last_and_spares_only_the_last_owner(client: ApiClient, organization: Organization) -> None:
    organization.add_member("invited@example.org", external_id="i", status=Status.INVITED)
    organization.add_member("owner@example.org", external_id="o", type=Role.OWNER)
    organization.add_member("listed@example.org", external_id="old")
    organization.add_member("leaver@example.org", external_id="l")
    organization.add_member("manual@example.org")
    organization.change_member(FOUNDER, external_id="f")
    people = imported(("listed@example.org", "new", False), ("leaver@example.org", "l", True), overwriteExisting=True)
    client.post(PATH, people)
    remaining = organization.members()
    assert "invited@example.org" not in remaining
    assert remaining["listed@example.org"].external_id == "new"
    assert remaining["leaver@example.org"].status == Status.REVOKED
    assert "manual@example.org" in remaining
    assert [member.email for member in remaining.values() if member.type == Role.OWNER] == ["owner@example.org"]


def test_groups_are_ignored_unless_enabled(client: ApiClient, organization: Organization) -> None:
    people = imported(("a@example.org", "1", False), groups=[group("Staff", "g", "1", "nobody")])
    client.post(PATH, people)
    assert organization.groups() == []
    organization.configure(vaultwarden_groups_enabled=True)
    client.post(PATH, people)
    assert organization.memberships() == {"Staff": {"a@example.org"}}


def test_groups_are_replaced_but_not_renamed(client: ApiClient, organization: Organization) -> None:
    organization.configure(vaultwarden_groups_enabled=True)
    organization.add_member("manual@example.org")
    organization.add_group("Staff", "g", members=["manual@example.org"])
    client.post(PATH, imported(groups=[group("Crew", "g")]))
    assert organization.memberships() == {"Staff": set()}


def test_no_events_are_written(client: ApiClient, organization: Organization) -> None:
    client.post(PATH, imported(("a@example.org", "1", False)))
    client.post(PATH, imported(("a@example.org", "1", True)))
    assert organization.events() == []
