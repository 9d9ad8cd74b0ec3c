# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From JSON to data: what is tolerated, what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden import parsing
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Collection,
    Event,
    Member,
    MemberStatus,
    MemberType,
    OrganizationGroup,
    Seats,
    Server,
)
from hypothesis import given
from hypothesis import strategies as st

MEMBER: Mapping[str, Any] = {"id": "m1", "email": "Ann@Example.org", "status": 2, "type": 2}
ASSOCIATION: Mapping[str, Any] = {"id": "c1", "readOnly": True, "hidePasswords": None, "future": 1}


def test_member() -> None:
    full = {
        **MEMBER,
        "object": "member",
        "userId": "u1",
        "name": "Ann",
        "externalId": "x1",
        "type": 4,
        "status": -1,
        "twoFactorEnabled": True,
        "permissions": {"manageUsers": True, "futurePermission": False},
        "collections": [ASSOCIATION],
        "somethingNew": {"a": 1},
    }
    assert parsing.parse_member(full) == Member(
        id="m1",
        email="ann@example.org",
        status=MemberStatus.REVOKED,
        type=MemberType.CUSTOM,
        external_id="x1",
        name="Ann",
        user_id="u1",
        collections=(Association("c1", read_only=True),),
        permissions={"manageUsers": True, "futurePermission": False},
        two_factor_enabled=True,
    )


def test_member_without_what_may_be_missing() -> None:
    member = parsing.parse_member({**MEMBER, "externalId": "", "name": None, "collections": None})
    assert member == Member("m1", "ann@example.org", MemberStatus.CONFIRMED, MemberType.USER)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None}, "a member has no id"),
        ({"id": 7}, "the id of a member is not a text"),
        ({"email": None}, "the member m1 has no email"),
        ({"email": 7}, "the email of a member is not a text"),
        ({"status": 9}, "the member Ann@Example.org has the status 9, which this version"),
        ({"status": "2"}, "has the status '2'"),
        ({"status": None}, "has the status None"),
        ({"type": 3}, "has the type 3"),
        ({"externalId": 7}, "the externalId of a member is not a text"),
        ({"collections": {}}, "collections is not an array"),
        ({"collections": [{}]}, "an? association has no id"),
        ({"permissions": []}, "a permissions is not an object"),
    ],
)
def test_member_that_cannot_be_understood(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parsing.parse_member({**MEMBER, **change})


def test_group() -> None:
    group = parsing.parse_group({"id": "g1", "name": "Staff", "externalId": "x", "collections": []})
    assert group == OrganizationGroup("g1", "Staff", "x", ())
    with pytest.raises(ValueError, match="the group g1 has no name"):
        parsing.parse_group({"id": "g1"})


def test_collection() -> None:
    assert parsing.parse_collection({"id": "c1", "groups": [ASSOCIATION]}) == Collection(
        "c1", None, (Association("c1", read_only=True),)
    )


def test_association_survives_the_way_there_and_back() -> None:
    association = Association("c1", read_only=True, hide_passwords=True, manage=True)
    value = {"id": "c", "collections": [parsing.association_json(association)], "name": "x"}
    assert parsing.parse_group(value).collections == (association,)


def test_list() -> None:
    assert parsing.parse_list({"data": [MEMBER]}, parsing.parse_member)[0].id == "m1"
    with pytest.raises(ValueError, match="the list has no data"):
        parsing.parse_list({"data": None}, parsing.parse_member)
    with pytest.raises(ValueError, match="a list is not an object"):
        parsing.parse_list([], parsing.parse_member)


def test_list_with_a_further_page_is_not_complete() -> None:
    with pytest.raises(ValueError, match="further page"):
        parsing.parse_list({"data": [], "continuationToken": "next"}, parsing.parse_member)


def test_repeated_records_are_one_unless_they_differ() -> None:
    first, other = OrganizationGroup("g1", "A"), OrganizationGroup("g2", "B")
    assert parsing.distinct([first, other, first]) == (first, other)
    with pytest.raises(ValueError, match="the id g1 occurs twice"):
        parsing.distinct([first, OrganizationGroup("g1", "C")])


def test_ids() -> None:
    assert parsing.parse_ids(["a", "b", "a"]) == ("a", "b")


@pytest.mark.parametrize("value", [None, {}, {"data": []}, "a", [1], [""], [None]])
def test_ids_that_are_none(value: object) -> None:
    with pytest.raises(ValueError, match="not an array of ids"):
        parsing.parse_ids(value)


def test_event_page() -> None:
    page = {"data": [{"type": 1511, "date": "2026-01-02T03:04:05.678Z", "memberId": "m"}], "continuationToken": "next"}
    events, token = parsing.parse_event_page(page)
    assert events == (Event(1511, "2026-01-02T03:04:05.678Z", member_id="m"),)
    assert token == "next"
    assert parsing.parse_event_page({"data": [], "continuationToken": None}) == ((), None)


@pytest.mark.parametrize(
    ("value", "seats"),
    [
        ({"passwordManager": {"seats": 5, "maxAutoScaleSeats": None}}, Seats(5, None)),
        ({"passwordManager": None}, Seats(None, None)),
        ({}, Seats(None, None)),
    ],
)
def test_seats(value: dict[str, Any], seats: Seats) -> None:
    assert parsing.parse_seats(value) == seats


@pytest.mark.parametrize(
    ("value", "server"),
    [
        (
            {"version": "2026.8.0", "server": None, "environment": {"cloudRegion": "EU"}, "featureStates": {"f": True}},
            Server("2026.8.0", "Bitwarden", "EU", {"f": True}),
        ),
        (
            {"version": "2026.6.0", "server": {"name": "Vaultwarden"}, "environment": None},
            Server("2026.6.0", "Vaultwarden"),
        ),
        ({}, Server("unknown")),
    ],
)
def test_server(value: dict[str, Any], server: Server) -> None:
    assert parsing.parse_server(value) == server


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "data", "email", "status", "type", "collections", "permissions", "server"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(JSON)
def test_nonsense_raises_nothing_but_value_error(value: object) -> None:
    parsers: list[Callable[[object], object]] = [
        parsing.parse_member,
        parsing.parse_group,
        parsing.parse_collection,
        parsing.parse_event_page,
        parsing.parse_ids,
        parsing.parse_seats,
        parsing.parse_server,
    ]
    for parse in parsers:
        with suppress(ValueError):
            parse(value)
