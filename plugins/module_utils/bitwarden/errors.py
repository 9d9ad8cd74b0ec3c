# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server's refusals mean: from HTTP errors to BitwardenError."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    BitwardenError,
    HttpStatusError,
    HttpTransportError,
)

QUOTED_LENGTH = 1000

IN_DOUBT = "It is not known whether the change took effect; nothing was repeated"

HINTS = {
    401: "The API key was refused although it had been accepted at first: check whether it was rotated",
    402: "Check the plan and the subscription of the organization",
    403: "Check the rights of the API key; in front of the cloud, also the address of this host and user_agent",
    404: "It does not exist in this organization, or not any more, or the server is too old to have this call",
    429: "The limits hold for all programs on this address together: let fewer run at once",
}


def refusal(error: HttpStatusError, subject: str) -> BitwardenError:
    """Return the error for an unexpected status; ``subject`` names the record that the call was about, if any.

    A write that ended in a server error may have taken effect all the same.
    """
    in_doubt = error.method != "GET" and error.status >= 500
    return BitwardenError(
        _about(error.what, subject),
        status=error.status,
        in_doubt=in_doubt,
        server=server_text(error),
        hint=error.hint or (IN_DOUBT if in_doubt else HINTS.get(error.status, "")),
    )


def lost_answer(error: HttpTransportError, subject: str) -> BitwardenError:
    """Return the error for a call that got no usable answer."""
    in_doubt = error.method != "GET" and error.sent
    hint = f"{IN_DOUBT}. {error.hint}" if in_doubt else error.hint
    return BitwardenError(_about(error.what, subject), in_doubt=in_doubt, hint=hint)


def server_text(error: HttpStatusError) -> str:
    """Return what the server said: validation errors before the general message, as text.

    The ``errors`` come first because the message beside them is often empty of meaning ("Errors have occurred.").
    """
    if not isinstance(error.body, dict):
        return error.server
    text = " ".join(" ".join(_texts(error.body)).split())
    return text[:QUOTED_LENGTH] + ("..." if len(text) > QUOTED_LENGTH else "") if text else error.server


def _texts(body: dict[object, object]) -> Iterator[str]:
    """Yield the texts of an error body of Bitwarden, its identity service, Vaultwarden or its web framework."""
    problems = body.get("errors") or body.get("validationErrors")
    if isinstance(problems, dict) and problems:
        for name, texts in problems.items():
            label = f"{name}: " if isinstance(name, str) and name and " " not in name else ""
            yield from (f"{label}{text}" for text in (texts if isinstance(texts, list) else [texts]))
        return
    inner = body.get("error")
    nested = inner if isinstance(inner, dict) else {}
    candidates = (
        body.get("message"),
        body.get("error_description"),
        nested.get("description"),
        nested.get("reason"),
        inner if isinstance(inner, str) else None,
    )
    yield from [text for text in candidates if isinstance(text, str) and text][:1]


def _about(what: str, subject: str) -> str:
    return f"{what} for {subject}" if subject else what
