# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each task of the guide to policies does what the guide says, on an emulated organization."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer, Organization, Role, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.model import EventType
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.documented import run_play
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by

Run = Callable[..., None]
SNAPSHOT = "/var/lib/dirsync/snapshot.json"


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(tls=True)


@pytest.fixture
def organization(bitwarden: BitwardenServer) -> Organization:
    return bitwarden.organization


@pytest.fixture
def run(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> Run:
    """Return a function that runs the tasks of a block; ``people`` are read into the snapshot before it."""

    def call(tasks: list[dict[str, Any]], *people: str) -> None:
        if people:
            users = [{"external_id": f"id-{name}", "email": f"{name}@example.org"} for name in people]
            groups = [{"external_id": "g", "name": "Staff", "members": [user["external_id"] for user in users]}]
            (tmp_path / "people.json").write_text(json.dumps({"users": users, "groups": groups}))
            tasks = [read_task(tmp_path / "people.json"), *tasks]
        output = run_play(tasks, tmp_path, slapd, bitwarden)
        assert "failed=0" in output, output

    return call


def read_task(path: Path) -> dict[str, Any]:
    sources = [{"name": "people", "type": "file", "file": {"path": str(path)}}]
    return {"dirsync.bitwarden.directory_facts": {"sources": sources, "snapshot": SNAPSHOT}}


def sync_task() -> dict[str, Any]:
    return {"dirsync.bitwarden.bitwarden_org_sync": {"snapshot": SNAPSHOT}}


def status(organization: Organization, name: str) -> int:
    return organization.member(f"{name}@example.org").status


def test_leavers_are_revoked_at_once_and_removed_a_month_later(run: Run, organization: Organization) -> None:
    [block] = executed_by("test_leavers_are_revoked_at_once_and_removed_a_month_later")
    for name in ("ann", "bob"):
        organization.add_member(f"{name}@example.org", external_id=f"id-{name}")
    run(block.yaml(), "ann")
    assert status(organization, "bob") == Status.REVOKED
    organization.let_days_pass(31)
    run(block.yaml(), "ann")
    assert "bob@example.org" not in organization.members()


def test_invitations_are_sent_again_and_withdrawn_after_a_month(
    run: Run, bitwarden: BitwardenServer, tmp_path: Path
) -> None:
    organization = bitwarden.organization
    [block] = executed_by("test_invitations_are_sent_again_and_withdrawn_after_a_month")
    invited = organization.add_member("ann@example.org", status=Status.INVITED, external_id="id-ann")
    organization.record_event(EventType.MEMBER_INVITED, invited.id)
    organization.let_days_pass(8)
    run(block.yaml(), "ann")
    assert len(bitwarden.recorder.requests("POST", "/reinvite$")) == 1
    # It holds when the invitation was sent, by a clock that does not go on here as the event log does.
    (tmp_path / "state.json").unlink()
    organization.let_days_pass(31)
    run(block.yaml(), "ann")
    assert "ann@example.org" not in organization.members()


def test_an_administrator_decides_on_invitations(run: Run, organization: Organization) -> None:
    [block] = executed_by("test_an_administrator_decides_on_invitations")
    organization.configure(staged_status_flag=True)
    run(block.yaml(), "ann")
    assert status(organization, "ann") == Status.STAGED


def test_hands_are_kept_off_administrators_and_service_accounts(run: Run, organization: Organization) -> None:
    [block] = executed_by("test_hands_are_kept_off_administrators_and_service_accounts")
    organization.add_member("admin@example.org", external_id="id-admin", type=Role.ADMIN)
    organization.add_member("cy@example.org", external_id="id-cy")
    organization.add_group("Vault Administrators", "id-admins", ["cy@example.org"])
    organization.add_member("svc-backup@example.org", external_id="id-svc")
    organization.add_group("Project X", "id-x", ["svc-backup@example.org"])
    organization.add_member("bob@example.org", external_id="id-bob")
    run(block.yaml(), "ann")
    revoked = {email for email, member in organization.members().items() if member.status == Status.REVOKED}
    assert revoked == {"bob@example.org"}
    assert organization.memberships()["Project X"] == {"svc-backup@example.org"}


def test_sources_have_prefixes_of_their_own(run: Run, organization: Organization, tmp_path: Path) -> None:
    [first, once_more] = executed_by("test_sources_have_prefixes_of_their_own")
    organization.add_member("ann@example.org", external_id="1")
    (tmp_path / "headquarters.csv").write_text("external_id,email,name\n1,ann@example.org,Ann\n")
    (tmp_path / "laboratory.csv").write_text("external_id,email,name\n1,lee@example.org,Lee\n")
    (tmp_path / "nobody.json").write_text('{"users": [], "groups": []}')
    run([*once_more.yaml(), sync_task()])
    assert organization.member("ann@example.org").external_id == "hq:1"
    run([*first.yaml(), sync_task()])
    assert {member.external_id for member in organization.members().values()} == {None, "hq:1", "lab:1"}
