# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to Graph: filters, and which of them are advanced."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id import queries
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import settings


@pytest.mark.parametrize(
    ("text", "advanced"),
    [
        ("accountEnabled eq true", False),
        ("startsWith(displayName,'not me') and department in ('ne','endsWith')", False),
        ("displayName eq 'O''Neill ne x'", False),
        ("nether eq 'x'", False),
        ("department ne 'IT'", True),
        ("not(accountEnabled eq true)", True),
        ("NOT startsWith(displayName,'x')", True),
        ("endswith(mail,'@example.org')", True),
        ("assignedLicenses/$count eq 0", True),
    ],
)
def test_advanced_filters_are_told_from_plain_ones(text: str, advanced: bool) -> None:
    assert queries.is_advanced(text) is advanced


def test_advanced_filter_asks_for_the_index() -> None:
    get = queries.users(settings(user_filter="department ne 'R&D'"))
    assert get.path.endswith("&$top=999&$filter=department%20ne%20%27R%26D%27&$count=true")
    assert get.headers == {"ConsistencyLevel": "eventual"}


def test_plain_listing_does_not() -> None:
    get = queries.groups(settings())
    assert "$filter" not in get.path
    assert "$count" not in get.path
    assert not get.headers
