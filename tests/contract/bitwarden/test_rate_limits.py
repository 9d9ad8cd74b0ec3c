# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 6: the rate limits of the cloud."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient, assert_conforms
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Clock

NOW = datetime(2026, 6, 30, 12, tzinfo=timezone.utc)
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def cloud(connect: Callable[..., ApiClient]) -> ApiClient:
    return connect(mode=Mode.CLOUD, clock=Clock(frozen_at=NOW))


def _statuses(client: ApiClient, method: str, count: int, path: str = f"/groups/{UNKNOWN}") -> list[int]:
    return [client.request(method, path).status_code for _unused in range(count)]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_five_writes_of_a_verb_pass_in_a_second(cloud: ApiClient, method: str) -> None:
    assert _statuses(cloud, method, 6)[4:] == [_passing(method), 429]
    cloud.server.clock.advance(1)
    assert _statuses(cloud, method, 1) == [_passing(method)]


def _passing(method: str) -> int:
    return {"PUT": 400, "DELETE": 404}[method]


def test_the_refusal_says_when_to_come_back(cloud: ApiClient) -> None:
    _statuses(cloud, "DELETE", 5)
    cloud.server.clock.advance(0.5)
    answer = cloud.request("DELETE", f"/groups/{UNKNOWN}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert_conforms(answer.json(), "rate_limit_error")
    assert answer.json()["message"] == "Slow down! Too many requests. Try again in 1s."


def test_sixty_writes_of_a_verb_pass_in_a_minute(cloud: ApiClient) -> None:
    for _unused in range(12):
        assert 429 not in _statuses(cloud, "DELETE", 5)
        cloud.server.clock.advance(1)
    answer = cloud.request("DELETE", f"/groups/{UNKNOWN}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "48")


def test_refused_requests_are_not_counted_and_have_no_effect(cloud: ApiClient) -> None:
    for number in range(8):
        cloud.request("POST", "/groups", {"name": f"Group {number}"})
    assert len(cloud.server.organization.groups()) == 5


def test_two_hundred_reads_pass_in_a_minute(cloud: ApiClient) -> None:
    assert _statuses(cloud, "GET", 201)[199:] == [404, 429]


def test_verbs_are_counted_apart(cloud: ApiClient) -> None:
    _statuses(cloud, "DELETE", 5)
    assert 429 not in _statuses(cloud, "PUT", 5)


@pytest.mark.parametrize(("by_path", "last"), [(False, 429), (True, 404)])
def test_paths_are_counted_together_or_apart(connect: Callable[..., ApiClient], by_path: bool, last: int) -> None:
    client = connect(mode=Mode.CLOUD, limit_by_path=by_path, clock=Clock(frozen_at=NOW))
    _statuses(client, "DELETE", 5)
    assert _statuses(client, "DELETE", 1, f"/members/{UNKNOWN}") == [last]


@pytest.mark.parametrize("options", [{}, {"mode": Mode.CLOUD, "rate_limits": False}])
def test_a_self_hosted_server_has_no_limits(connect: Callable[..., ApiClient], options: dict[str, object]) -> None:
    assert 429 not in _statuses(connect(**options), "DELETE", 70)
