# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 5.4: which imports do not fit the model."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.import_request import PATH, imported
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import FOUNDER, Organization

MEMBER: dict[str, Any] = {"email": "a@example.org", "externalId": "1", "deleted": False}
GROUP: dict[str, Any] = {"name": "Staff", "externalId": "1", "memberExternalIds": []}
NOT_AN_ADDRESS = "The Email field is not a valid e-mail address."
NO_ADDRESS = "Email is required for enabled members."


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"email": None}, {"Email": [NO_ADDRESS]}),
        ({"email": ""}, {"Email": [NOT_AN_ADDRESS, NO_ADDRESS]}),
        ({"email": "", "deleted": True}, {"Email": [NOT_AN_ADDRESS]}),
        ({"email": "nobody"}, {"Email": [NOT_AN_ADDRESS]}),
        ({"email": "a@b@example.org"}, {"Email": [NOT_AN_ADDRESS]}),
        (
            {"email": "a" * 245 + "@example.org"},
            {"Email": ["The field Email must be a string with a maximum length of 256."]},
        ),
        ({"externalId": None}, {"ExternalId": ["The ExternalId field is required."]}),
        ({"externalId": ""}, {"ExternalId": ["The ExternalId field is required."]}),
        (
            {"externalId": "x" * 301},
            {"ExternalId": ["The field ExternalId must be a string with a maximum length of 300."]},
        ),
    ],
)
def test_one_bad_member_rejects_the_request(
    client: ApiClient, organization: Organization, changes: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    good = {"email": "good@example.org", "externalId": "good", "deleted": False}
    body = {**imported(), "members": [good, {**MEMBER, **changes}]}
    expected = {f"Members[1].{name}": texts for name, texts in errors.items()}
    assert client.model_errors("POST", PATH, body) == expected
    assert set(organization.members()) == {FOUNDER}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": None}, {"Name": ["The Name field is required."]}),
        ({"name": "x" * 101}, {"Name": ["The field Name must be a string with a maximum length of 100."]}),
        ({"externalId": None}, {"ExternalId": ["The ExternalId field is required."]}),
        (
            {"externalId": "x" * 301},
            {"ExternalId": ["The field ExternalId must be a string with a maximum length of 300."]},
        ),
    ],
)
def test_one_bad_group_rejects_the_request(
    client: ApiClient, changes: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    body = {**imported(), "groups": [{**GROUP, **changes}]}
    expected = {f"Groups[0].{name}": texts for name, texts in errors.items()}
    assert client.model_errors("POST", PATH, body) == expected


@pytest.mark.parametrize("email", ["anna@localhost", "anna@127.0.0.1", "änna@example.org", "an na@example.org"])
def test_addresses_are_checked_more_loosely_than_by_invitations(
    client: ApiClient, organization: Organization, email: str
) -> None:
    client.post(PATH, imported((email, "1", False)))
    assert email in organization.members()


def test_deleted_members_need_no_address(client: ApiClient) -> None:
    client.post(PATH, {**imported(), "members": [{"externalId": "1", "deleted": True}]})


def test_overwriting_has_to_be_decided(client: ApiClient) -> None:
    assert client.model_errors("POST", PATH, {"members": [], "groups": []}) == {
        "OverwriteExisting": ["The OverwriteExisting field is required."]
    }


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"overwriteExisting": "no"}, "$.overwriteExisting"),
        ({"members": [{**MEMBER, "deleted": None}]}, "$.members[0].deleted"),
        ({"members": {}}, "$.members"),
        ({"groups": [{**GROUP, "memberExternalIds": [True]}]}, "$.groups[0].memberExternalIds[0]"),
        ({"groups": [{**GROUP, "name": 7}]}, "$.groups[0].name"),
        ({"largeImport": None}, "$.largeImport"),
    ],
)
def test_wrong_json_types_are_named_by_a_json_path(client: ApiClient, body: dict[str, Any], path: str) -> None:
    assert list(client.model_errors("POST", PATH, {**imported(), **body})) == [path]
