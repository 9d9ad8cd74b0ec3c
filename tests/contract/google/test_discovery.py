# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator, and second clients of it, against the discovery document of the Directory API."""

from __future__ import annotations

from typing import Any

import google_auth_httplib2
import httplib2
import pytest
import requests
from ansible_collections.dirsync.bitwarden.tests.contract.google.conftest import Client
from ansible_collections.dirsync.bitwarden.tests.emulators.google import GROUP_SCOPE, USER_SCOPE, GoogleServer
from ansible_collections.dirsync.bitwarden.tests.emulators.google.discovery import Discovery
from google.auth.transport.requests import AuthorizedSession
from google.oauth2 import service_account
from googleapiclient.discovery import build


@pytest.fixture(scope="module")
def discovery() -> Discovery:
    """Return the document."""
    return Discovery()


@pytest.fixture
def filled(client: Client) -> GoogleServer:
    """Return a server with one of each kind."""
    account = client.server.account
    ann = account.add_user("ann@example.org", given_name="Ann", aliases=["a@example.org"])
    bob = account.add_user("bob@example.org", suspended=True, suspension_reason="ADMIN", is_guest=True)
    account.delete_user(account.add_user("gone@example.org"))
    inner = account.add_group("inner@example.org", ann, account.external("eve@example.net"))
    account.add_group("outer@example.org", inner, bob, account.everyone())
    return client.server


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/users", {}),
        ("/users", {"showDeleted": "true"}),
        ("/users", {"maxResults": 1}),
        ("/groups", {}),
        ("/groups/inner@example.org/members", {}),
        ("/groups/outer@example.org/members", {"includeDerivedMembership": "true"}),
    ],
)
def test_answers_fit_the_schemas(
    client: Client, filled: GoogleServer, discovery: Discovery, path: str, parameters: dict[str, Any]
) -> None:
    body = client.get(path, **parameters).json()
    collection = path.rpartition("/")[2]
    assert body[collection]
    assert discovery.answer_faults(collection, body) == []


def test_schemas_are_strict(discovery: Discovery) -> None:
    assert discovery.answer_faults("users", {"users": [{"id": 1}]})
    assert discovery.answer_faults("users", {"users": [{"colour": "red"}]})
    assert discovery.answer_faults("members", {"members": {}})


def test_requests_are_checked(client: Client, discovery: Discovery) -> None:
    def faults(**parameters: Any) -> list[str]:
        client.get("/users", **parameters)
        return discovery.request_faults(client.server.recorder.requests(path="users")[-1])

    assert faults(maxResults=500, showDeleted="true", fields="kind,users(id,name/fullName)") == []
    assert faults(colour="red") == ["unknown parameter colour"]
    assert faults(maxResults=501) == ["maxResults=501: out of bounds"]
    assert faults(projection="small") == ["projection=small: not one of the values"]
    assert faults(fields="users(name/nick)") == ["UserName has no field nick"]


def test_scopes_are_the_smallest_that_suffice(discovery: Discovery) -> None:
    assert USER_SCOPE in discovery.scopes("users")
    assert GROUP_SCOPE in discovery.scopes("groups")
    assert GROUP_SCOPE in discovery.scopes("members")


@pytest.fixture
def credentials(client: Client) -> service_account.Credentials:
    """Return credentials as Google's own library makes them."""
    return service_account.Credentials.from_service_account_info(
        client.key, scopes=[USER_SCOPE, GROUP_SCOPE], subject="admin@example.org"
    )


def test_googles_own_client_reads_the_account(
    filled: GoogleServer, credentials: service_account.Credentials, discovery: Discovery
) -> None:
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http())
    options = {"api_endpoint": f"{filled.url}/"}
    service = build("admin", "directory_v1", http=http, static_discovery=True, client_options=options)
    users, request = [], service.users().list(customer="my_customer", maxResults=2)
    while request is not None:
        page = request.execute()
        users += page["users"]
        request = service.users().list_next(request, page)
    assert [user["primaryEmail"] for user in users] == ["admin@example.org", "ann@example.org", "bob@example.org"]
    members = service.members().list(groupKey="outer@example.org").execute()["members"]
    assert [member["type"] for member in members] == ["GROUP", "USER", "CUSTOMER"]
    calls = filled.recorder.requests(path="/admin/")
    assert [fault for call in calls for fault in discovery.request_faults(call)] == []


def test_googles_pooled_session_reads_the_account(
    filled: GoogleServer, credentials: service_account.Credentials
) -> None:
    session = AuthorizedSession(credentials, auth_request=None)
    url = f"{filled.url}/admin/directory/v1/groups"
    answer: requests.Response = session.get(url, params={"customer": "my_customer"})
    assert [group["email"] for group in answer.json()["groups"]] == ["inner@example.org", "outer@example.org"]
