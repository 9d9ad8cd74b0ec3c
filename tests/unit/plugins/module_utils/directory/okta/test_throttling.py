# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rate-limit headers mean for the next request."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.throttling import (
    Throttle,
    rate_limit,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.messages import Response, Wait
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime

DATE = "Mon, 02 Mar 2026 10:00:00 GMT"
NOW = 1772445600
USERS, GROUPS = "https://example.okta.com/api/v1/users", "https://example.okta.com/api/v1/groups/00g1/users"


def answer(limit: int, remaining: int, *, reset: int = 40, status: int = 200, url: str = USERS) -> Response:
    headers = {
        "date": DATE,
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(remaining),
        "x-rate-limit-reset": str(NOW + reset),
    }
    return Response("GET", url, status, headers, b"")


def slept(throttle: Throttle, fake_time: FakeTime, url: str = USERS) -> float:
    """Return how long the next request to the address has to wait."""
    before = fake_time.now
    with throttle.pacer(url).slot():
        return fake_time.now - before


@pytest.fixture
def throttle(fake_time: FakeTime) -> Throttle:
    return Throttle(8, clock=fake_time.clock, sleep=fake_time.sleep)


def test_time_is_okta_s_own() -> None:
    limit = rate_limit(answer(600, 599).headers)
    assert limit is not None
    assert limit.seconds == 41


def test_a_reset_in_the_past_needs_no_wait() -> None:
    limit = rate_limit(answer(600, 599, reset=-100).headers)
    assert limit is not None
    assert limit.seconds == 1


@pytest.mark.parametrize("changes", [{"date": "today"}, {"x-rate-limit-reset": "soon"}, {"x-rate-limit-limit": ""}])
def test_other_headers_mean_nothing(changes: dict[str, str]) -> None:
    headers = dict(answer(600, 599).headers)
    assert rate_limit({**headers, **changes}) is None
    assert rate_limit({}) is None


def test_plenty_left_means_no_wait(throttle: Throttle, fake_time: FakeTime) -> None:
    throttle.observe(answer(600, 9))
    assert slept(throttle, fake_time) == 0


def test_the_bucket_rests_when_the_requests_under_way_could_empty_it(throttle: Throttle, fake_time: FakeTime) -> None:
    throttle.observe(answer(600, 8))
    assert slept(throttle, fake_time, GROUPS) == 0
    assert slept(throttle, fake_time) == 41
    assert slept(throttle, fake_time) == 0


def test_a_small_limit_is_used_to_the_last(throttle: Throttle, fake_time: FakeTime) -> None:
    throttle.observe(answer(10, 2))
    assert slept(throttle, fake_time) == 0
    throttle.observe(answer(10, 1))
    assert slept(throttle, fake_time) == 41


def test_a_refusal_says_when_to_go_on(throttle: Throttle) -> None:
    assert throttle.verdict(answer(600, 0, status=429)) == Wait(41)


def test_too_many_at_once_is_no_matter_of_time(throttle: Throttle, fake_time: FakeTime) -> None:
    refusal = answer(0, 0, status=429)
    assert throttle.verdict(refusal) == Wait(concurrency=True)
    throttle.observe(refusal)
    assert slept(throttle, fake_time) == 0


def test_other_refusals_are_judged_as_anywhere(throttle: Throttle) -> None:
    assert throttle.verdict(answer(600, 599, status=400)) is None
    assert throttle.verdict(answer(600, 599, status=503)) == Wait()
    assert throttle.verdict(Response("GET", USERS, 429, {"retry-after": "7"}, b"")) == Wait(7)


def test_a_share_of_the_limit_is_learnt(throttle: Throttle, fake_time: FakeTime) -> None:
    for used in range(1, 51):
        throttle.observe(answer(100, 100 - used))
    assert throttle.verdict(answer(100, 50, status=429)) == Wait(41)
    for used in range(1, 42):
        throttle.observe(answer(100, 100 - used, reset=100))
    assert slept(throttle, fake_time) == 0
    throttle.observe(answer(100, 58, reset=100))
    assert slept(throttle, fake_time) == 101


def test_other_clients_do_not_make_our_share_smaller(throttle: Throttle, fake_time: FakeTime) -> None:
    throttle.observe(answer(100, 60))
    assert throttle.verdict(answer(100, 0, status=429)) == Wait(41)
    throttle.observe(answer(100, 99, reset=100))
    throttle.observe(answer(100, 98, reset=100))
    assert slept(throttle, fake_time) == 0
