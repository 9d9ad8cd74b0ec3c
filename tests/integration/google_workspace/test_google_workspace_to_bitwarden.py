# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a Google Workspace account into an organization, both over https, through the playbook that users run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.google import Account, GoogleServer, errors
from ansible_collections.dirsync.bitwarden.tests.emulators.google.fixture import google_server
from ansible_collections.dirsync.bitwarden.tests.support.playbook import SyncPlaybook, sync_playbook

__all__ = ["google_server"]


@pytest.fixture
def account(google_server: GoogleServer) -> Account:
    """Return the account."""
    return google_server.account


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return an organization on a self-hosted server over https."""
    return bitwarden_server(tls=True)


@pytest.fixture
def key(google_server: GoogleServer) -> dict[str, str]:
    """Return a key of the service account."""
    return google_server.google.create_key()


def playbook_of(
    folder: Path, google: GoogleServer, bitwarden: BitwardenServer, selection: dict[str, Any] | None = None, **key: Any
) -> SyncPlaybook:
    """Return the playbook that converges the organization to the account; ``key`` says how to sign in."""
    options = {"subject": "admin@example.org", "api_url": google.url, "ca_file": google.ca_file, **key}
    source = {"name": "staff", "type": "google_workspace", "google_workspace": options, **(selection or {})}
    return sync_playbook(folder, bitwarden, source)


def throttle(google: GoogleServer) -> None:
    """Let Google ask for patience in each of its ways."""
    storms = {1: errors.user_rate_limit(), 2: errors.operation_concurrency(), 3: errors.account_concurrency()}
    for number, error in storms.items():
        google.faults.add(
            Fault(Kind.STATUS, When(path="/admin/", every=number), 2, status=error.status, body=error.body())
        )


def test_people_come_change_and_go(
    tmp_path: Path, google_server: GoogleServer, account: Account, bitwarden: BitwardenServer, key: dict[str, str]
) -> None:
    ann, bob, cid, dee, eve = (account.add_user(f"{name}@example.org") for name in ("ann", "bob", "cid", "dee", "eve"))
    inner = account.add_group("inner@example.org", ann, bob, account.external("stranger@example.net"))
    account.add_group("outer@example.org", inner, cid, dee)
    account.add_group("everybody@example.org", account.everyone())
    playbook = playbook_of(tmp_path, google_server, bitwarden, service_account_json=key)
    organization = bitwarden.organization
    names = {user.primary_email.partition("@")[0]: user.primary_email for user in account.users.values()}

    def memberships() -> dict[str, set[str]]:
        return {
            group: {name for name, email in names.items() if email in members}
            for group, members in organization.memberships().items()
        }

    throttle(google_server)
    outputs = [playbook.run("-vvvv", "--diff")]
    assert outputs[0].status == 0, outputs[0].output
    assert "member_external: 1" in outputs[0].output
    assert memberships() == {
        "inner": {"ann", "bob"},
        "outer": {"ann", "bob", "cid", "dee"},
        "everybody": {"admin", "ann", "bob", "cid", "dee", "eve"},
    }

    bob.suspended = True
    dee.archived = True
    account.delete_user(eve)
    account.add_member(inner, account.add_user("flo@example.org"))
    names["flo"] = "flo@example.org"
    outputs.append(playbook.run())
    assert outputs[-1].status == 0, outputs[-1].output
    revoked = {email for email, member in organization.members().items() if member.status == Status.REVOKED}
    assert revoked == {"bob@example.org", "dee@example.org", "eve@example.org"}
    present = {group: members - {"bob", "dee", "eve"} for group, members in memberships().items()}
    assert present == {
        "inner": {"ann", "flo"},
        "outer": {"ann", "cid", "flo"},
        "everybody": {"admin", "ann", "cid", "flo"},
    }

    bitwarden.recorder.clear()
    outputs.append(playbook.run())
    assert outputs[-1].status == 0, outputs[-1].output
    assert bitwarden.recorder.writes() == []
    assert google_server.recorder.writes() == []
    texts = [run.output for run in outputs] + [path.read_text() for path in (tmp_path / "work").iterdir()]
    assert [line for line in key["private_key"].splitlines()[1:-1] for text in texts if line in text] == []
    assert not any("ya29." in text for text in texts)


def test_one_failed_page_means_no_writes(
    tmp_path: Path, google_server: GoogleServer, account: Account, bitwarden: BitwardenServer, key: dict[str, str]
) -> None:
    users = [account.add_user(f"user{number}@example.org") for number in range(501)]
    account.add_group("group@example.org", *users[:5])
    refused = errors.forbidden()
    last_page = When(path="/users$", nth=3)
    google_server.faults.add(Fault(Kind.STATUS, last_page, status=refused.status, body=refused.body()))
    (tmp_path / "key.json").write_text(json.dumps(key))
    run = playbook_of(tmp_path, google_server, bitwarden, service_account_file=str(tmp_path / "key.json")).run()
    assert run.status != 0
    assert "admin@example.org may not read it" in run.output, run.output
    assert "Traceback" not in run.output
    assert bitwarden.recorder.writes() == []


def test_the_old_filter_language(
    tmp_path: Path, google_server: GoogleServer, account: Account, bitwarden: BitwardenServer, key: dict[str, str]
) -> None:
    ann, bob, cid = (
        account.add_user(f"{name}@example.org", org_unit_path="/Staff/IT") for name in ("ann", "bob", "cid")
    )
    guest = account.add_user("guest@example.org", org_unit_path="/Guests")
    inner = account.add_group("inner@example.org", ann, guest)
    account.add_group("vault-it@example.org", inner, bob, name="Vault IT")
    account.add_group("vault-hr@example.org", cid, name="Vault HR")
    selection = {
        "users": {"bwdc_filter": "exclude:bob@example.org|orgUnitPath='/Staff'"},
        "groups": {"bwdc_filter": "include:vault it|email:vault-*"},
    }
    run = playbook_of(tmp_path, google_server, bitwarden, selection, service_account_json=json.dumps(key)).run()
    assert run.status == 0, run.output
    assert bitwarden.organization.memberships() == {"Vault IT": {"ann@example.org"}}
    assert set(bitwarden.organization.members()) & {user.primary_email for user in (ann, bob, cid, guest)} == {
        "ann@example.org"
    }
