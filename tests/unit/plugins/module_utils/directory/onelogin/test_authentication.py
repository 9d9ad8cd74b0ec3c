# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens that others use as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    HttpStatusError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.authentication import fetch_token
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import Token
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import HttpOptions
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginServer

FetchToken = Callable[..., Token]


@pytest.fixture
def fetch(onelogin: OneLoginServer) -> FetchToken:
    """Return a function that fetches a token of the account."""
    http = HttpClient(HttpOptions(ca_file=onelogin.ca_file, retries=0))

    def fetch(secret: str = onelogin.client_secret) -> Token:
        return fetch_token(http, onelogin.url, onelogin.client_id, secret)

    return fetch


def test_a_new_token_lasts_ten_hours(fetch: FetchToken) -> None:
    assert 35_990 < fetch().lifetime <= 36_000


def test_only_the_rest_of_the_life_of_an_old_token_counts(onelogin: OneLoginServer, fetch: FetchToken) -> None:
    first = fetch()
    onelogin.clock.advance(30_000)
    second = fetch()
    assert second.value == first.value
    assert 5_990 < second.lifetime <= 6_001


@pytest.mark.parametrize(
    ("created", "lifetime"), [("yesterday", 36000), (None, 36000), ("2026-03-02T10:00:00.000Z", 1)]
)
def test_a_token_of_odd_age_lasts_for_a_moment_at_least(
    onelogin: OneLoginServer, fetch: FetchToken, created: str | None, lifetime: float
) -> None:
    token = {"access_token": "x", "expires_in": 36000, "created_at": created}
    onelogin.faults.add(Fault(Kind.STATUS, status=200, body=token, headers={"Date": "Tue, 02 Mar 2027 10:00:00 GMT"}))
    assert fetch().lifetime == lifetime


@pytest.mark.parametrize("body", [{}, [], {"access_token": "x"}, {"access_token": 1, "expires_in": 5}])
def test_an_answer_without_a_token_is_an_error(onelogin: OneLoginServer, fetch: FetchToken, body: Any) -> None:
    onelogin.faults.add(Fault(Kind.STATUS, status=200, body=body))
    with pytest.raises(DirectoryAuthenticationError, match="without a token"):
        fetch()


def test_a_wrong_secret_is_refused(fetch: FetchToken) -> None:
    with pytest.raises(HttpStatusError, match="answered 401"):
        fetch("other")
