# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 13: older servers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.import_request import PATH, imported
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import FOUNDER, Status


@pytest.mark.parametrize(("version", "listed"), [("2025.9.0", False), ("2025.11.0", True)])
def test_collections_in_the_list_of_members(connect: Callable[..., ApiClient], version: str, listed: bool) -> None:
    client = connect(version=version)
    founder = client.get("/members", "member_list")["data"][0]
    assert founder["collections"] == ([] if listed else None)
    assert client.get(f"/members/{founder['id']}", "member")["collections"] == []


@pytest.mark.parametrize("action", ["revoke", "restore"])
def test_revoking_came_with_2026_2(connect: Callable[..., ApiClient], action: str) -> None:
    for version, status in (("2026.1.1", 404), ("2026.2.0", 400)):
        client = connect(version=version)
        founder = client.server.organization.member(FOUNDER)
        assert client.request("POST", f"/members/{founder.id}/{action}").status_code == status


def test_overwriting_was_not_guarded_before_2025_8(connect: Callable[..., ApiClient]) -> None:
    client = connect(version="2025.7.2")
    client.server.organization.add_member("a@example.org", external_id="a", status=Status.INVITED)
    client.post(PATH, imported(overwriteExisting=True))
    assert set(client.server.organization.members()) == {FOUNDER}


def test_staging_came_with_2026_6(connect: Callable[..., ApiClient]) -> None:
    client = connect(version="2026.5.0")
    client.server.organization.configure(staged_status_flag=True)
    client.post(PATH, imported(("a@example.org", "a", False), inviteUsersAfterProvisioning=False))
    assert client.server.organization.member("a@example.org").status == Status.INVITED


def test_the_configuration_tells_the_version(connect: Callable[..., ApiClient]) -> None:
    client = connect(version="2025.9.0")
    answer = client.session.get(f"{client.server.api_url}/config", timeout=10)
    assert answer.json()["version"] == "2025.9.0"
