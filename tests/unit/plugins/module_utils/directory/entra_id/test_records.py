# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept between two reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.records import (
    Links,
    Members,
    State,
    TenantRecords,
    decode,
    encode,
)
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import settings

USER = {
    "id": "u1",
    "userPrincipalName": "ann@example.org",
    "mail": None,
    "displayName": "Ann",
    "accountEnabled": True,
    "userType": "Member",
    "externalUserState": None,
}
GROUP = {
    "id": "g1",
    "displayName": "Group",
    "mailEnabled": False,
    "securityEnabled": True,
    "groupTypes": [],
    "visibility": None,
}
STATE = State(
    TenantRecords(
        users={"u1": USER},
        deleted={"u2": {}},
        groups={"g1": GROUP},
        members={"g1": Members({"u1", "u3"}, {"g1"}, {"d1"})},
    ),
    Links("https://graph.example.org/v1.0/users/delta?1", None),
    1000.0,
)


def encoded() -> dict[str, Any]:
    state = json.loads(json.dumps(encode(STATE, settings())))
    assert isinstance(state, dict)
    return state


def test_state_survives_json() -> None:
    assert decode(encoded(), settings()) == STATE


def test_no_state_is_no_state() -> None:
    assert decode(None, settings()) is None
    assert decode({}, settings()) is None


@pytest.mark.parametrize(
    "options",
    [{"tenant_id": "other.example.org"}, {"client_id": "other"}, {"cloud": "china"}, {"read_groups": False}],
)
def test_state_of_something_else_does_not_count(options: dict[str, Any]) -> None:
    assert decode(encoded(), settings(**options)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"links": []},
        {"users": [["u1"]]},
        {"groups": [["g1"]]},
        {"ids": []},
        {"full_read_at": "then"},
        {"users": None},
    ],
)
def test_damaged_state_does_not_count(change: dict[str, Any]) -> None:
    assert decode({**encoded(), **change}, settings()) is None
