# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Okta's own SDK for Python reads from the emulator what is there, so the emulator does not merely agree with us."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import DEFAULT_CLIENT_ID, OktaServer, ServiceApp
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import ServiceAppKey, StartOkta

with pytest.MonkeyPatch.context() as patch:
    # The SDK reads settings from the home folder and the environment when it is imported.
    patch.setenv("HOME", "/nonexistent")
    from okta.client import Client
    from okta.pagination import PaginationHelper

STATUSES = (
    "STAGED",
    "PROVISIONED",
    "ACTIVE",
    "RECOVERY",
    "PASSWORD_EXPIRED",
    "LOCKED_OUT",
    "SUSPENDED",
)


def fill(server: OktaServer) -> None:
    """Create more users than fit on a page, one of each status among them, and groups of every kind."""
    users = [server.org.add_user(f"user{number}@example.org") for number in range(205)]
    for user, status in zip(users, STATUSES, strict=False):
        server.org.set_status(user, status)
    server.org.set_status(users[-1], "DEPROVISIONED")
    server.org.add_group("Staff", *users[:203])
    server.org.add_group("Directory", users[3], type="APP_GROUP", object_class="okta:windows_security_principal")
    server.org.add_group("Empty")


async def everything(listing: Callable[..., Any], *arguments: str, **options: Any) -> list[Any]:
    """Return the rows of all pages of a listing."""
    rows: list[Any] = []
    after: str | None = None
    while True:
        page, response, error = await listing(*arguments, **options, **({"after": after} if after else {}))
        assert error is None, error
        rows += page
        after = PaginationHelper.extract_next_cursor(response.headers)
        if not after:
            return rows


async def read(settings: dict[str, Any]) -> tuple[dict[str, str], dict[str, tuple[str, set[str]]]]:
    """Return what the SDK finds: the statuses of users, and the types and members of groups."""
    client = Client({**settings, "logging": {"enabled": False}})
    users = await everything(client.list_users, limit=200)
    groups = await everything(client.list_groups, limit=200)
    members = {group.id: await everything(client.list_group_users, group.id, limit=200) for group in groups}
    return (
        {user.id: user.status.value for user in users},
        {group.id: (group.type.value, {member.id for member in members[group.id]}) for group in groups},
    )


def connection(server: OktaServer) -> dict[str, Any]:
    return {"orgUrl": server.url}


def with_api_token(server: OktaServer, key: ServiceAppKey) -> dict[str, Any]:
    return {**connection(server), "token": server.api_token}


def with_private_key(server: OktaServer, key: ServiceAppKey) -> dict[str, Any]:
    return {
        **connection(server),
        "authorizationMode": "PrivateKey",
        "clientId": DEFAULT_CLIENT_ID,
        "scopes": ["okta.users.read", "okta.groups.read"],
        "privateKey": key.jwk,
    }


def with_dpop(server: OktaServer, key: ServiceAppKey) -> dict[str, Any]:
    return {**with_private_key(server, key), "dpopEnabled": True}


def trust(server: OktaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the SDK's HTTP library trust the server; the SDK's own setting for it does not work."""
    context = ssl.create_default_context(cafile=server.ca_file)
    session = aiohttp.ClientSession
    monkeypatch.setattr(aiohttp, "ClientSession", lambda: session(connector=aiohttp.TCPConnector(ssl=context)))


@pytest.mark.parametrize("settings", [with_api_token, with_private_key, with_dpop])
def test_the_sdk_reads_the_same_users_and_groups(
    settings: Callable[[OktaServer, ServiceAppKey], dict[str, Any]],
    okta_server: StartOkta,
    service_app_key: ServiceAppKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app: ServiceApp = service_app_key.app(requires_dpop=settings is with_dpop)
    server = okta_server(app=app)
    fill(server)
    trust(server, monkeypatch)
    users, groups = asyncio.run(read(settings(server, service_app_key)))
    org = server.org
    assert users == {user.id: user.status for user in org.users.values() if user.status != "DEPROVISIONED"}
    assert groups == {
        group.id: (group.type, {user.id for user in org.members_of(group)}) for group in org.groups.values()
    }
