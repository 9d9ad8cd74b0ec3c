# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an emulated Entra ID over https into an organization, through the playbook that users run."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import DEFAULT_SECRET, GraphServer, Tenant
from ansible_collections.dirsync.bitwarden.tests.integration.entra_id.conftest import RunSync
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import fill

TOO_MANY = {"error": {"code": "TooManyRequests", "message": "Please retry again later."}}
FOUNDER = "founder@example.org"


def address(name: str) -> str:
    return f"{name}@example.onmicrosoft.com"


@pytest.fixture
def staff(tenant: Tenant) -> dict[str, str]:
    """Ann leads a group that nests another with Bob and a guest; Cid and Dan are about to leave."""
    ids = {name: tenant.add_user(name) for name in ("ann", "bob", "cid", "dan")}
    ids["guest"] = tenant.add_guest("guest@example.com")
    ids["inner"] = tenant.add_group("Inner", [ids["bob"], ids["guest"]])
    ids["outer"] = tenant.add_group("Outer", [ids["ann"], ids["inner"], ids["cid"]])
    return ids


def test_people_come_and_go(
    sync: RunSync, graph: GraphServer, tenant: Tenant, bitwarden: BitwardenServer, staff: dict[str, str]
) -> None:
    first = sync(incremental=True)
    assert first.status == 0, first.output
    organization = bitwarden.organization
    everybody = {address(name) for name in ("ann", "bob", "cid", "dan")} | {"guest@example.com", FOUNDER}
    assert set(organization.members()) == everybody
    assert organization.memberships() == {
        "Inner": {address("bob"), "guest@example.com"},
        "Outer": {address("ann"), address("bob"), address("cid"), "guest@example.com"},
    }

    tenant.update(staff["cid"], accountEnabled=False)
    tenant.delete(staff["dan"])
    tenant.remove_member(staff["inner"], staff["guest"])
    tenant.add_member(staff["inner"], tenant.add_user("eve"))
    graph.recorder.clear()
    second = sync(incremental=True)
    assert second.status == 0, second.output
    assert len(graph.recorder.requests()) == 2
    revoked = {name for name in ("ann", "bob", "cid", "dan", "eve") if organization.member(address(name)).status == -1}
    assert revoked == {"cid", "dan"}
    assert organization.memberships()["Outer"] >= {address("ann"), address("bob"), address("eve")}
    assert "guest@example.com" not in organization.memberships()["Outer"]

    bitwarden.recorder.clear()
    full = sync()
    assert full.status == 0, full.output
    assert not full.changed
    assert bitwarden.recorder.writes() == []


def test_bwdc_filters_select_as_before(
    sync: RunSync, tenant: Tenant, bitwarden: BitwardenServer, staff: dict[str, str]
) -> None:
    unit = tenant.add_unit("Germany", [staff["inner"]])
    users = {"bwdc_filter": f"includeGroup:{staff['outer']}|exclude:{address('bob')}"}
    run = sync(users=users, groups={"bwdc_filter": f"includeAdministrativeUnit:{unit}"})
    assert run.status == 0, run.output
    assert set(bitwarden.organization.members()) == {"guest@example.com", FOUNDER}
    assert bitwarden.organization.memberships() == {"Inner": {"guest@example.com"}}


def test_storm_of_429_and_an_expired_token_are_survived(
    sync: RunSync, graph: GraphServer, tenant: Tenant, bitwarden: BitwardenServer
) -> None:
    fill(tenant, users=1500, groups=45, members=3)
    fault: dict[str, Any] = {"status": 429, "headers": {"Retry-After": "0"}, "body": TOO_MANY}
    graph.faults.add(Fault(Kind.STATUS, When(every=3), times=None, **fault))
    graph.graph.inner_faults.add(Fault(Kind.STATUS, When(every=3), times=None, **fault))
    graph.on_response = lambda record: (
        graph.clock.advance(3600) if len(graph.recorder.requests(path="/v1.0/")) == 3 else None
    )
    run = sync("--check", users={"include": {"groups": ["group0"]}})
    assert run.status == 0, run.output
    assert len(graph.recorder.requests(path="/token$")) >= 2
    assert len([request for request in graph.recorder.requests() if request.status == 429]) >= 3
    assert run.report is not None
    planned = {record["key"] for record in run.report["records"] if record["action"] == "invite_member"}
    assert planned == {address(f"user{number}") for number in range(3)}
    assert bitwarden.recorder.writes() == []


def test_one_failed_page_writes_nothing(
    sync: RunSync, graph: GraphServer, bitwarden: BitwardenServer, staff: dict[str, str]
) -> None:
    body = {"error": {"code": "UnknownError", "message": "Something went wrong."}}
    graph.graph.inner_faults.add(Fault(Kind.STATUS, When(path="/members$", nth=2), status=403, body=body))
    run = sync()
    assert run.status != 0
    assert "UnknownError: Something went wrong" in run.output
    assert bitwarden.recorder.writes() == []


def test_nothing_secret_is_shown(sync: RunSync, graph: GraphServer, staff: dict[str, str]) -> None:
    run = sync("-vvv", "--diff")
    assert run.status == 0, run.output
    refused = sync("-vvv", tenant_id="nobody.example.org")
    assert "AADSTS90002" in refused.output
    for output in (run.output, refused.output):
        assert DEFAULT_SECRET not in output
        assert "eyJ" not in output
