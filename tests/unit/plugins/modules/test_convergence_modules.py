# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the three modules that converge an organization have in common, from arguments to JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import GuardError
from ansible_collections.dirsync.bitwarden.plugins.modules import (
    bitwarden_org_groups,
    bitwarden_org_members,
    bitwarden_org_sync,
)
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server

__all__ = ["bitwarden_server"]

Run = Callable[..., dict[str, Any]]

SECRET = "secret-of-the-organization"
KEY = {"client_id": "organization.5f0b3c8e-8f4f-4c11-9f5c-3a6f4f2d7a10", "client_secret": SECRET}
SNAPSHOT = {**KEY, "snapshot": "/srv/snapshot.json"}
MEMBERS = {**KEY, "members": [{"email": "ann@example.org"}]}
MODULES = [bitwarden_org_members, bitwarden_org_groups, bitwarden_org_sync]


@pytest.fixture(params=MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def module(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.delenv("BW_CLIENTID", raising=False)
    monkeypatch.delenv("BW_CLIENTSECRET", raising=False)
    found = request.param
    assert isinstance(found, ModuleType)
    return found


@pytest.fixture
def calls(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Mapping[str, Any], bool]]:
    """Keep the module from converging anything; return the list of options and check mode of each call."""
    calls: list[tuple[Mapping[str, Any], bool]] = []

    def converge(
        options: Mapping[str, Any], parts: Collection[str], *, check_mode: bool, log: Callable[[str], None]
    ) -> dict[str, Any]:
        calls.append((options, check_mode))
        return {"changed": True, "warnings": ["look here"], "told": options["client_secret"]}

    monkeypatch.setattr(module, "converge", converge)
    return calls


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"snapshot": "/srv/s.json"}, "missing required arguments: client_id, client_secret"),
        (KEY, "one of the following is required: snapshot, members"),
        ({**SNAPSHOT, **MEMBERS}, "parameters are mutually exclusive: snapshot|members"),
        ({**SNAPSHOT, "region": "mars"}, "value of region must be one of"),
        ({**SNAPSHOT, "transport": "mail"}, "value of transport must be one of"),
        ({**SNAPSHOT, "lock_timeout": "long"}, "lock_timeout is of type"),
        ({**SNAPSHOT, "policy": {"absent": "delete"}}, "value of absent must be one of"),
        ({**SNAPSHOT, "policy": {"deleted": "ignore"}}, "value of deleted must be one of"),
        ({**SNAPSHOT, "policy": {"membership": "total"}}, "value of membership must be one of"),
        ({**SNAPSHOT, "policy": {"revoke": True}}, "Unsupported parameters for"),
        ({**SNAPSHOT, "policy": {"guards": {"removals": {"percent": "few"}}}}, "percent is of type"),
        ({**SNAPSHOT, "policy": 7}, "The option policy takes a mapping, but it was given as int"),
        ({**SNAPSHOT, "policy": {"guards": [5]}}, "The option policy.guards takes a mapping, but it was given as list"),
        ({**SNAPSHOT, "policy": {"guards": {"removals": 5}}}, "policy.guards.removals takes a mapping"),
        ({**SNAPSHOT, "policy": {"guards": {"removals": 5}}}, "Give it as a mapping with any of count, percent."),
        ({**KEY, "members": ["ann@example.org", 5]}, "The option members takes a mapping"),
        ({**KEY, "members": [{"name": "Ann"}]}, "missing required arguments: email found in members"),
        ({**KEY, "members": [{"email": "ann@example.org", "status": "gone"}]}, "value of status must be one of"),
        ({**SNAPSHOT, "snapshots": "/srv/s.json"}, "Unsupported parameters for"),
    ],
)
def test_wrong_arguments_are_a_message(
    run_as_module: Run, module: ModuleType, calls: list[Any], arguments: dict[str, Any], message: str
) -> None:
    result = run_as_module(module.main, arguments)
    assert result["failed"] is True
    assert message.replace("'", "") in result["msg"].replace("'", "")
    assert calls == []
    assert SECRET not in json.dumps(result)


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_options_reach_the_convergence_with_their_defaults(
    run_as_module: Run, module: ModuleType, calls: list[tuple[Mapping[str, Any], bool]], check_mode: bool
) -> None:
    result = run_as_module(module.main, SNAPSHOT, check_mode=check_mode)
    [(options, checked)] = calls
    assert checked is check_mode
    assert options["snapshot"] == "/srv/snapshot.json"
    assert options["policy"]["absent"] == "revoke"
    assert options["policy"]["guards"]["removals"] == {"count": None, "percent": 10.0}
    assert options["members"] is None
    assert result["changed"] is True
    assert "look here" in str(result["warnings"])


def test_the_key_may_come_from_the_environment(
    run_as_module: Run,
    module: ModuleType,
    calls: list[tuple[Mapping[str, Any], bool]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BW_CLIENTID", KEY["client_id"])
    monkeypatch.setenv("BW_CLIENTSECRET", SECRET)
    result = run_as_module(module.main, {"snapshot": "/srv/snapshot.json"})
    assert calls[0][0]["client_secret"] == SECRET
    assert SECRET not in json.dumps(result)


def test_the_secret_is_never_shown(run_as_module: Run, module: ModuleType, calls: list[Any]) -> None:
    result = run_as_module(module.main, {**SNAPSHOT, "proxy": "http://user:password-of-proxy@proxy.example.org"})
    assert result["told"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert SECRET not in json.dumps(result)
    assert "password-of-proxy" not in json.dumps(result)


def test_a_tripped_guard_fails_the_task_and_shows_the_plan(
    run_as_module: Run, module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = GuardError("The plan was stopped", trips=("too many",))
    error.result = {"digest": "sha256:1", "guard": ["too many"], "changed": False}

    def converge(*arguments: Any, **keywords: Any) -> dict[str, Any]:
        raise error

    monkeypatch.setattr(module, "converge", converge)
    result = run_as_module(module.main, SNAPSHOT)
    assert (result["failed"], result["msg"]) == (True, "The plan was stopped.")
    assert (result["digest"], result["guard"], result["changed"]) == ("sha256:1", ["too many"], False)


def test_every_returned_key_is_documented(
    run_as_module: Run, module: ModuleType, bitwarden_server: StartBitwarden, tmp_path: Path
) -> None:
    server: BitwardenServer = bitwarden_server()
    arguments = {
        **MEMBERS,
        "server_url": server.url,
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "report_path": str(tmp_path / "report.json"),
    }
    result = run_as_module(module.main, arguments, check_mode=True)
    documented = yaml.safe_load(module.RETURN)
    assert result.keys() - {"changed", "diff", "invocation", "warnings"} == documented.keys()
    assert result["plan"].keys() == documented["plan"]["contains"].keys()
    assert server.recorder.writes() == []


def without_samples(documentation: Any) -> Any:
    """Return the documentation of returned values without their samples, which differ from module to module."""
    if not isinstance(documentation, dict):
        return documentation
    return {name: without_samples(part) for name, part in documentation.items() if name != "sample"}


def test_the_modules_document_what_they_return_in_the_same_words() -> None:
    members, groups, both = (without_samples(yaml.safe_load(module.RETURN)) for module in MODULES)
    assert members == groups == both
