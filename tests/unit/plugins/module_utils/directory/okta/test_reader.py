# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users whose status changes while the listings are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.reader import OrgQuery, OrgReader


class Listings:
    """Stands in for the client: the plain listing, and that with a filter."""

    def __init__(self, plain: list[dict[str, Any]], filtered: list[dict[str, Any]]) -> None:
        self._pages = {False: plain, True: filtered}

    def pages(self, path: str, **params: str) -> Iterator[list[dict[str, Any]]]:
        yield self._pages["filter" in params]

    def abandon(self) -> None:
        raise AssertionError("nothing failed")


def row(status: str, updated: str) -> dict[str, Any]:
    return {"id": "00u1", "status": status, "profile": {"email": "ann@example.org"}, "lastUpdated": updated}


@pytest.mark.parametrize(
    ("plain", "deprovisioned", "status"),
    [
        ("2026-03-02T10:00:00.000Z", "2026-03-02T10:00:05.000Z", "DEPROVISIONED"),
        ("2026-03-02T10:00:05.000Z", "2026-03-02T10:00:00.000Z", "ACTIVE"),
    ],
)
def test_the_later_of_two_states_counts(plain: str, deprovisioned: str, status: str) -> None:
    listings = Listings([row("ACTIVE", plain)], [row("DEPROVISIONED", deprovisioned)])
    content = OrgReader(listings, OrgQuery(groups=False)).read()  # type: ignore[arg-type]
    assert [person.status for person in content.people.values()] == [status]
