# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of every request that an emulator received, for tests to assert on."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl

SECRET_FIELDS = frozenset({"client_secret", "client_assertion", "assertion", "password", "refresh_token"})
REDACTED = "[redacted]"


@dataclass(slots=True)
class RecordedRequest:
    """One request and what became of it.

    ``body`` is decoded JSON, a dict of form fields, text, or None when empty. ``headers`` has lower-case names;
    of ``authorization`` only the scheme is kept, and secret form fields are redacted. ``started`` and ``finished``
    are seconds of the real monotonic clock; ``status`` is 0 when no status was sent. ``concurrency`` is the number of
    requests in progress at the start, this one included. ``fault`` is the kind of an injected fault.
    """

    number: int
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    started: float
    concurrency: int
    finished: float | None = None
    status: int = 0
    fault: str | None = None

    def matches(self, method: str | None, path: str | None) -> bool:
        """Tell whether the method is equal (any when None) and the regular expression occurs in the path."""
        return (method is None or method.upper() == self.method) and (
            path is None or re.search(path, self.path) is not None
        )

    def as_json(self) -> dict[str, Any]:
        """Return the record as JSON-compatible values."""
        return asdict(self)


class Recorder:
    """The requests of one server in the order of their arrival, numbered from 1."""

    def __init__(self, is_write: Callable[[RecordedRequest], bool]) -> None:
        self._is_write = is_write
        self._records: list[RecordedRequest] = []
        self._in_progress = 0

    def start(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], content: bytes
    ) -> RecordedRequest:
        """Record the arrival of a request."""
        self._in_progress += 1
        record = RecordedRequest(
            number=len(self._records) + 1,
            method=method,
            path=path,
            query=dict(query),
            headers=_redact_headers(headers),
            body=decode_body(content, headers.get("Content-Type", "")),
            started=time.monotonic(),
            concurrency=self._in_progress,
        )
        self._records.append(record)
        return record

    def finish(self, record: RecordedRequest) -> None:
        """Record that the request was answered or dropped."""
        self._in_progress -= 1
        record.finished = time.monotonic()

    def requests(self, method: str | None = None, path: str | None = None) -> list[RecordedRequest]:
        """Return the requests with this method and a path in which the regular expression ``path`` occurs."""
        return [record for record in list(self._records) if record.matches(method, path)]

    def writes(self) -> list[RecordedRequest]:
        """Return the requests that change something at the vendor: not GET, and not the token endpoint."""
        return [record for record in list(self._records) if self._is_write(record)]

    def round_trips(self, path: str | None = None) -> int:
        """Return the length of the longest chain of requests each of which began after the one before had ended.

        That is the number of waves in which the requests were made. It tells concurrent requests from sequential ones
        only with a latency set on the server: without, an answer is ready before the next request is looked at.
        """
        waves, last_end = 0, float("-inf")
        finished = [record for record in self.requests(path=path) if record.finished is not None]
        for record in sorted(finished, key=lambda item: item.finished or 0.0):
            if record.started >= last_end and record.finished is not None:
                waves, last_end = waves + 1, record.finished
        return waves

    def clear(self) -> None:
        """Forget all requests. The next one is number 1."""
        self._records = []


def decode_body(content: bytes, content_type: str) -> Any:
    """Decode a request body by its content type, with secret form fields redacted; text when it does not decode."""
    if not content:
        return None
    text = content.decode("utf-8", errors="replace")
    if "json" in content_type:
        try:
            return json.loads(text)
        except ValueError:
            return text
    if "form-urlencoded" in content_type:
        fields = parse_qsl(text, keep_blank_values=True)
        return {name: REDACTED if name in SECRET_FIELDS else value for name, value in fields}
    return text


def _redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    result = {name.lower(): value for name, value in headers.items()}
    if "authorization" in result:
        result["authorization"] = result["authorization"].split(" ", 1)[0]
    return result
