# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bearer tokens: fetched when first needed, shared by all threads, renewed before they expire or when refused."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError

LONGEST_LIFETIME = 86400.0
"""Seconds. More is not believed: a number that no clock can hold would be a crash much later."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, kept out of every repr; ``lifetime`` is what remains of it in seconds, a day at most.

    Raises DirsyncError for a value that no header can carry (RFC 6750, section 2.1, leaves only some printable ASCII).
    """

    value: str = field(repr=False)
    lifetime: float

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[!-~]+", self.value):
            raise DirsyncError("The sign-in answered with an access token that is empty or not printable ASCII")
        object.__setattr__(self, "lifetime", float(min(self.lifetime, LONGEST_LIFETIME)))


class TokenCache:
    """Holds one token; ``fetch`` asks the issuer for a new one and raises what the operator should read."""

    def __init__(
        self, fetch: Callable[[], Token], *, margin: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._margin = margin
        self._clock = clock
        self._lock = threading.Lock()
        self._value = ""
        self._renew_at = 0.0

    def get(self) -> str:
        """Return a token that is good for at least the margin (or for half of its life, if that is shorter)."""
        with self._lock:
            if not self._value or self._clock() >= self._renew_at:
                asked = self._clock()
                token = self._fetch()
                self._value = token.value
                self._renew_at = asked + token.lifetime - min(self._margin, token.lifetime / 2)
            return self._value

    def refuse(self, value: str) -> None:
        """Forget the token if it is still ``value``: the server does not accept it any more."""
        with self._lock:
            if self._value == value:
                self._value = ""
