# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bitwarden_org_groups from arguments to the emulated server; test_convergence_modules.py has what is common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.modules.bitwarden_org_groups import main
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import FOUNDER, BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server

__all__ = ["bitwarden_server"]

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def server(bitwarden_server: StartBitwarden) -> BitwardenServer:
    server = bitwarden_server()
    server.organization.add_member("ann@example.org", external_id="ann@example.org")
    return server


@pytest.fixture
def arguments(server: BitwardenServer, tmp_path: Path) -> dict[str, Any]:
    return {
        "server_url": server.url,
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "lock_directory": str(tmp_path),
        "members": [{"email": "ann@example.org"}, {"email": "bob@example.org"}],
        "groups": [{"name": "staff", "members": ["ann@example.org", "bob@example.org"]}],
    }


def joining(result: dict[str, Any]) -> list[str]:
    return [email for action in result["plan"]["actions"] for email in action.get("joining", ())]


def test_groups_follow_the_list_and_nobody_is_invited(
    run_as_module: Run, server: BitwardenServer, arguments: dict[str, Any]
) -> None:
    assert joining(run_as_module(main, arguments)) == ["ann@example.org"]
    assert server.organization.memberships() == {"staff": {"ann@example.org"}}
    assert server.organization.members().keys() == {FOUNDER, "ann@example.org"}
    assert run_as_module(main, arguments)["changed"] is False


@pytest.mark.parametrize(
    ("after_members", "expected"),
    [
        (None, ["ann@example.org", "bob@example.org"]),
        (True, ["ann@example.org", "bob@example.org"]),
        (False, ["ann@example.org"]),
    ],
)
def test_check_mode_foresees_the_members_unless_told_otherwise(
    run_as_module: Run, arguments: dict[str, Any], after_members: bool | None, expected: list[str]
) -> None:
    given = arguments if after_members is None else {**arguments, "after_members": after_members}
    assert joining(run_as_module(main, given, check_mode=True)) == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"members": None}, "Neither a snapshot nor a list of members was given"),
        ({"snapshot": "/srv/s.json"}, "parameters are mutually exclusive: snapshot|members, snapshot|groups"),
        ({"groups": [{"members": []}]}, "missing required arguments: name found in groups"),
        (
            {"groups": [{"name": "staff", "members": ["cy@example.org"]}]},
            "the group staff names cy@example.org, who is",
        ),
        ({"groups": [{"name": "staff"}, {"name": "staff"}]}, "groups: the external_id staff occurs more than once"),
        ({"after_members": "maybe"}, "after_members is of type"),
    ],
)
def test_wrong_groups_are_a_message(
    run_as_module: Run, server: BitwardenServer, arguments: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    result = run_as_module(main, {**arguments, **change})
    assert result["failed"] is True
    assert message in result["msg"].replace("'", "")
    assert server.recorder.requests() == []
