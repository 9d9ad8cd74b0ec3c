# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OneLogin's own SDK reads from the emulator what is there; its models check the shape of every answer."""

from __future__ import annotations

from typing import Any

import onelogin
import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.onelogin.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginServer


@pytest.fixture
def sdk(api: ApiClient) -> onelogin.ApiClient:
    """Return a client of the account with a token that the SDK fetched itself."""
    configuration = configuration_of(api.server)
    configuration.username, configuration.password = api.server.client_id, api.server.client_secret
    request = onelogin.GenerateTokenRequest(grant_type="client_credentials")
    token = onelogin.OAuth2Api(onelogin.ApiClient(configuration)).generate_token(request)
    configuration = configuration_of(api.server)
    configuration.access_token = token.access_token
    return onelogin.ApiClient(configuration)


def configuration_of(server: OneLoginServer) -> onelogin.Configuration:
    return onelogin.Configuration(host=server.url, ssl_ca_cert=server.ca_file)


def every_page(listing: Any, *arguments: Any, **options: Any) -> list[Any]:
    """Return the rows of all pages of a listing, by following its cursors."""
    answer = listing(*arguments, limit=50, **options)
    rows = list(answer.data)
    while cursor := answer.headers.get("After-Cursor"):
        answer = listing(*arguments, cursor=cursor, **options)
        rows += answer.data
    return rows


def test_the_sdk_reads_the_same_users_roles_and_groups(api: ApiClient, sdk: onelogin.ApiClient) -> None:
    users = [api.account.add_user(f"user{number}@example.org", username=f"user{number}") for number in range(130)]
    for status, user in zip((0, 1, 2, 3, 4, 5, 7, 8), users, strict=False):
        user.status = status
    for state, user in enumerate(users[10:14]):
        user.state = state
    staff, nobody = api.account.add_role("Staff", *users[:120]), api.account.add_role("Nobody")
    office = api.account.add_group("Office", *users[:5])

    found = every_page(onelogin.UsersV2Api(sdk).list_users2_with_http_info)
    assert [(user.id, user.email, user.status, user.state, user.group_id, user.role_ids) for user in found] == [
        (user.id, user.email, user.status, user.state, user.group_id, api.account.roles_of(user)) for user in users
    ]
    roles = onelogin.RolesApi(sdk)
    listed = every_page(roles.list_roles_with_http_info, fields="id,name,users")
    assert {role.id: set(role.users) for role in listed} == {staff.id: set(staff.users), nobody.id: set()}
    members = every_page(roles.get_role_users_with_http_info, str(staff.id))
    assert {member.id for member in members} == set(staff.users)
    groups = onelogin.GroupsApi(sdk).get_groups()
    assert [(group.id, group.name) for group in groups.data] == [(office.id, "Office")]


def test_errors_are_those_that_the_sdk_knows(api: ApiClient, sdk: onelogin.ApiClient) -> None:
    api.server.tokens.expire()
    with pytest.raises(onelogin.exceptions.UnauthorizedException):
        onelogin.UsersV2Api(sdk).list_users2()
    error = onelogin.AltErr.from_dict(api.get("/api/2/users").json())
    assert (error.status_code, error.message) == (401, "Unauthorized")
