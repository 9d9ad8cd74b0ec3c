# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bitwarden_org_sync from arguments to the emulated server; test_convergence_modules.py has what is common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.modules.bitwarden_org_sync import main
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server

__all__ = ["bitwarden_server"]

Run = Callable[..., dict[str, Any]]

LISTS = {
    "members": [{"email": "ann@example.org"}, {"email": "bob@example.org"}],
    "groups": [{"name": "staff", "members": ["ann@example.org", "bob@example.org"]}],
}


@pytest.fixture
def server(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server()


@pytest.fixture
def arguments(server: BitwardenServer, tmp_path: Path) -> dict[str, Any]:
    return {
        "server_url": server.url,
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "lock_directory": str(tmp_path),
        **LISTS,
    }


def test_members_and_groups_are_converged_on_one_plan(
    run_as_module: Run, server: BitwardenServer, arguments: dict[str, Any]
) -> None:
    preview = run_as_module(main, arguments, check_mode=True)
    real = run_as_module(main, arguments)
    assert real["digest"] == preview["digest"]
    assert [action["action"] for action in real["plan"]["actions"]] == [
        "invite_member",
        "invite_member",
        "create_group",
        "set_group_members",
    ]
    assert server.organization.memberships() == {"staff": {"ann@example.org", "bob@example.org"}}
    assert run_as_module(main, arguments)["changed"] is False


def test_a_guard_on_the_groups_keeps_the_members_untouched(
    run_as_module: Run, server: BitwardenServer, arguments: dict[str, Any]
) -> None:
    server.organization.add_group("old", "old")
    policy = {"absent_groups": "remove", "guards": {"group_deletions": {"count": 0}}}
    result = run_as_module(main, {**arguments, "policy": policy})
    assert result["failed"] is True
    assert result["guard"] == ["1 of 1 groups would be deleted, the guard allows 0 and 20 percent: old"]
    assert server.recorder.writes() == []
    assert run_as_module(main, {**arguments, "policy": policy, "approve": [result["digest"]]})["changed"] is True


def test_a_failed_action_fails_the_task_with_its_report(
    run_as_module: Run, server: BitwardenServer, arguments: dict[str, Any]
) -> None:
    server.organization.configure(use_groups=False)
    result = run_as_module(main, arguments)
    assert result["failed"] is True
    assert "This organization cannot use groups." in result["msg"]
    assert result["outcomes"] == {"planned": 0, "done": 2, "failed": 2, "refused": 0}
    assert result["changed"] is True


def test_lists_and_a_snapshot_exclude_each_other(run_as_module: Run, arguments: dict[str, Any]) -> None:
    result = run_as_module(main, {**arguments, "snapshot": "/srv/snapshot.json"})
    assert result["msg"] == "parameters are mutually exclusive: snapshot|members, snapshot|groups"
