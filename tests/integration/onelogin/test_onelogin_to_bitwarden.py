# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a OneLogin account into an organization, both over https, through the playbook that users run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin.fixture import StartOneLogin, onelogin_server
from ansible_collections.dirsync.bitwarden.tests.support.playbook import sync_playbook

__all__ = ["onelogin_server"]


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return an organization on a self-hosted server over https."""
    return bitwarden_server(tls=True)


def source(onelogin: OneLoginServer, **selection: Any) -> dict[str, Any]:
    """Return the source that reads the account."""
    options = {
        "host": onelogin.url,
        "ca_file": onelogin.ca_file,
        "client_id": onelogin.client_id,
        "client_secret": onelogin.client_secret,
    }
    return {"name": "people", "type": "onelogin", "onelogin": options, **selection}


def fill(onelogin: OneLoginServer, users: int = 30) -> None:
    """Create users, and roles of five users in a row."""
    people = [onelogin.account.add_user(f"user{number}@example.org") for number in range(users)]
    for number in range(3):
        onelogin.account.add_role(f"role{number}", *people[number : number + 5])


def memberships(onelogin: OneLoginServer) -> dict[str, set[str | None]]:
    """Return the e-mails of the users of each role."""
    account = onelogin.account
    return {role.name: {account.users[id_].email for id_ in role.users} for role in account.roles.values()}


def test_people_come_change_and_go(tmp_path: Path, onelogin_server: StartOneLogin, bitwarden: BitwardenServer) -> None:
    onelogin = onelogin_server()
    fill(onelogin)
    organization = bitwarden.organization
    playbook = sync_playbook(tmp_path, bitwarden, source(onelogin))

    run = playbook.run("-vvvv", "--diff")
    assert run.status == 0, run.output
    assert organization.memberships() == memberships(onelogin)
    work = [path.read_text() for path in (tmp_path / "work").iterdir() if path.is_file()]
    assert not any(onelogin.client_secret in text for text in [run.output, *work])

    suspended, deleted = list(onelogin.account.users.values())[:2]
    suspended.status = 2
    onelogin.account.delete_user(deleted)
    run = playbook.run()
    assert run.status == 0, run.output
    revoked = {email for email in organization.members() if organization.member(email).status == -1}
    assert revoked == {suspended.email, deleted.email}


def test_a_storm_of_throttling_and_an_expired_token(
    tmp_path: Path, onelogin_server: StartOneLogin, bitwarden: BitwardenServer
) -> None:
    onelogin = onelogin_server(limit=4, window=1)
    fill(onelogin, users=300)
    onelogin.faults.add(Fault(Kind.DROP, When(path="/users$", nth=4)))
    onelogin.on_request = lambda record: onelogin.tokens.expire() if record.number == 6 else None
    run = sync_playbook(tmp_path, bitwarden, source(onelogin)).run()
    assert run.status == 0, run.output
    assert len(bitwarden.organization.members()) == 301
    assert bitwarden.organization.memberships() == memberships(onelogin)
    assert {401, 429} <= {record.status for record in onelogin.recorder.requests()}


def test_one_failed_page_means_no_writes(
    tmp_path: Path, onelogin_server: StartOneLogin, bitwarden: BitwardenServer
) -> None:
    onelogin = onelogin_server()
    fill(onelogin, users=120)
    onelogin.faults.add(Fault(Kind.STATUS, When(path="/users$", nth=2), status=500))
    run = sync_playbook(tmp_path, bitwarden, source(onelogin)).run("-vvvv")
    assert run.status != 0
    assert "answered 500" in run.output, run.output
    assert "Traceback" not in run.output
    assert onelogin.client_secret not in run.output
    assert bitwarden.recorder.writes() == []


def test_the_old_filter_language(tmp_path: Path, onelogin_server: StartOneLogin, bitwarden: BitwardenServer) -> None:
    onelogin = onelogin_server()
    fill(onelogin)
    onelogin.account.users[1003].email = "user2@example.com"
    filters = {
        "users": {"bwdc_filter": "exclude:user1@example.org|email=*@example.org"},
        "groups": {"bwdc_filter": "include:role0"},
    }
    run = sync_playbook(tmp_path, bitwarden, source(onelogin, **filters)).run()
    assert run.status == 0, run.output
    expected = {f"user{number}@example.org" for number in (0, 3, 4)}
    assert bitwarden.organization.memberships() == {"role0": expected}
    assert expected < set(bitwarden.organization.members())
    assert "user5@example.org" not in bitwarden.organization.members()
