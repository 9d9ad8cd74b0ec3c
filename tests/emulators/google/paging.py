# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Page tokens: opaque, good for one listing with the same parameters, and only for some time."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..common import Clock
from .errors import invalid_input

LIFETIME = 3 * 24 * 3600.0
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Place:
    listing: str
    offset: int
    expires: float


class PageTokens:
    """The tokens of one service; ``lifetime`` in seconds (the documentation promises three days)."""

    def __init__(self, clock: Clock, lifetime: float = LIFETIME) -> None:
        self._clock = clock
        self._places: dict[str, _Place] = {}
        self.lifetime = lifetime

    def page(
        self, items: Sequence[Item], listing: str, token: str | None, size: int
    ) -> tuple[Sequence[Item], str | None]:
        """Return one page and the token of the next one. ``listing`` names what is listed, with its parameters."""
        offset = 0
        if token is not None:
            place = self._places.get(token)
            if place is None or place.listing != listing or place.expires < self._clock.now():
                raise invalid_input("pageToken")
            offset = place.offset
        end = offset + size
        if end >= len(items):
            return items[offset:], None
        following = secrets.token_urlsafe(24)
        self._places[following] = _Place(listing, end, self._clock.now() + self.lifetime)
        return items[offset:end], following
