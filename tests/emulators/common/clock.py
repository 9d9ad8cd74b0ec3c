# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clock that emulators live by: real time, which a test may move forward."""

from __future__ import annotations

import time
from datetime import datetime, timezone


class Clock:
    """Real time plus whatever a test advanced it by; or, when frozen, only what the test advanced it by.

    Everything in an emulator that depends on time (token expiry, rate-limit windows, dates of objects) asks this
    clock, so that a test of an hour takes no time.
    """

    def __init__(self, frozen_at: datetime | None = None) -> None:
        self._frozen_at = None if frozen_at is None else frozen_at.timestamp()
        self._advanced = 0.0

    def now(self) -> float:
        """Return the seconds since 1970-01-01 UTC."""
        return (time.time() if self._frozen_at is None else self._frozen_at) + self._advanced

    def utcnow(self) -> datetime:
        """Return the time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.now(), timezone.utc)

    def advance(self, seconds: float) -> None:
        """Move the clock forward. Negative values move it back, for tests of clock skew."""
        self._advanced += seconds
