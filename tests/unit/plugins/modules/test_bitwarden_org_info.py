# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bitwarden_org_info from arguments to JSON, against the emulated server over https."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.plugins.modules import bitwarden_org_info
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer, Mode, Role, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server

__all__ = ["bitwarden_server"]

ANN = "ann@example.org"


@pytest.fixture
def emulator(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return a cloud server with something of everything."""
    emulator = bitwarden_server(mode=Mode.CLOUD, tls=True)
    organization = emulator.organization
    organization.configure(seats=10, max_autoscale_seats=12)
    collection = organization.add_collection("shared")
    access = {"id": collection.id, "readOnly": True, "hidePasswords": False, "manage": False}
    organization.add_member(ANN, type=Role.CUSTOM, external_id="x1", permissions={"manageUsers": True})
    organization.add_member("bob@example.org", status=Status.REVOKED, collections=[access])
    organization.add_group("Staff", "g1", members=[ANN], collections=[access])
    return emulator


def arguments(emulator: BitwardenServer, **given: Any) -> dict[str, Any]:
    """Return the arguments to reach the server."""
    return {
        "server_url": emulator.url,
        "client_id": emulator.client_id,
        "client_secret": emulator.client_secret,
        "ca_file": emulator.ca_file,
        **given,
    }


def test_everything_is_returned(run_as_module: Any, emulator: BitwardenServer) -> None:
    result = run_as_module(bitwarden_org_info.main, arguments(emulator))
    organization = emulator.organization
    ann, bob, staff = organization.member(ANN), organization.member("bob@example.org"), organization.group("Staff")
    collection = organization.collections()[0]
    access = {"read_only": True, "hide_passwords": False, "manage": False}
    assert not result.get("changed")
    assert result["organization"] == emulator.client_id.removeprefix("organization.")
    assert result["server"] == {"product": "Bitwarden", "version": "2026.8.0", "cloud_region": "US"}
    assert [member["email"] for member in result["members"]] == [ANN, "bob@example.org", "founder@example.org"]
    assert result["members"][0] | {"permissions": None} == {
        "id": ann.id,
        "email": ANN,
        "name": "ann",
        "status": "confirmed",
        "type": "custom",
        "external_id": "x1",
        "user_id": ann.user_id,
        "two_factor_enabled": False,
        "permissions": None,
        "collections": [],
    }
    assert result["members"][0]["permissions"]["manageUsers"] is True
    assert result["members"][1]["status"] == "revoked"
    assert result["members"][1]["collections"] == [{"id": collection.id, **access}]
    assert result["members"][1]["permissions"] is None
    assert bob.id == result["members"][1]["id"]
    assert result["groups"] == [
        {"id": staff.id, "name": "Staff", "external_id": "g1", "collections": [{"id": collection.id, **access}]}
    ]
    assert result["memberships"] == {staff.id: [ann.id]}
    assert result["collections"] == [
        {"id": collection.id, "external_id": "shared", "groups": [{"id": staff.id, **access}]}
    ]
    assert result["seats"] == {"total": 10, "max_auto_scale": 12, "occupied": 2}
    assert emulator.recorder.writes() == []


def test_memberships_can_be_left_out(run_as_module: Any, emulator: BitwardenServer) -> None:
    result = run_as_module(bitwarden_org_info.main, arguments(emulator, memberships=False))
    assert result["memberships"] == {}
    assert len(result["groups"]) == 1
    assert emulator.recorder.requests(path="member-ids") == []


def test_check_mode_returns_the_same(run_as_module: Any, emulator: BitwardenServer) -> None:
    real = run_as_module(bitwarden_org_info.main, arguments(emulator))
    assert run_as_module(bitwarden_org_info.main, arguments(emulator), check_mode=True) == real


def test_self_hosted_server_has_no_seats(run_as_module: Any, bitwarden_server: StartBitwarden) -> None:
    result = run_as_module(bitwarden_org_info.main, arguments(bitwarden_server()))
    assert result["seats"] is None
    assert result["server"]["cloud_region"] is None


def test_key_from_the_environment(
    run_as_module: Any, emulator: BitwardenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BW_CLIENTID", emulator.client_id)
    monkeypatch.setenv("BW_CLIENTSECRET", emulator.client_secret)
    given = {"server_url": emulator.url, "ca_file": emulator.ca_file}
    assert len(run_as_module(bitwarden_org_info.main, given)["members"]) == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ca_file": None}, "CERTIFICATE_VERIFY_FAILED"),
        ({"client_secret": "not-the-secret"}, "invalid_client"),
        ({"client_id": "user.1"}, "key of another kind"),
        ({"region": "mars"}, "region must be one of"),
    ],
)
def test_failure_is_readable_and_without_secret(
    run_as_module: Any, emulator: BitwardenServer, given: dict[str, Any], message: str
) -> None:
    result = run_as_module(bitwarden_org_info.main, arguments(emulator, **given))
    assert result["failed"]
    assert message in result["msg"]
    assert "Traceback" not in str(result)
    assert "not-the-secret" not in str(result)
    assert emulator.client_secret not in str(result)


def test_vaultwarden_is_explained(run_as_module: Any, bitwarden_server: StartBitwarden) -> None:
    result = run_as_module(bitwarden_org_info.main, arguments(bitwarden_server(mode=Mode.VAULTWARDEN)))
    assert "Vaultwarden has no API to read" in result["msg"]


def documented(contents: dict[str, Any]) -> dict[str, Any]:
    """Return the names of documented return values, nested."""
    return {name: documented(value["contains"]) if "contains" in value else {} for name, value in contents.items()}


def test_every_returned_key_is_documented(run_as_module: Any, emulator: BitwardenServer) -> None:
    result = run_as_module(bitwarden_org_info.main, arguments(emulator))
    names = documented(yaml.safe_load(bitwarden_org_info.RETURN))
    assert result.keys() - {"changed", "invocation"} == names.keys()
    for name in ("server", "seats"):
        assert result[name].keys() == names[name].keys()
    for name in ("members", "groups", "collections"):
        assert result[name][0].keys() == names[name].keys()
