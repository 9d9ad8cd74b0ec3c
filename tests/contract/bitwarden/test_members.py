# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference sections 5.1 and 9: reading, inviting and removing members."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import (
    FOUNDER,
    EventType,
    Organization,
    Role,
    Status,
)

UNKNOWN = "00000000-0000-4000-8000-000000000000"
ASSOCIATION = {"readOnly": False, "hidePasswords": False, "manage": True}


def test_the_list_holds_members_of_all_statuses(client: ApiClient, organization: Organization) -> None:
    for status in Status:
        organization.add_member(f"{status.name.lower()}@example.org", status=status)
    members = client.get("/members", "member_list")["data"]
    assert {member["email"]: member["status"] for member in members} == {
        FOUNDER: 2,
        "revoked@example.org": -1,
        "invited@example.org": 0,
        "accepted@example.org": 1,
        "confirmed@example.org": 2,
        "staged@example.org": 3,
    }
    without_account = {member["email"] for member in members if member["userId"] is None}
    assert without_account == {"invited@example.org", "staged@example.org"}


def test_a_member_shows_direct_collections_only(client: ApiClient, organization: Organization) -> None:
    direct, inherited = organization.add_collection(), organization.add_collection()
    member = organization.add_member("anna@example.org", collections=[{"id": direct.id, **ASSOCIATION}])
    organization.add_group("Staff", members=["anna@example.org"], collections=[{"id": inherited.id, **ASSOCIATION}])
    shown = client.get(f"/members/{member.id}", "member")
    assert shown["collections"] == [{"id": direct.id, **ASSOCIATION}]
    assert client.get("/members", "member_list")["data"][1]["collections"] == shown["collections"]


def test_an_account_may_have_another_address_than_was_invited(client: ApiClient, organization: Organization) -> None:
    client.post("/members", {"email": "anna@example.org", "type": 2}, "member")
    organization.accept("anna@example.org", account_email="anna.private@example.com")
    assert [member["email"] for member in client.get("/members", "member_list")["data"]][1:] == [
        "anna.private@example.com"
    ]


def test_group_ids_are_a_bare_array(client: ApiClient, organization: Organization) -> None:
    group = organization.add_group("Staff")
    member = organization.add_member("anna@example.org", groups=["Staff"])
    assert client.get(f"/members/{member.id}/group-ids", "ids") == [group.id]


def test_inviting(client: ApiClient, organization: Organization) -> None:
    group, collection = organization.add_group("Staff"), organization.add_collection()
    invitation = {
        "email": "Anna@Example.org",
        "type": 4,
        "externalId": "id-1",
        "permissions": {"manageUsers": True},
        "collections": [{"id": collection.id, **ASSOCIATION}],
        "groups": [group.id],
        "unknownProperty": 1,
    }
    answer = client.post("/members", invitation, "member")
    assert (answer["status"], answer["userId"], answer["name"], answer["ssoExternalId"]) == (0, None, None, None)
    assert answer["twoFactorEnabled"] is False
    assert answer["permissions"]["manageUsers"] is True
    assert answer["permissions"]["manageGroups"] is False
    shown = client.get(f"/members/{answer['id']}", "member")
    assert shown == answer
    assert shown["email"] == "anna@example.org"
    assert organization.memberships() == {"Staff": {"anna@example.org"}}
    assert [event.type for event in organization.events()] == [EventType.MEMBER_INVITED]


def test_request_names_are_matched_without_regard_to_case(client: ApiClient) -> None:
    answer = client.post("/members", {"EMAIL": "anna@example.org", "Type": 2, "externalid": "x"}, "member")
    assert answer["externalId"] == "x"


@pytest.mark.parametrize("status", list(Status))
def test_a_known_address_of_any_status_cannot_be_invited(
    client: ApiClient, organization: Organization, status: Status
) -> None:
    organization.add_member("anna@example.org", status=status)
    invitation = {"email": "ANNA@example.org", "type": 2}
    assert client.message("POST", "/members", invitation) == "This user has already been invited."


@pytest.mark.parametrize(
    "email",
    ["anna@example.org", "a.b+c@sub.example.org", "o'neill@example.org", "anna@exämple.org", "anna@example.örg"],
)
def test_strict_addresses_that_pass(client: ApiClient, email: str) -> None:
    assert client.post("/members", {"email": email, "type": 2}, "member")["email"] == email


@pytest.mark.parametrize(
    "email",
    [
        "anna",
        "anna@localhost",
        "anna@127.0.0.1",
        "anna@example.org.",
        "anna@example.xn--p1ai2",
        "änna@example.org",
        "Anna <anna@example.org>",
        " anna@example.org",
        "anna@example.org ",
        "an na@example.org",
        "anna@example.org, ben@example.org",
        "anna(comment)@example.org",
        "anna@@example.org",
        "anna.@example.org",
        "@example.org",
        "anna@",
    ],
)
def test_strict_addresses_that_do_not_pass(client: ApiClient, email: str) -> None:
    errors = client.model_errors("POST", "/members", {"email": email, "type": 2})
    assert errors == {"Email": ["The Email field is not a supported e-mail address format."]}


def _long(length: int) -> str:
    return "a" * (length - len("@example.org")) + "@example.org"


