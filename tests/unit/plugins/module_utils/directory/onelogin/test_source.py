# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a provider reads from an account, and what it tells about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.source import OneLoginProvider
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.support.readings import members, statuses, warnings

Provide = Callable[..., OneLoginProvider]

EVERY_STATUS = {
    "unactivated@example.org": 0,
    "active@example.org": 1,
    "suspended@example.org": 2,
    "locked@example.org": 3,
    "expired@example.org": 4,
    "awaiting@example.org": 5,
    "pending@example.org": 7,
    "questions@example.org": 8,
}
STATES = {"unapproved@example.org": 0, "rejected@example.org": 2, "unlicensed@example.org": 3}


def fill(onelogin: OneLoginServer) -> None:
    """Create a user of each status and state, and roles."""
    account = onelogin.account
    users = [account.add_user(email, status=status) for email, status in EVERY_STATUS.items()]
    users += [account.add_user(email, state=state) for email, state in STATES.items()]
    account.add_role("Staff", *users)
    account.add_role("Few", users[1], users[2])
    account.add_role("Nobody")


def test_users_and_roles(onelogin: OneLoginServer, provide: Provide) -> None:
    fill(onelogin)
    reading = provide(onelogin).read()
    everybody = {*EVERY_STATUS, *STATES}
    assert statuses(reading) == {
        email: "disabled" if email == "suspended@example.org" else "active" for email in everybody
    }
    assert members(reading) == {
        "Staff": everybody,
        "Few": {"active@example.org", "suspended@example.org"},
        "Nobody": set(),
    }
    assert [user.external_id for user in reading.users] == [str(id_) for id_ in onelogin.account.users]
    assert [group.external_id for group in reading.groups] == [str(id_) for id_ in onelogin.account.roles]
    assert reading.server == onelogin.url
    assert (reading.warnings, reading.state) == ([], None)


def test_a_status_that_is_not_plain_is_told(onelogin: OneLoginServer, provide: Provide) -> None:
    onelogin.account.add_user("ann@example.org", status=2, state=3)
    onelogin.account.add_user("bob@example.org")
    reading = provide(onelogin).read()
    assert [user.status_reason for user in reading.users] == ["OneLogin status suspended, state unlicensed", ""]
    assert [user.name for user in reading.users] == ["Ann Example", "Bob Example"]


def test_statuses_and_states_can_be_given_another_meaning(onelogin: OneLoginServer, provide: Provide) -> None:
    fill(onelogin)
    meanings = {
        "statuses": {"locked": "disabled", "unactivated": "ignore"},
        "states": {"rejected": "deleted", "unlicensed": "disabled"},
    }
    reading = provide(onelogin, **meanings).read()
    found = statuses(reading)
    assert found["locked@example.org"] == "disabled"
    assert found["rejected@example.org"] == "deleted"
    assert found["unlicensed@example.org"] == "disabled"
    assert "unactivated@example.org" not in found
    assert "unactivated@example.org" not in members(reading)["Staff"]


def test_the_stricter_of_status_and_state_counts(onelogin: OneLoginServer, provide: Provide) -> None:
    onelogin.account.add_user("ann@example.org", status=2, state=2)
    assert statuses(provide(onelogin, states={"rejected": "deleted"}).read()) == {"ann@example.org": "deleted"}
    assert statuses(provide(onelogin, states={"rejected": "active"}).read()) == {"ann@example.org": "disabled"}


def test_an_unknown_status_counts_as_active_and_is_reported(onelogin: OneLoginServer, provide: Provide) -> None:
    user = onelogin.account.add_user("ann@example.org", status=6)
    reading = provide(onelogin).read()
    assert statuses(reading) == {"ann@example.org": "active"}
    assert warnings(reading) == [("status_unknown", str(user.id))]


@pytest.mark.parametrize(
    ("email", "username", "suffix", "expected"),
    [
        (" Ann@Example.org", "ann@example.com", None, "ann@example.org"),
        (None, "Ann@Example.com", None, "ann@example.com"),
        ("broken", "ann@example.com", None, "ann@example.com"),
        (None, "ann", None, None),
        (None, "Ann", "@example.net", "ann@example.net"),
        ("", "ann", "example.net", "ann@example.net"),
        (None, "ann@example.com", "example.net", "ann@example.com"),
        (None, None, "example.net", None),
    ],
)
def test_emails(
    onelogin: OneLoginServer,
    provide: Provide,
    email: str | None,
    username: str | None,
    suffix: str | None,
    expected: str | None,
) -> None:
    onelogin.account.add_user(email, username=username)
    assert statuses(provide(onelogin, email_suffix=suffix).read()).keys() == {expected}


