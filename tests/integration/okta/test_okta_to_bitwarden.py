# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an Okta org into an organization, both over https, through the playbook that users run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import DEFAULT_CLIENT_ID, OktaServer
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import (
    KEY_ID,
    ServiceAppKey,
    StartOkta,
    okta_server,
    service_app_key,
)
from ansible_collections.dirsync.bitwarden.tests.support.playbook import sync_playbook

__all__ = ["okta_server", "service_app_key"]


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return an organization on a self-hosted server over https."""
    return bitwarden_server(tls=True)


def with_service_app(okta: OktaServer, key: ServiceAppKey) -> dict[str, Any]:
    """Return the source that reads the org as its service app, with DPoP."""
    credentials = {"client_id": DEFAULT_CLIENT_ID, "private_key": key.pem, "key_id": KEY_ID}
    return {"name": "people", "type": "okta", "okta": {"org_url": okta.url, "ca_file": okta.ca_file, **credentials}}


def with_api_token(okta: OktaServer, **selection: Any) -> dict[str, Any]:
    """Return the source that reads the org with its API token."""
    options = {"org_url": okta.url, "ca_file": okta.ca_file, "api_token": okta.api_token}
    return {"name": "people", "type": "okta", "okta": options, **selection}


def fill(okta: OktaServer, users: int = 30, groups: int = 3) -> None:
    """Create users and groups, each group with five users in a row."""
    people = [okta.org.add_user(f"user{number}@example.org") for number in range(users)]
    for number in range(groups):
        okta.org.add_group(f"group{number}", *people[number : number + 5])


def memberships(okta: OktaServer) -> dict[str, set[str]]:
    """Return the e-mails in each group of the org."""
    org = okta.org
    return {group.name: {user.profile["email"] for user in org.members_of(group)} for group in org.groups.values()}


def test_people_come_change_and_go(
    tmp_path: Path, okta_server: StartOkta, service_app_key: ServiceAppKey, bitwarden: BitwardenServer
) -> None:
    okta = okta_server(app=service_app_key.app())
    fill(okta)
    org, organization = okta.org, bitwarden.organization
    playbook = sync_playbook(tmp_path, bitwarden, with_service_app(okta, service_app_key))

    run = playbook.run("-vvvv", "--diff")
    assert run.status == 0, run.output
    assert organization.memberships() == memberships(okta)
    work = [path.read_text() for path in (tmp_path / "work").iterdir() if path.is_file()]
    assert [secrets_in(text, service_app_key) for text in [run.output, *work]] == [[]] * (len(work) + 1)
    assert okta.recorder.requests("POST", "/token$")

    suspended, gone, staged = list(org.users.values())[:3]
    org.set_status(suspended, "SUSPENDED")
    org.set_status(gone, "DEPROVISIONED")
    org.set_status(staged, "STAGED")
    run = playbook.run()
    assert run.status == 0, run.output
    revoked = {email for email in organization.members() if organization.member(email).status == -1}
    assert revoked == {user.profile["email"] for user in (suspended, gone, staged)}


def test_a_storm_of_throttling_and_an_expired_token(
    tmp_path: Path, okta_server: StartOkta, service_app_key: ServiceAppKey, bitwarden: BitwardenServer
) -> None:
    okta = okta_server(app=service_app_key.app(), limits={"groups": 12}, window=1)
    fill(okta, users=300, groups=16)
    throttled = {"X-Rate-Limit-Limit": "600", "X-Rate-Limit-Remaining": "0"}
    at_once = {"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Remaining": "0"}
    for path, headers in (("/api/v1/users$", throttled), ("/groups/.*/users$", at_once)):
        reset = {"X-Rate-Limit-Reset": str(int(time.time()) + 5)}
        okta.faults.add(Fault(Kind.STATUS, When(path=path), times=3, status=429, headers={**headers, **reset}))
    okta.faults.add(Fault(Kind.DROP, When(path="/groups/.*/users$", nth=7)))

    def expire(record: Any) -> None:
        if record.number == 20:
            okta.authorization.expire_access_tokens()

    okta.on_request = expire
    run = sync_playbook(tmp_path, bitwarden, with_service_app(okta, service_app_key)).run()
    assert run.status == 0, run.output
    assert bitwarden.organization.memberships() == memberships(okta)
    assert 401 in {record.status for record in okta.recorder.requests()}


def test_one_failed_page_means_no_writes(tmp_path: Path, okta_server: StartOkta, bitwarden: BitwardenServer) -> None:
    okta = okta_server()
    fill(okta, users=300)
    okta.faults.add(Fault(Kind.STATUS, When(path="/api/v1/users$", nth=3), status=500))
    run = sync_playbook(tmp_path, bitwarden, with_api_token(okta)).run()
    assert run.status != 0
    assert "answered 500" in run.output, run.output
    assert "Traceback" not in run.output
    assert bitwarden.recorder.writes() == []


def test_the_old_filter_language(tmp_path: Path, okta_server: StartOkta, bitwarden: BitwardenServer) -> None:
    okta = okta_server()
    fill(okta)
    okta.org.set_status(list(okta.org.users.values())[1], "LOCKED_OUT")
    source = with_api_token(
        okta,
        users={"bwdc_filter": 'exclude:user0@example.org|status eq "ACTIVE"'},
        groups={"bwdc_filter": 'include:group0, group2|type eq "OKTA_GROUP"'},
    )
    run = sync_playbook(tmp_path, bitwarden, source).run()
    assert run.status == 0, run.output
    users = {number: f"user{number}@example.org" for number in range(8)}
    assert bitwarden.organization.memberships() == {
        "group0": {users[2], users[3], users[4]},
        "group2": {users[number] for number in range(2, 7)},
    }
    assert users[7] not in bitwarden.organization.members()


def test_no_secret_occurs_in_a_failure(
    tmp_path: Path, okta_server: StartOkta, service_app_key: ServiceAppKey, bitwarden: BitwardenServer
) -> None:
    okta = okta_server(app=service_app_key.app(is_admin=False))
    fill(okta)
    run = sync_playbook(tmp_path, bitwarden, with_service_app(okta, service_app_key)).run("-vvvv")
    assert "Read-only Administrator" in run.output
    assert secrets_in(run.output, service_app_key) == []


def secrets_in(output: str, key: ServiceAppKey) -> list[str]:
    """Return the lines of the private key that occur in a text."""
    return [line for line in key.pem.splitlines()[1:-1] if line in output]