def test_an_address_may_have_256_characters(client: ApiClient) -> None:
    assert client.post("/members", {"email": _long(256), "type": 2}, "member")["email"] == _long(256)
    assert client.model_errors("POST", "/members", {"email": _long(257), "type": 2}) == {
        "Email": ["The field Email must be a string with a maximum length of 256."]
    }


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"type": None}, {"Type": ["The Type field is required."]}),
        ({"type": 3}, {"Type": ["The field Type is invalid."]}),
        (
            {"externalId": "x" * 301},
            {"ExternalId": ["The field ExternalId must be a string with a maximum length of 300."]},
        ),
        ({"permissions": {}}, {"": ["Only users with the Custom role may use custom permissions."]}),
        (
            {"collections": [{"id": UNKNOWN}]},
            {"Collections[0].ReadOnly": ["The ReadOnly field is required."]},
        ),
        ({"collections": [{"readOnly": True}]}, {"Collections[0].Id": ["The Id field is required."]}),
    ],
)
def test_invalid_models_name_the_property_as_dotnet_does(
    client: ApiClient, changes: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    invitation = {"email": "anna@example.org", "type": 2, **changes}
    assert client.model_errors("POST", "/members", invitation) == errors


def test_a_missing_address_is_both_required_and_malformed(client: ApiClient) -> None:
    assert client.model_errors("POST", "/members", {"type": 2}) == {
        "Email": [
            "The Email field is required.",
            "The Email field is not a supported e-mail address format.",
        ]
    }


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"type": "user"}, "$.type"),
        ({"email": 5}, "$.email"),
        ({"groups": "none"}, "$.groups"),
        ({"groups": ["none"]}, "$.groups[0]"),
        ({"collections": [{"id": UNKNOWN, "readOnly": "no"}]}, "$.collections[0].readOnly"),
        ({"type": 4, "permissions": {"manageUsers": 1}}, "$.permissions.manageUsers"),
    ],
)
def test_wrong_json_types_are_named_by_a_json_path(client: ApiClient, changes: dict[str, Any], path: str) -> None:
    invitation = {"email": "anna@example.org", "type": 2, **changes}
    assert list(client.model_errors("POST", "/members", invitation)) == [path]


def test_custom_roles_need_a_plan_that_has_them(client: ApiClient, organization: Organization) -> None:
    organization.configure(use_custom_permissions=False)
    text = client.message("POST", "/members", {"email": "anna@example.org", "type": 4})
    assert text == "To enable custom permissions the organization must be on an Enterprise plan."


@pytest.mark.parametrize("restriction", ["readOnly", "hidePasswords"])
def test_managing_excludes_restrictions(client: ApiClient, organization: Organization, restriction: str) -> None:
    association = {"id": organization.add_collection().id, **ASSOCIATION, restriction: True}
    text = client.message("POST", "/members", {"email": "anna@example.org", "type": 2, "collections": [association]})
    assert text == (
        "The Manage property is mutually exclusive and cannot be true while the ReadOnly or HidePasswords"
        " properties are also true."
    )


def test_removing_works_for_every_status_and_for_admins(client: ApiClient, organization: Organization) -> None:
    members = [organization.add_member(f"{status.value}@example.org", status=status) for status in Status]
    members.append(organization.add_member("admin@example.org", type=Role.ADMIN))
    members.append(organization.add_member("owner@example.org", type=Role.OWNER))
    for member in members:
        client.delete(f"/members/{member.id}")
    assert list(organization.members()) == [FOUNDER]
    assert {event.type for event in organization.events()} == {EventType.MEMBER_REMOVED}


def test_the_last_confirmed_owner_stays(client: ApiClient, organization: Organization) -> None:
    organization.add_member("owner@example.org", type=Role.OWNER, status=Status.INVITED)
    founder = organization.member(FOUNDER)
    text = client.message("DELETE", f"/members/{founder.id}")
    assert text == "Organization must have at least one confirmed owner."
    organization.configure(has_provider=True)
    client.delete(f"/members/{founder.id}")


def test_reinviting_is_for_invited_members(client: ApiClient, organization: Organization) -> None:
    invited = organization.add_member("anna@example.org", status=Status.INVITED)
    client.post(f"/members/{invited.id}/reinvite")
    for status in (Status.ACCEPTED, Status.CONFIRMED, Status.REVOKED, Status.STAGED):
        organization.change_member("anna@example.org", status=status)
        assert client.message("POST", f"/members/{invited.id}/reinvite") == "User invalid."


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/group-ids", None),
        ("PUT", "", {"type": 2}),
        ("PUT", "/group-ids", {"groupIds": []}),
        ("DELETE", "", None),
        ("POST", "/reinvite", None),
        ("POST", "/revoke", None),
        ("POST", "/restore", None),
    ],
)
def test_an_unknown_member_is_a_404_without_a_body(client: ApiClient, method: str, path: str, body: Any) -> None:
    client.assert_empty_404(method, f"/members/{UNKNOWN}{path}", body)


def test_an_id_that_is_no_guid_is_invalid(client: ApiClient) -> None:
    assert list(client.model_errors("GET", "/members/anna")) == ["id"]
