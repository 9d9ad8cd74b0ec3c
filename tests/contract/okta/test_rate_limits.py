# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits per minute, limits of concurrency, and the headers that tell them apart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import requests
from ansible_collections.dirsync.bitwarden.tests.contract.okta.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import StartOkta


def limit_and_remaining(answer: requests.Response) -> tuple[str, str]:
    return answer.headers["X-Rate-Limit-Limit"], answer.headers["X-Rate-Limit-Remaining"]


def test_every_answer_tells_the_state_of_its_bucket(okta_server: StartOkta) -> None:
    api = ApiClient(okta_server(limits={"users": 600, "groups": 500}))
    assert limit_and_remaining(api.get("/api/v1/users")) == ("600", "599")
    assert limit_and_remaining(api.get("/api/v1/groups")) == ("500", "499")
    assert limit_and_remaining(api.get("/api/v1/groups/00gunknown/users")) == ("500", "498")


def test_a_full_bucket_refuses_until_its_reset(okta_server: StartOkta) -> None:
    api = ApiClient(okta_server(limits={"users": 2}))
    assert [api.get("/api/v1/users").status_code for _unused in range(2)] == [200, 200]
    refusal = api.get("/api/v1/users")
    assert (refusal.status_code, refusal.json()["errorCode"]) == (429, "E0000047")
    assert "Retry-After" not in refusal.headers
    assert limit_and_remaining(refusal) == ("2", "0")
    wait = int(refusal.headers["X-Rate-Limit-Reset"]) - parsedate_to_datetime(refusal.headers["Date"]).timestamp()
    assert 0 < wait <= 61
    api.server.clock.advance(wait)
    assert api.get("/api/v1/users").status_code == 200


def test_the_date_of_answers_is_that_of_the_org(okta_server: StartOkta) -> None:
    api = ApiClient(okta_server())
    api.server.clock.advance(86400)
    date = parsedate_to_datetime(api.get("/api/v1/users").headers["Date"])
    assert abs(date.timestamp() - api.server.clock.now()) < 10


def test_too_many_requests_at_once_have_headers_of_their_own(okta_server: StartOkta) -> None:
    api = ApiClient(okta_server(concurrency=2, request_seconds=0.2))
    with ThreadPoolExecutor(4) as executor:
        answers = list(executor.map(lambda _unused: api.get("/api/v1/users"), range(4)))
    refusals = [answer for answer in answers if answer.status_code == 429]
    assert len(refusals) == 2
    assert {limit_and_remaining(refusal) for refusal in refusals} == {("0", "0")}
