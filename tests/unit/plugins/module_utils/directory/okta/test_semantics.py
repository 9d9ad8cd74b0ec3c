# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users and groups of Okta become."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.okta import STATUSES
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.semantics import (
    Person,
    group_from,
    person_from,
    user_from,
)

ROW: dict[str, Any] = {
    "id": "00u1",
    "status": "ACTIVE",
    "lastUpdated": "2026-03-02T10:00:00.000Z",
    "profile": {"login": "ann@example.com", "email": " Ann@Example.org ", "firstName": "Ann", "lastName": "Lee"},
}
GROUP: dict[str, Any] = {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "Staff"}, "objectClass": []}


def test_a_user() -> None:
    person = person_from(ROW, ["email"])
    assert person == Person("00u1", "ACTIVE", "ann@example.org", "Ann Lee", "2026-03-02T10:00:00.000Z")


@pytest.mark.parametrize(
    ("attributes", "email"),
    [(["email"], None), (["email", "login"], "ann@example.com"), (["secondEmail"], None), (["number"], None)],
)
def test_the_first_usable_attribute_is_the_email(attributes: list[str], email: str | None) -> None:
    profile = {"login": "ann@example.com", "email": None, "number": 5, "lastName": "Lee"}
    person = person_from({**ROW, "profile": profile}, attributes)
    assert (person.email, person.name) == (email, "Lee")


@pytest.mark.parametrize("changes", [{"status": None}, {"profile": None}, {"profile": "Ann"}])
def test_a_user_without_what_decides_is_an_error(changes: dict[str, Any]) -> None:
    with pytest.raises(IncompleteReadError, match="00u1"):
        person_from({**ROW, **changes}, ["email"])


@pytest.mark.parametrize(
    ("status", "expected", "reason"),
    [
        ("ACTIVE", "active", ""),
        ("PASSWORD_EXPIRED", "active", "Okta status PASSWORD_EXPIRED"),
        ("RECOVERY", "active", "Okta status RECOVERY"),
        ("LOCKED_OUT", "active", "Okta status LOCKED_OUT"),
        ("PROVISIONED", "active", "Okta status PROVISIONED"),
        ("SUSPENDED", "disabled", "Okta status SUSPENDED"),
        ("DEPROVISIONED", "deleted", "Okta status DEPROVISIONED"),
        ("ACTIVATING", "active", "Okta status ACTIVATING"),
    ],
)
def test_statuses(status: str, expected: str, reason: str) -> None:
    user = user_from(Person("00u1", status, None, None), STATUSES, "okta")
    assert user is not None
    assert (user.status, user.status_reason, user.source) == (expected, reason, "okta")


def test_a_user_who_was_never_activated_is_left_out() -> None:
    assert user_from(Person("00u1", "STAGED", None, None), STATUSES, "okta") is None


def test_the_meaning_of_a_status_can_be_chosen() -> None:
    user = user_from(Person("00u1", "LOCKED_OUT", None, None), {**STATUSES, "locked_out": "disabled"}, "okta")
    assert user is not None
    assert user.status == "disabled"


@pytest.mark.parametrize(
    ("okta_type", "classes", "expected"),
    [
        ("OKTA_GROUP", ["okta:user_group"], "okta"),
        ("APP_GROUP", ["okta:user_group"], "app"),
        ("APP_GROUP", ["okta:windows_security_principal"], "active_directory"),
        ("BUILT_IN", ["okta:user_group"], "built_in"),
    ],
)
def test_types_of_groups(okta_type: str, classes: list[str], expected: str) -> None:
    assert group_from({**GROUP, "type": okta_type, "objectClass": classes}).type == expected


def test_statistics_of_a_group() -> None:
    assert group_from({**GROUP, "_embedded": {"stats": {"usersCount": 3}}}).users_count == 3
    assert group_from(GROUP).users_count is None


def test_everyone_is_built_in() -> None:
    everyone = {**GROUP, "profile": {"name": "Everyone"}}
    assert group_from({**everyone, "type": "BUILT_IN"}).everyone
    assert not group_from(everyone).everyone


@pytest.mark.parametrize("changes", [{"type": None}, {"profile": None}, {"profile": {}}])
def test_a_group_without_what_decides_is_an_error(changes: dict[str, Any]) -> None:
    with pytest.raises(IncompleteReadError, match="00g1"):
        group_from({**GROUP, **changes})
