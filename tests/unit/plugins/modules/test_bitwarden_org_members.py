# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bitwarden_org_members from arguments to the emulated server; test_convergence_modules.py has what is common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.modules.bitwarden_org_members import main
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import FOUNDER, BitwardenServer, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server

__all__ = ["bitwarden_server"]

Run = Callable[..., dict[str, Any]]


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
        "members": [{"email": "ann@example.org"}, {"email": "bob@example.org", "status": "disabled"}],
    }


def test_members_follow_the_list_and_groups_stay_as_they_are(
    run_as_module: Run, server: BitwardenServer, arguments: dict[str, Any]
) -> None:
    server.organization.add_member("bob@example.org", external_id="bob@example.org")
    server.organization.add_group("staff", "staff", members=["bob@example.org"])
    result = run_as_module(main, arguments)
    assert [(action["action"], action["key"]) for action in result["plan"]["actions"]] == [
        ("invite_member", "ann@example.org"),
        ("revoke_member", "bob@example.org"),
    ]
    members = server.organization.members()
    assert {email: member.status for email, member in members.items()} == {
        FOUNDER: Status.CONFIRMED,
        "ann@example.org": Status.INVITED,
        "bob@example.org": Status.REVOKED,
    }
    assert server.organization.memberships() == {"staff": {"bob@example.org"}}
    assert run_as_module(main, arguments)["changed"] is False


def test_the_difference_names_who_changes(
    run_as_module: Run, server: BitwardenServer, arguments: dict[str, Any]
) -> None:
    [entry] = run_as_module(main, arguments, check_mode=True, diff=True)["diff"]
    assert entry["before"] == ""
    assert entry["after"] == "ann@example.org:\n  status: invited\n  external_id: ann@example.org\n"


def test_groups_are_no_option(run_as_module: Run, server: BitwardenServer, arguments: dict[str, Any]) -> None:
    assert "Unsupported parameters" in run_as_module(main, {**arguments, "groups": []})["msg"]
    assert server.recorder.requests() == []


def test_a_wrong_address_is_a_message(run_as_module: Run, server: BitwardenServer, arguments: dict[str, Any]) -> None:
    result = run_as_module(main, {**arguments, "members": [{"email": "ann"}]})
    assert result["msg"] == "members: the e-mail 'ann' cannot be invited: it has no @."
    assert "exception" not in result
