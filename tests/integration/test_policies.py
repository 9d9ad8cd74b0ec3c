# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that take time, and organizations that several directories share, through the playbook that users run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.model import EventType
from ansible_collections.dirsync.bitwarden.tests.support.playbook import PlaybookRun, SyncPlaybook, sync_playbook


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return an organization on a self-hosted server over https."""
    return bitwarden_server(tls=True)


class Directory:
    """A directory in a file, and the playbook that reads it."""

    def __init__(self, folder: Path, bitwarden: BitwardenServer, *names: str, **source: Any) -> None:
        folder.mkdir(exist_ok=True)
        self._paths = {name: folder / f"{name}.json" for name in names}
        sources = [
            {"name": name, "type": "file", "file": {"path": str(path)}, "allow_empty": True, **source}
            for name, path in self._paths.items()
        ]
        if len(names) > 1:
            sources = [{**each, "external_id_prefix": f"{each['name']}:"} for each in sources]
        self.playbook: SyncPlaybook = sync_playbook(folder, bitwarden, *sources)

    def holds(self, **people: list[str]) -> None:
        """Write the file of each source: these people, all of them in a group called after the source."""
        for name, path in self._paths.items():
            users = [{"external_id": f"{name}-{who}", "email": f"{who}@example.org"} for who in people.get(name, [])]
            groups = [{"external_id": f"g-{name}", "name": name, "members": [user["external_id"] for user in users]}]
            path.write_text(json.dumps({"users": users, "groups": groups}))

    def run(self, policy: Mapping[str, Any]) -> list[str]:
        """Run the playbook and return the actions of its report, without those for groups."""
        run = self.result(policy)
        assert run.status == 0, run.output
        return [
            f"{record['action']} {record['key'].partition('@')[0]}"
            for record in (run.report or {})["records"]
            if record["outcome"] == "done" and "group" not in record["action"]
        ]

    def result(self, policy: Mapping[str, Any]) -> PlaybookRun:
        return self.playbook.run(bitwarden_sync_policy=dict(policy))


def test_revoked_now_and_removed_when_the_days_of_grace_are_over(tmp_path: Path, bitwarden: BitwardenServer) -> None:
    """The event log is all that is known: a container that starts anew each time has no state file."""
    directory = Directory(tmp_path, bitwarden, "hr")
    directory.playbook.variables["directory_sync_state"] = ""
    policy = {"absent": "remove", "grace_days": 30}
    add_members(bitwarden, "hr-ann", "hr-bob")
    directory.holds(hr=["bob"])
    assert directory.run(policy) == ["revoke_member ann"]
    bitwarden.organization.let_days_pass(29)
    bitwarden.recorder.clear()
    assert directory.run(policy) == []
    assert bitwarden.recorder.writes() == []
    bitwarden.organization.let_days_pass(2)
    assert directory.run(policy) == ["remove_member ann"]
    assert "ann@example.org" not in bitwarden.organization.members()


def test_open_invitations_are_sent_again_and_withdrawn(tmp_path: Path, bitwarden: BitwardenServer) -> None:
    directory = Directory(tmp_path, bitwarden, "hr")
    directory.holds(hr=["ann"])
    ann = bitwarden.organization.add_member("ann@example.org", status=Status.INVITED, external_id="hr-ann")
    bitwarden.organization.record_event(EventType.MEMBER_INVITED, ann.id)
    bitwarden.organization.let_days_pass(8)
    policy = {"reinvite_days": 7, "reinvite_times": 5}
    assert directory.run(policy) == ["reinvite_member ann"]
    assert directory.run({**policy, "purge_days": 8}) == ["withdraw_invitation ann"]
    again = directory.result({"purge_days": 8})
    assert (again.status, again.changed) == (0, False)
    assert "an invitation was withdrawn because nobody accepted it" in again.output


@pytest.mark.parametrize("able", [True, False])
def test_new_users_are_staged_or_nobody_comes_in(tmp_path: Path, bitwarden: BitwardenServer, able: bool) -> None:
    bitwarden.organization.configure(staged_status_flag=able)
    directory = Directory(tmp_path, bitwarden, "hr")
    directory.holds(hr=["ann"])
    assert directory.run({"invite": "staged"}) == (["stage_member ann"] if able else [])
    members = bitwarden.organization.members()
    assert ("ann@example.org" in members) == able
    if able:
        assert members["ann@example.org"].status == Status.STAGED
        assert bitwarden.organization.memberships() == {"hr": {"ann@example.org"}}


def test_two_runs_with_prefixes_share_an_organization(tmp_path: Path, bitwarden: BitwardenServer) -> None:
    sweeping = {"absent": "remove", "absent_groups": "remove"}
    add_members(bitwarden, "corp:corp-ann", "corp:corp-bob", "lab:lab-lee", "lab:lab-mia")
    bitwarden.organization.add_group("corp", "corp:g-corp", ["bob@example.org"])
    bitwarden.organization.add_group("lab", "lab:g-lab", ["lee@example.org"])
    corp = Directory(tmp_path / "corp", bitwarden, "corp", external_id_prefix="corp:")
    lab = Directory(tmp_path / "lab", bitwarden, "lab", external_id_prefix="lab:")
    corp.holds(corp=["ann", "lee"])
    lab.holds(lab=["lee"])
    result = corp.result(sweeping)
    assert result.status == 0, result.output
    assert "not in the owner scope" in result.output
    assert lab.run(sweeping) == ["remove_member mia"]
    assert bitwarden.organization.memberships() == {"corp": {"ann@example.org"}, "lab": {"lee@example.org"}}
    assert set(bitwarden.organization.members()) == {"founder@example.org", "ann@example.org", "lee@example.org"}


def test_a_move_between_sources_is_one_rekey(tmp_path: Path, bitwarden: BitwardenServer) -> None:
    directory = Directory(tmp_path, bitwarden, "corp", "lab")
    add_members(bitwarden, "corp:corp-ann", "lab:lab-lee")
    directory.holds(corp=[], lab=["ann", "lee"])
    assert directory.run({"absent": "remove"}) == ["rekey_member ann"]
    assert bitwarden.organization.member("ann@example.org").external_id == "lab:lab-ann"
    assert directory.run({"absent": "remove"}) == []


def add_members(bitwarden: BitwardenServer, *external_ids: str) -> None:
    """Add confirmed members under these external ids, which end in their names."""
    for external_id in external_ids:
        name = external_id.rpartition("-")[2]
        bitwarden.organization.add_member(f"{name}@example.org", external_id=external_id)


def test_runs_without_changes_need_not_read_every_group(tmp_path: Path, bitwarden: BitwardenServer) -> None:
    directory = Directory(tmp_path, bitwarden, "hr")
    directory.playbook.variables["directory_sync_membership_cache"] = "{{ directory_sync_folder }}/memberships.json"
    directory.holds(hr=["ann", "bob"])
    reads: list[int] = []
    for _run in range(3):
        bitwarden.recorder.clear()
        directory.run({})
        reads.append(len(bitwarden.recorder.requests("GET", "member-ids")))
    assert reads[1:] == [1, 0]
    bitwarden.organization.record_event(EventType.MEMBER_GROUPS_UPDATED)
    bitwarden.organization.set_group_members("hr", ["ann@example.org"])
    directory.run({})
    assert bitwarden.organization.memberships()["hr"] == {"ann@example.org", "bob@example.org"}
