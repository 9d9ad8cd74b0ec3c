# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bitwarden_org_doctor from arguments to JSON, against the emulated server over https."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import write_snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.doctor import VERDICTS
from ansible_collections.dirsync.bitwarden.plugins.modules import bitwarden_org_doctor
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer, Mode, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server
from ansible_collections.dirsync.bitwarden.tests.support.examples import snapshot, user

__all__ = ["bitwarden_server"]

DN = "uid=ann,ou=people,dc=example,dc=org"


@pytest.fixture
def emulator(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(tls=True)


def arguments(emulator: BitwardenServer, **given: Any) -> dict[str, Any]:
    return {
        "server_url": emulator.url,
        "client_id": emulator.client_id,
        "client_secret": emulator.client_secret,
        "ca_file": emulator.ca_file,
        **given,
    }


def codes(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


def test_an_organization_that_is_to_leave_distinguished_names(
    run_as_module: Any, emulator: BitwardenServer, tmp_path: Path
) -> None:
    emulator.organization.add_member("ann@example.org", external_id=DN)
    emulator.organization.add_member("bob@example.org")
    path = tmp_path / "snapshot.json"
    write_snapshot(snapshot([user("ann"), user("bob")]), path)
    result = run_as_module(bitwarden_org_doctor.main, arguments(emulator, snapshot=str(path)))
    assert not result.get("changed")
    assert codes(result) == ["dn_external_id", "never_linked", "owner_unknown"]
    assert result["findings"][0] | {"advice": ""} == {
        "code": "dn_external_id",
        "severity": "warning",
        "objects": ["ann@example.org"],
        "external_id": DN,
        "message": "the external id is a distinguished name",
        "advice": "",
    }
    assert result["counts"] == {"dn_external_id": 1, "never_linked": 1, "owner_unknown": 1}
    assert result["severities"] == {"error": 0, "warning": 2, "info": 1}
    assert [(action["action"], action["external_id"]) for action in result["plan"]["actions"]] == [
        ("link_member", "id-bob"),
        ("rekey_member", "id-ann"),
    ]
    assert emulator.recorder.writes() == []
    assert emulator.recorder.requests(path="member-ids|events") == []


def test_the_event_log_tells_ages_and_authors(run_as_module: Any, emulator: BitwardenServer, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    write_snapshot(snapshot([user("bob")]), path)
    emulator.organization.add_member("new@example.org", status=Status.INVITED)
    emulator.organization.add_member("bob@example.org", external_id="id-bob")
    emulator.organization.revoke_by_hand("bob@example.org")
    result = run_as_module(bitwarden_org_doctor.main, arguments(emulator, snapshot=str(path)))
    assert codes(result) == ["revoked_but_active", "invitation_open", "owner_unknown"]
    assert result["findings"][0]["message"].endswith("revoked by a person")
    assert "does not tell" in result["findings"][1]["message"]


def test_a_young_invitation_is_no_finding(run_as_module: Any, emulator: BitwardenServer) -> None:
    key = {"client_id": emulator.client_id, "client_secret": emulator.client_secret}
    form = {**key, "grant_type": "client_credentials", "scope": "api.organization"}
    token = requests.post(f"{emulator.identity_url}/connect/token", data=form, verify=emulator.ca_file, timeout=10)
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    body = {"email": "new@example.org", "type": 2}
    url = f"{emulator.api_url}/public/members"
    assert requests.post(url, json=body, headers=headers, verify=emulator.ca_file, timeout=10).ok
    assert codes(run_as_module(bitwarden_org_doctor.main, arguments(emulator))) == []
    assert codes(run_as_module(bitwarden_org_doctor.main, arguments(emulator, invitation_days=0))) == [
        "invitation_open"
    ]


def test_findings_of_one_kind_are_told_up_to_a_limit(run_as_module: Any, emulator: BitwardenServer) -> None:
    for number in range(5):
        emulator.organization.add_group(f"g{number}")
    result = run_as_module(bitwarden_org_doctor.main, arguments(emulator, most_findings=2))
    assert [finding["objects"] for finding in result["findings"]] == [["g0"], ["g1"]]
    assert result["counts"] == {"group_by_hand": 5}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"invitation_days": -1}, "invitation_days is -1"),
        ({"policy": {"absent": "burn"}}, "The option policy cannot be used: value of absent must be one of"),
        ({"policy": {"guards": {"removals": 5}}}, "The option policy.guards.removals takes a mapping"),
        ({"policy": {"colour": "red"}}, "colour"),
        ({"snapshot": "/nowhere/snapshot.json"}, "cannot be read"),
        ({"client_secret": "not-the-secret"}, "invalid_client"),
    ],
)
def test_failure_is_readable_and_without_secret(
    run_as_module: Any, emulator: BitwardenServer, given: dict[str, Any], message: str
) -> None:
    result = run_as_module(bitwarden_org_doctor.main, arguments(emulator, **given))
    assert result["failed"]
    assert message in result["msg"]
    assert "Traceback" not in str(result)
    assert "not-the-secret" not in json.dumps(result)


def test_vaultwarden_is_explained(run_as_module: Any, bitwarden_server: StartBitwarden) -> None:
    result = run_as_module(bitwarden_org_doctor.main, arguments(bitwarden_server(mode=Mode.VAULTWARDEN)))
    assert "Vaultwarden has no API to read" in result["msg"]


def test_every_returned_key_and_code_is_documented(run_as_module: Any, emulator: BitwardenServer) -> None:
    emulator.organization.add_group("by hand")
    result = run_as_module(bitwarden_org_doctor.main, arguments(emulator))
    documented = yaml.safe_load(bitwarden_org_doctor.RETURN)
    assert result.keys() - {"changed", "invocation"} == documented.keys()
    assert result["findings"][0].keys() == documented["findings"]["contains"].keys()
    for name in ("severities", "plan"):
        assert result[name].keys() == documented[name]["contains"].keys()
    assert [code for code in VERDICTS if f"C({code})" not in bitwarden_org_doctor.DOCUMENTATION] == []
