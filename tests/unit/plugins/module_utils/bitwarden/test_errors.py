# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an error of the server says to the operator, and whether it leaves a doubt."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.errors import (
    lost_answer,
    refusal,
    server_text,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import HttpStatusError, HttpTransportError

URL = "https://api.example.org/public/members"


def status_error(
    status: int, body: object = None, *, method: str = "GET", server: str = "", hint: str = ""
) -> HttpStatusError:
    """Return the error as the HTTP layer makes it."""
    what = f"{method} {URL} answered {status}"
    return HttpStatusError(what, method=method, url=URL, status=status, body=body, server=server, hint=hint)


VAULTWARDEN = {
    "message": "Incorrect client_secret",
    "validationErrors": {"": ["Incorrect client_secret"]},
    "errorModel": {"message": "Incorrect client_secret", "object": "error"},
    "error": "",
    "error_description": "",
    "object": "error",
}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {"message": "The request's model state is invalid.", "errors": {"Email": ["Bad.", "Long."]}},
            "Email: Bad. Email: Long.",
        ),
        ({"message": "Errors have occurred.", "errors": {"An error has occurred.": ["No seats."]}}, "No seats."),
        ({"message": "x", "errors": {"": ["Body is empty."]}}, "Body is empty."),
        ({"message": "Already revoked.", "errors": None}, "Already revoked."),
        ({"message": "Slow down! Try again in 1s.", "validationErrors": None}, "Slow down! Try again in 1s."),
        (VAULTWARDEN, "Incorrect client_secret"),
        ({"error": {"code": 404, "reason": "Not Found", "description": "No such thing."}}, "No such thing."),
        ({"error": {"reason": "Not Found"}}, "Not Found"),
        ({"error": "invalid_client"}, "invalid_client"),
        ({"error": "invalid_grant", "error_description": "Expired."}, "Expired."),
        ({"message": "two\n\tlines"}, "two lines"),
        ({"errors": {"Email": "no list"}}, "Email: no list"),
        ({"errors": {"Email": [None, {"a": 1}]}}, "Email: None Email: {'a': 1}"),
        ({"message": "m" * 2000}, "m" * 1000 + "..."),
        ({}, "as quoted"),
        ({"message": 7, "error": []}, "as quoted"),
        ([], "as quoted"),
        ("error code: 1020", "as quoted"),
        (None, "as quoted"),
    ],
)
def test_text_of_the_server(body: object, text: str) -> None:
    assert server_text(status_error(400, body, server="as quoted")) == text


def test_refusal_names_call_record_and_reason() -> None:
    error = refusal(status_error(400, {"message": "Seat limit has been reached."}, method="POST"), "ann@example.org")
    assert str(error) == (f"POST {URL} answered 400 for ann@example.org. The server said: Seat limit has been reached.")
    assert (error.status, error.in_doubt, error.server) == (400, False, "Seat limit has been reached.")


@pytest.mark.parametrize(
    ("method", "status", "in_doubt"),
    [
        ("GET", 500, False),
        ("POST", 429, False),
        ("POST", 409, False),
        ("POST", 500, True),
        ("POST", 504, True),
        ("PUT", 502, True),
        ("DELETE", 503, True),
    ],
)
def test_write_that_ended_in_a_server_error_is_in_doubt(method: str, status: int, in_doubt: bool) -> None:
    error = refusal(status_error(status, method=method), "")
    assert error.in_doubt is in_doubt
    assert ("not known whether the change took effect" in str(error)) is in_doubt


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (401, "API key was refused"),
        (402, "subscription"),
        (403, "user_agent"),
        (404, "does not exist"),
        (429, "limits"),
    ],
)
def test_hint_says_what_to_do(status: int, hint: str) -> None:
    assert hint in refusal(status_error(status), "").hint


def test_hint_of_the_http_layer_wins() -> None:
    assert refusal(status_error(302, hint="Give the final address"), "").hint == "Give the final address"


@pytest.mark.parametrize(
    ("method", "sent", "in_doubt"),
    [("GET", True, False), ("POST", True, True), ("PUT", True, True), ("POST", False, False), ("GET", False, False)],
)
def test_lost_answer(method: str, sent: bool, in_doubt: bool) -> None:
    lost = HttpTransportError(
        f"{method} {URL} failed: reset", method=method, url=URL, sent=sent, hint="Check the network"
    )
    error = lost_answer(lost, "ann@example.org")
    assert (error.status, error.in_doubt) == (None, in_doubt)
    assert str(error).startswith(f"{method} {URL} failed: reset for ann@example.org.")
    assert str(error).endswith("Check the network.")
