# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the state file remembers of members: when this sync did what to whom. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal, TypeVar

T = TypeVar("T")
TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Reinvitations:
    """How often an invitation was sent again, and when last (aware, UTC)."""

    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the event log named as who revoked a member, None where it named nobody, and when it was asked (UTC).

    It is never the API: what is remembered can keep a member revoked, and never restore or remove one.
    """

    author: Literal["person", "policy"] | None
    asked: datetime


@dataclass(frozen=True, slots=True)
class Remembered:
    """Times are aware, in UTC. ``lapsed`` goes by external id, all else by membership id.

    ``revoked`` says when this sync revoked a member, ``invited`` since when an invitation is known to be open,
    ``lapsed`` when an invitation that nobody accepted was withdrawn. ``told`` is what the event log told of members
    whom others revoked, so that the next run need not read as far back.
    """

    revoked: Mapping[str, datetime] = field(default_factory=dict)
    invited: Mapping[str, datetime] = field(default_factory=dict)
    reinvited: Mapping[str, Reinvitations] = field(default_factory=dict)
    lapsed: Mapping[str, datetime] = field(default_factory=dict)
    told: Mapping[str, Told] = field(default_factory=dict)


def remembered_as_data(remembered: Remembered) -> dict[str, Any]:
    """Return it as plain data."""
    return {
        "revoked": _written(remembered.revoked),
        "invited": _written(remembered.invited),
        "reinvited": {
            id_: {"times": entry.times, "last": entry.last.strftime(TIME)}
            for id_, entry in remembered.reinvited.items()
        },
        "lapsed": _written(remembered.lapsed),
        "told": {
            id_: {"author": entry.author, "asked": entry.asked.strftime(TIME)} for id_, entry in remembered.told.items()
        },
    }


def remembered_from_data(data: object) -> Remembered:
    """Return what :func:`remembered_as_data` turned into plain data. Raises ValueError for anything else."""
    if not isinstance(data, dict):
        raise ValueError("it is no object")
    return Remembered(
        revoked=_read(data, "revoked", _time),
        invited=_read(data, "invited", _time),
        reinvited=_read(data, "reinvited", _reinvitations),
        lapsed=_read(data, "lapsed", _time),
        told=_read({"told": {}, **data}, "told", _told),  # older files have none
    )


def _written(times: Mapping[str, datetime]) -> dict[str, str]:
    return {key: time.strftime(TIME) for key, time in times.items()}


def _read(data: Mapping[str, Any], name: str, parse: Callable[[object], T]) -> dict[str, T]:
    entries = data.get(name)
    if not isinstance(entries, dict):
        raise ValueError(f"{name} is no object")
    return {key: parse(value) for key, value in entries.items()}


def _time(value: object) -> datetime:
    return datetime.strptime(str(value), TIME).replace(tzinfo=timezone.utc)


def _reinvitations(value: object) -> Reinvitations:
    if not isinstance(value, dict) or not isinstance(value.get("times"), int):
        raise ValueError("an entry of reinvited has no number of times")
    return Reinvitations(value["times"], _time(value.get("last")))


def _told(value: object) -> Told:
    if not isinstance(value, dict) or value.get("author") not in ("person", "policy", None):
        raise ValueError("an entry of told names somebody else than a person or a policy")
    return Told(value.get("author"), _time(value.get("asked")))
