# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What incremental reads have in common, whatever is read: when a full read takes their place, and who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any


class FullReadNeededError(Exception):
    """What changed cannot be told for certain; ``str()`` says why."""


def check_age(age: timedelta, longest: timedelta) -> None:
    """Raise FullReadNeededError where the last full read is ``longest`` ago or more, or seems to lie in the future."""
    if not timedelta(0) <= age < longest:
        raise FullReadNeededError("the last full read is too long ago")


def read_details(full_read_because: str | None) -> dict[str, Any]:
    """Return what the details of a reading say: that it was incremental, or why it was not."""
    if full_read_because is None:
        return {"incremental": True}
    return {"incremental": False, "full_read_because": full_read_because}