def test_groups_of_onelogin_instead_of_roles(onelogin: OneLoginServer, provide: Provide) -> None:
    fill(onelogin)
    users = list(onelogin.account.users.values())
    for number in range(60):
        onelogin.account.add_group(f"group{number}")
    onelogin.account.add_group("Office", *users[:2])
    reading = provide(onelogin, groups_from="groups").read()
    assert len(reading.groups) == 61
    assert members(reading)["Office"] == {"unactivated@example.org", "active@example.org"}
    assert members(reading)["group59"] == set()
    assert onelogin.recorder.requests(path="roles") == []


def test_groups_are_not_read_where_nobody_asks_for_them(onelogin: OneLoginServer, provide: Provide) -> None:
    fill(onelogin)
    reading = provide(onelogin, query={"read_groups": False}).read()
    assert (len(reading.users), reading.groups) == (11, [])
    assert onelogin.recorder.requests(path="roles|groups") == []


@pytest.mark.parametrize(
    ("options", "query", "expected"),
    [
        ({"user_parameters": {"email": "*@example.com"}}, {}, {"bob@example.com", "cid@example.com"}),
        ({"user_parameters": {"custom_attributes.team": "IT"}}, {}, {"ann@example.org", "cid@example.com"}),
        ({"user_parameters": {"custom_attributes.team": "IT"}}, {"user_query": "email=cid*"}, {"cid@example.com"}),
        ({}, {"user_query": "email=ann%40example.org&firstname=Ann"}, {"ann@example.org"}),
    ],
)
def test_onelogin_can_select_users(
    onelogin: OneLoginServer, provide: Provide, options: dict[str, Any], query: dict[str, str], expected: set[str]
) -> None:
    account = onelogin.account
    users = [
        account.add_user("ann@example.org", custom_attributes={"team": "IT"}),
        account.add_user("bob@example.com"),
        account.add_user("cid@example.com", custom_attributes={"team": "it"}),
    ]
    account.add_role("Staff", *users)
    reading = provide(onelogin, query=query, **options).read()
    assert statuses(reading).keys() == expected
    assert members(reading) == {"Staff": expected}
    assert onelogin.recorder.requests(path="/roles/") == []


def test_onelogin_can_select_roles(onelogin: OneLoginServer, provide: Provide) -> None:
    fill(onelogin)
    assert members(provide(onelogin, role_parameters={"role_name": "Few"}).read()).keys() == {"Few"}
    assert members(provide(onelogin, query={"group_query": "role_name=Nobody"}).read()).keys() == {"Nobody"}


IMPOSSIBLE = {
    "misspelt parameter": ({"user_parameters": {"e_mail": "x"}}, {}),
    "empty parameter": ({"user_parameters": {"email": " "}}, {}),
    "nameless custom attribute": ({"user_parameters": {"custom_attributes.": "x"}}, {}),
    "parameter of version 1": ({}, {"user_query": "role_id=5"}),
    "no parameter": ({}, {"user_query": "everybody"}),
    "contradiction": ({"user_parameters": {"email": "a@example.org"}}, {"user_query": "email=b@example.org"}),
    "custom attribute of a role": ({"role_parameters": {"custom_attributes.x": "y"}}, {}),
    "roles without roles": ({"role_parameters": {"role_name": "x"}, "groups_from": "groups"}, {}),
    "host and region": ({"host": "https://example.onelogin.com", "region": "us"}, {}),
    "no host": ({"host": ""}, {}),
    "http": ({"host": "http://example.onelogin.com"}, {}),
}


@pytest.mark.parametrize(("options", "query"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_options_are_refused_before_any_request(
    onelogin: OneLoginServer, provide: Provide, options: dict[str, Any], query: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError):
        provide(onelogin, query=query, **options)
    assert onelogin.recorder.requests() == []


def test_probe(onelogin: OneLoginServer, provide: Provide) -> None:
    fill(onelogin)
    probe = provide(onelogin).probe()
    assert (probe["server"], probe["users"], probe["roles"]) == (onelogin.url, 11, 3)
    assert [user["email"] for user in probe["sample_users"]] == list(EVERY_STATUS)[:3]
    assert probe["sample_roles"] == ["Staff", "Few", "Nobody"]
    assert "roles" not in provide(onelogin, query={"read_groups": False}).probe()
