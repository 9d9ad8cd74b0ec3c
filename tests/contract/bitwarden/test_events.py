# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference sections 5.3 and 12: the event log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import EventType, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Clock

NOW = datetime(2026, 6, 30, 12, tzinfo=timezone.utc)
ADMINISTRATOR = "5b1c6f0a-7a0e-4f43-8f0e-8f1a4a3d2c1b"


@pytest.fixture
def client(connect: Callable[..., ApiClient]) -> ApiClient:
    return connect(clock=Clock(frozen_at=NOW))


def _record(client: ApiClient, *days_ago: float) -> None:
    for days in days_ago:
        date = (NOW - timedelta(days=days)).timestamp()
        client.server.organization.record_event(EventType.MEMBER_UPDATED, date=date)


def _list(client: ApiClient, **query: str) -> Any:
    return client.get("/events", "event_list", **query)


def _days_ago(client: ApiClient, **query: str) -> list[int]:
    dates = (datetime.fromisoformat(item["date"].replace("Z", "+00:00")) for item in _list(client, **query)["data"])
    return [(NOW - date).days for date in dates]


def test_the_newest_of_the_last_thirty_days_come_first(client: ApiClient) -> None:
    _record(client, 40, 29, 5, 10)
    assert _days_ago(client) == [5, 10, 29]
    assert _days_ago(client, start="2026-01-01T00:00:00Z") == [5, 10, 29]


def test_both_bounds_choose_the_range_in_either_order(client: ApiClient) -> None:
    _record(client, 40, 29, 5)
    bounds = {"start": "2026-05-01T00:00:00Z", "end": "2026-06-10T00:00:00Z"}
    assert _days_ago(client, **bounds) == [29, 40]
    assert _days_ago(client, start=bounds["end"], end=bounds["start"]) == [29, 40]


def test_the_range_is_limited(client: ApiClient) -> None:
    path = "/events?start=2025-01-01T00:00:00Z&end=2026-06-01T00:00:00Z"
    assert client.message("GET", path) == "Date range must be < 367 days."


def test_pages_follow_until_the_token_is_null(client: ApiClient) -> None:
    _record(client, *(number / 24 for number in range(120)))
    pages = [_list(client)]
    while pages[-1]["continuationToken"] is not None:
        client.server.organization.record_event(EventType.MEMBER_UPDATED)
        pages.append(_list(client, continuationToken=pages[-1]["continuationToken"]))
    assert [len(page["data"]) for page in pages] == [50, 50, 20]
    dates = [item["date"] for page in pages for item in page["data"]]
    assert dates == sorted(dates, reverse=True)
    assert len(set(dates)) == 120


def test_who_acted_is_told_of_people_only(client: ApiClient) -> None:
    organization = client.server.organization
    for email in ("anna@example.org", "ben@example.org"):
        organization.add_member(email)
    anna, ben = organization.member("anna@example.org"), organization.member("ben@example.org")
    client.post(f"/members/{anna.id}/revoke")
    organization.revoke_by_hand("ben@example.org", ADMINISTRATOR)
    events = {item["memberId"]: item for item in _list(client)["data"]}
    assert {event["type"] for event in events.values()} == {1511}
    assert events[anna.id]["actingUserId"] is None
    assert events[ben.id]["actingUserId"] == ADMINISTRATOR
    assert [item["memberId"] for item in _list(client, actingUserId=ADMINISTRATOR)["data"]] == [ben.id]


def test_administrators_restore_confirm_and_remove(client: ApiClient) -> None:
    organization = client.server.organization
    organization.add_member("anna@example.org", status=Status.INVITED)
    organization.accept("anna@example.org")
    organization.confirm("anna@example.org", ADMINISTRATOR)
    organization.revoke_by_hand("anna@example.org", ADMINISTRATOR)
    organization.restore_by_hand("anna@example.org", ADMINISTRATOR)
    organization.remove_by_hand("anna@example.org", ADMINISTRATOR)
    events = _list(client, actingUserId=ADMINISTRATOR)["data"]
    assert [item["type"] for item in events] == [1503, 1512, 1511, 1501]


def test_objects_of_the_vault_have_no_events_here(client: ApiClient) -> None:
    _record(client, 1)
    assert _list(client, itemId=ADMINISTRATOR)["data"] == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("start=yesterday", "Start"),
        ("actingUserId=anna", "ActingUserId"),
        ("continuationToken=%21", "ContinuationToken"),
    ],
)
def test_malformed_parameters_are_named(client: ApiClient, query: str, name: str) -> None:
    assert list(client.model_errors("GET", f"/events?{query}")) == [name]
