# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that tests inject: which requests they hit and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .recorder import RecordedRequest


class Kind(str, Enum):
    """What goes wrong. The kinds in ``ALTERING`` change the real answer, so the request always has its effect."""

    STATUS = "status"
    """``status`` with ``headers`` and ``body`` (text, bytes, or anything else sent as JSON)."""
    DROP = "drop"
    """The connection is reset without an answer."""
    HANG = "hang"
    """No answer until the client gives up or the server stops."""
    DELAY = "delay"
    """The real answer, ``seconds`` later; with ``after_effect`` it waits after the effect instead of before."""
    HTML = "html"
    """An HTML error page of a proxy with ``status`` (default 502)."""
    INVALID_JSON = "invalid_json"
    """200 with JSON that ends in the middle."""
    INVALID_UTF8 = "invalid_utf8"
    """200 with JSON that is not UTF-8."""
    DEEP_JSON = "deep_json"
    """200 with ``size`` bytes of arrays in arrays."""
    OVERSIZED = "oversized"
    """200 with a JSON string of ``size`` bytes."""
    GZIP_BOMB = "gzip_bomb"
    """200 with a small gzip body that unpacks to a JSON string of ``size`` bytes."""
    REDIRECT = "redirect"
    """``status`` (default 302) to ``location``, by default a foreign host."""
    TRUNCATED = "truncated"
    """The first half of the real answer under its full Content-Length, then a reset."""
    CONTENT_TYPE = "content_type"
    """The real body as text/html."""
    DUPLICATED = "duplicated"
    """The real JSON with every entry of its lists twice, down to the lists within the outermost object."""
    DRIP = "drip"
    """The real answer byte by byte, ``seconds`` apart."""


ALTERING = frozenset({Kind.DELAY, Kind.TRUNCATED, Kind.CONTENT_TYPE, Kind.DUPLICATED, Kind.DRIP})


@dataclass(frozen=True, slots=True)
class When:
    """Which requests a fault hits: those that fulfil every condition given.

    ``number`` is the number of the request in the record. ``nth`` and ``every`` count only requests that fulfil
    ``method`` and ``path`` (a regular expression searched in the path), from 1, since the fault was added.
    """

    method: str | None = None
    path: str | None = None
    number: int | None = None
    nth: int | None = None
    every: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. It hits ``times`` requests (None: without end).

    ``after_effect`` lets the request have its effect before the fault strikes: a lost answer instead of a lost request.
    """

    kind: Kind
    when: When = When()
    times: int | None = 1
    after_effect: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = ""
    seconds: float = 1.0
    size: int = 64 * 1024 * 1024
    location: str = "https://elsewhere.example.org/"

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Fault:
        """Build a fault from JSON with the same names, for instance ``{"kind": "drop", "when": {"number": 3}}``."""
        return cls(**{**value, "kind": Kind(value["kind"]), "when": When(**value.get("when", {}))})

    @property
    def has_effect(self) -> bool:
        """Whether the emulated service handles the request before the fault strikes."""
        return self.after_effect or self.kind in ALTERING


@dataclass(slots=True)
class _Armed:
    fault: Fault
    matched: int = 0
    fired: int = 0

    def hits(self, request: RecordedRequest) -> bool:
        when = self.fault.when
        if not request.matches(when.method, when.path):
            return False
        self.matched += 1
        if (
            (self.fault.times is not None and self.fired >= self.fault.times)
            or (when.number is not None and when.number != request.number)
            or (when.nth is not None and when.nth != self.matched)
            or (when.every is not None and self.matched % when.every)
        ):
            return False
        self.fired += 1
        return True


class Faults:
    """The faults of one server. The first one added that fits a request is injected."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def add(self, fault: Fault) -> None:
        """Arm a fault from the next request on."""
        self._armed.append(_Armed(fault))

    def clear(self) -> None:
        """Disarm all faults."""
        self._armed = []

    def pick(self, request: RecordedRequest) -> Fault | None:
        """Return the fault to inject into this request. Every armed fault counts the request, also those not picked."""
        hits = [armed for armed in self._armed if armed.hits(request)]
        return hits[0].fault if hits else None
