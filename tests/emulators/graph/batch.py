# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON batching: up to 20 requests in one (https://learn.microsoft.com/graph/json-batching)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

from ..common import Clock
from .answers import Answer, GraphError, bad_request

MOST_REQUESTS = 20
Send = Callable[[str, str, Mapping[str, str]], Answer]


def answer_batch(content: bytes, send: Send, clock: Clock) -> Answer:
    """Return the answers to the requests of a batch; independent ones are carried out in reverse order.

    ``send`` answers a request given by method, relative URL and headers. Raises GraphError 400 for a batch as a whole.
    """
    requests = _requests(content)
    sequential = any("dependsOn" in request for request in requests)
    answers: dict[str, Answer] = {}
    for request in requests if sequential else reversed(requests):
        answers[request["id"]] = _answer(request, answers, send, clock)
    return Answer(200, {"responses": [_response(request_id, answer) for request_id, answer in answers.items()]})


def _requests(content: bytes) -> list[dict[str, Any]]:
    """Return the requests of a batch."""
    try:
        requests = json.loads(content)["requests"]
        ids = [request["id"].lower() for request in requests]
        complete = all(isinstance(request["url"], str) and isinstance(request["method"], str) for request in requests)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad_request("Invalid batch payload format.") from error
    if not complete or not requests:
        raise bad_request("Invalid batch payload format.")
    if len(requests) > MOST_REQUESTS:
        raise bad_request(
            f"Number of batch request steps exceeds the maximum value of {MOST_REQUESTS}.", "MaximumValueExceeded"
        )
    if len(set(ids)) != len(ids):
        raise bad_request("Request Id's within the batch must be unique.")
    for previous, request in itertools.pairwise(requests):
        if request.get("dependsOn", [previous["id"]]) != [previous["id"]]:
            raise bad_request("A batch must be either fully sequential or fully parallel.")
    dependent = sum("dependsOn" in request for request in requests)
    if dependent not in (0, len(requests) - 1) or "dependsOn" in requests[0]:
        raise bad_request("A batch must be either fully sequential or fully parallel.")
    return list(requests)


def _answer(request: Mapping[str, Any], answers: Mapping[str, Answer], send: Send, clock: Clock) -> Answer:
    try:
        if any(answers[required].status >= 400 for required in request.get("dependsOn", ())):
            raise GraphError(424, "FailedDependency", "A request that this one depends on failed.")
        if "://" in request["url"]:
            raise bad_request("Invalid batch request: the url must be relative.")
        return send(request["method"], "/" + request["url"].lstrip("/"), request.get("headers", {}))
    except GraphError as error:
        return error.answer(clock)


def _response(request_id: str, answer: Answer) -> dict[str, Any]:
    headers = {**answer.headers, "Content-Type": "application/json"}
    return {"id": request_id, "status": answer.status, "headers": headers, "body": answer.body}
