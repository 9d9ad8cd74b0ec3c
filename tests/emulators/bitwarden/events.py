# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event log (reference sections 5.3 and 12)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from aiohttp import web

from ..common import Clock
from .errors import BadRequestError, InvalidModelError, json_response
from .model import Event
from .representation import event_json, list_json
from .request_model import is_guid
from .state import State

PAGE_SIZE = 50
MAXIMUM_RANGE = timedelta(days=367)
OTHER_OBJECTS = ("itemId", "secretId", "projectId")


class EventsApi:
    """The handler of ``/public/events``."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.get("/api/public/events", self.list_page)]

    async def list_page(self, request: web.Request) -> web.Response:
        """List one page of events, newest first; the token of the answer asks for the next."""
        start, end = self._range(request)
        matches = _filter(request)
        events = [event for event in self._state.events if start <= event.date <= end and matches(event)]
        newest_first = sorted(events, key=lambda event: (event.date, event.id), reverse=True)
        token = request.query.get("continuationToken")
        if token:
            position = _decode(token)
            newest_first = [event for event in newest_first if (event.date, event.id) < position]
        page = newest_first[:PAGE_SIZE]
        more = len(newest_first) > PAGE_SIZE
        return json_response(
            {
                **list_json(event_json(event) for event in page),
                "continuationToken": _encode(page[-1]) if more else None,
            }
        )

    def _range(self, request: web.Request) -> tuple[float, float]:
        start, end = _date(request, "start"), _date(request, "end")
        if start is None or end is None:
            midnight = self._clock.utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
            start, end = midnight - timedelta(days=30), midnight + timedelta(days=1)
        start, end = min(start, end), max(start, end)
        if end - start > MAXIMUM_RANGE:
            raise BadRequestError("Date range must be < 367 days.")
        return start.timestamp(), end.timestamp()


def _filter(request: web.Request) -> Callable[[Event], bool]:
    """Return the first filter given; objects of the vault have no events here."""
    acting_user_id = _guid(request, "actingUserId")
    if acting_user_id is not None:
        return lambda event: event.acting_user_id == acting_user_id
    other_objects = [_guid(request, name) for name in OTHER_OBJECTS]
    return lambda _event: not any(other_objects)


def _guid(request: web.Request, name: str) -> str | None:
    text = request.query.get(name)
    if not text:
        return None
    if not is_guid(text):
        raise _not_valid(name, text)
    return text.lower()


def _date(request: web.Request, name: str) -> datetime | None:
    text = request.query.get(name)
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise _not_valid(name, text) from None
    return value if value.tzinfo is not None else value.replace(tzinfo=timezone.utc)


def _not_valid(name: str, text: str) -> InvalidModelError:
    property_name = name[:1].upper() + name[1:]
    return InvalidModelError({property_name: [f"The value '{text}' is not valid for {property_name}."]})


def _encode(event: Event) -> str:
    return base64.urlsafe_b64encode(f"{event.date!r} {event.id}".encode()).decode()


def _decode(token: str) -> tuple[float, str]:
    try:
        date, key = base64.urlsafe_b64decode(token).decode().split(" ")
        return float(date), key
    except (binascii.Error, ValueError):
        raise _not_valid("continuationToken", token) from None
