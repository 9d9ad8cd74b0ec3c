# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seats: who takes one, and how the cloud buys more (reference section 10)."""

from __future__ import annotations

from dataclasses import replace

from .errors import BadRequestError
from .model import Mode
from .state import State

SELF_HOSTED_POST = "Cannot auto scale self-host."
SELF_HOSTED = "Cannot autoscale on self-hosted instance."


class PurchaseRefusedError(BadRequestError):
    """Billing does not sell the seats."""


def require_seats(state: State, mode: Mode, needed: int, self_hosted_text: str = SELF_HOSTED) -> None:
    """Make room for ``needed`` more members, bought when they are not free; raises :class:`BadRequestError`."""
    settings = state.settings
    if settings.seats is None:
        return
    missing = needed - (settings.seats - state.occupied_seats())
    if missing < 1:
        return
    if mode is Mode.SELF_HOSTED:
        raise BadRequestError(self_hosted_text)
    if settings.max_autoscale_seats is not None and settings.seats + missing > settings.max_autoscale_seats:
        provider = " Please contact your provider to add more seats." if settings.has_provider else ""
        raise BadRequestError(f"Seat limit has been reached.{provider}")
    if settings.seat_purchase_refusal is not None:
        raise PurchaseRefusedError(settings.seat_purchase_refusal)
    state.settings = replace(settings, seats=settings.seats + missing)
