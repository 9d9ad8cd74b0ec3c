# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON batching: each request has its own status, order and dependencies, limits."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.graph.client import GraphApi
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer, Tenant


def get(request_id: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": request_id, "method": "GET", "url": url, **more}


def test_each_request_has_its_own_status(api: GraphApi, tenant: Tenant) -> None:
    tenant.add_user("ann")
    answers = api.batch(
        get("1", "/users?$select=displayName"),
        get("2", "groups/x/members"),
        get("3", "https://graph.example.org/users"),
    )
    assert {request_id: answer["status"] for request_id, answer in answers.items()} == {"1": 200, "2": 404, "3": 400}
    assert answers["1"]["body"]["value"] == [{"displayName": "Ann"}]
    assert answers["2"]["body"]["error"]["code"] == "Request_ResourceNotFound"


def test_answers_come_in_another_order(api: GraphApi) -> None:
    assert list(api.batch(get("1", "/users"), get("2", "/groups"))) == ["2", "1"]


def test_headers_of_a_request_count(api: GraphApi, tenant: Tenant) -> None:
    tenant.add_user("ann")
    url = "/users?$filter=displayName ne 'Bob'&$count=true"
    answers = api.batch(get("1", url), get("2", url, headers={"ConsistencyLevel": "eventual"}))
    assert (answers["1"]["status"], answers["2"]["status"]) == (400, 200)


def test_dependent_request_fails_with_the_one_before(api: GraphApi) -> None:
    answers = api.batch(
        get("1", "/users"), get("2", "/groups/x/members", dependsOn=["1"]), get("3", "/groups", dependsOn=["2"])
    )
    assert [answers[request_id]["status"] for request_id in "123"] == [200, 404, 424]


def test_single_request_can_be_throttled(api: GraphApi, server: GraphServer) -> None:
    server.graph.inner_faults.add(
        Fault(Kind.STATUS, When(path="/groups$"), status=429, headers={"Retry-After": "2"}, body={"error": {}})
    )
    answers = api.batch(get("1", "/users"), get("2", "/groups"))
    assert answers["1"]["status"] == 200
    assert (answers["2"]["status"], answers["2"]["headers"]["Retry-After"]) == (429, "2")
    assert [request.path for request in server.graph.inner_requests.requests()] == ["/groups", "/users"]


@pytest.mark.parametrize(
    ("requests", "code"),
    [
        ([get(str(number), "/users") for number in range(21)], "MaximumValueExceeded"),
        ([get("a", "/users"), get("A", "/groups")], "BadRequest"),
        ([], "BadRequest"),
        ([{"id": "1", "method": "GET"}], "BadRequest"),
        ([get("1", "/users"), get("2", "/users"), get("3", "/users", dependsOn=["2"])], "BadRequest"),
        ([get("1", "/users"), get("2", "/users", dependsOn=["1"]), get("3", "/users", dependsOn=["1"])], "BadRequest"),
    ],
)
def test_malformed_batch_is_refused(api: GraphApi, requests: list[dict[str, Any]], code: str) -> None:
    assert api.refused("POST", "/$batch", 400, json={"requests": requests}) == code


def test_batch_of_reads_is_no_write(api: GraphApi, server: GraphServer) -> None:
    api.batch(get("1", "/users"))
    assert server.recorder.writes() == []
    api.batch({"id": "1", "method": "DELETE", "url": "/users/x"})
    assert len(server.recorder.writes()) == 1
