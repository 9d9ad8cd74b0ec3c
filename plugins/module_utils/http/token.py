# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bearer tokens: fetched when first needed, shared by all threads, renewed before they expire or when refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, kept out of every repr; ``lifetime`` is what remains of it in seconds."""

    value: str
    lifetime: float

    def __repr__(self) -> str:
        return f"Token(lifetime={self.lifetime})"


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
