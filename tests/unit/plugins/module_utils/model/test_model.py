# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the data model says of itself."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    Group,
    RecordWarning,
    Snapshot,
    User,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    MemberStatus,
    MemberType,
    Organization,
)


def test_counts_of_a_snapshot() -> None:
    users = tuple(
        User(f"x{number}", None, None, status, "staff")
        for number, status in enumerate(("active", "active", "disabled", "deleted"))
    )
    groups = (Group("g1", "One", "staff", ("x0", "x1")), Group("g2", "Two", "staff", ("x0",)))
    snapshot = Snapshot(users, groups, warnings=(RecordWarning("email_missing", "x0", "No e-mail"),))
    assert snapshot.counts() == {
        "users": 4,
        "active": 2,
        "disabled": 1,
        "deleted": 1,
        "groups": 2,
        "memberships": 3,
        "warnings": 1,
    }


def test_revoked_and_staged_members_occupy_no_seat() -> None:
    members = tuple(
        Member(f"m{status.value}", f"{status.name}@example.org".lower(), status, MemberType.USER)
        for status in MemberStatus
    )
    assert len(members) == 5
    assert Organization(members).occupied_seats() == 3


def test_records_are_immutable() -> None:
    user = User("x1", "ann@example.org", "Ann", "active", "staff")
    with pytest.raises(FrozenInstanceError):
        user.email = "eve@example.org"  # type: ignore[misc]
