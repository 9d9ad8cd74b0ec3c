# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a token is fetched, and by whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import LONGEST_LIFETIME, Token, TokenCache
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime


class Issuer:
    """Issues token-1, token-2 and so on."""

    def __init__(self, lifetime: float = 3600) -> None:
        self.issued = 0
        self._lifetime = lifetime

    def fetch(self) -> Token:
        """Return the next token."""
        self.issued += 1
        return Token(f"token-{self.issued}", self._lifetime)


@pytest.mark.parametrize(("lifetime", "good_for"), [(3600, 3540), (120, 60), (100, 50), (1, 0.5)])
def test_renewed_before_it_expires(fake_time: FakeTime, lifetime: float, good_for: float) -> None:
    cache = TokenCache(Issuer(lifetime).fetch, clock=fake_time.clock)
    assert cache.get() == "token-1"
    fake_time.now = good_for - 0.01
    assert cache.get() == "token-1"
    fake_time.now = good_for
    assert cache.get() == "token-2"


def test_lifetime_counts_from_before_the_request(fake_time: FakeTime) -> None:
    issuer = Issuer(100)

    def slow_fetch() -> Token:
        fake_time.now += 40
        return issuer.fetch()

    cache = TokenCache(slow_fetch, clock=fake_time.clock)
    cache.get()
    fake_time.now = 49.9
    cache.get()
    assert issuer.issued == 1
    fake_time.now = 50
    cache.get()
    assert issuer.issued == 2


def test_refused_token_is_replaced_once(fake_time: FakeTime) -> None:
    issuer = Issuer()
    cache = TokenCache(issuer.fetch, clock=fake_time.clock)
    first = cache.get()
    cache.refuse(first)
    second = cache.get()
    cache.refuse(first)
    assert cache.get() == second
    assert issuer.issued == 2


def test_threads_share_one_fetch(fake_time: FakeTime) -> None:
    issuer = Issuer()
    cache = TokenCache(issuer.fetch, clock=fake_time.clock)
    with ThreadPoolExecutor(16) as executor:
        values = set(executor.map(lambda _unused: cache.get(), range(64)))
    assert values == {"token-1"}
    assert issuer.issued == 1


def test_failed_fetch_is_tried_again_by_the_next_call(fake_time: FakeTime) -> None:
    answers: list[Token | DirsyncError] = [DirsyncError("Sign-in failed"), Token("good", 3600)]

    def fetch() -> Token:
        answer = answers.pop(0)
        if isinstance(answer, DirsyncError):
            raise answer
        return answer

    cache = TokenCache(fetch, clock=fake_time.clock)
    with pytest.raises(DirsyncError, match="Sign-in failed"):
        cache.get()
    assert cache.get() == "good"


@pytest.mark.parametrize("value", ["", "two words", "line\nbreak", "caf\u00e9"])
def test_unusable_token_is_refused_without_quoting_it(value: str) -> None:
    with pytest.raises(DirsyncError, match="access token") as caught:
        Token(value, 3600)
    assert not value or value not in str(caught.value)


def test_repr_hides_the_token(fake_time: FakeTime) -> None:
    token = Token("s3cret", 3600)
    cache = TokenCache(lambda: token, clock=fake_time.clock)
    cache.get()
    assert "s3cret" not in repr(token) + repr(cache)


@pytest.mark.parametrize("lifetime", [10**400, 1e300, float("inf")])
def test_no_token_is_believed_to_last_for_ever(lifetime: float) -> None:
    assert Token("a", lifetime).lifetime == LONGEST_LIFETIME
