# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that the operator reads: what failed, on which object, what the server said, what to do next."""

from __future__ import annotations


class DirsyncError(Exception):
    """Base of every expected failure; ``str()`` is the complete message for the operator.

    ``what`` names the failure and the object, ``server`` quotes the other side, ``hint`` says what to do next.
    None of the three may ever hold a secret. ``result`` are the keys that a module returns beside the message.
    """

    def __init__(self, what: str, *, server: str = "", hint: str = "") -> None:
        self.what = what
        self.server = server
        self.hint = hint
        self.result: dict[str, object] = {}
        super().__init__(what, server, hint)

    def __str__(self) -> str:
        parts = [_sentence(self.what)]
        if self.server:
            parts.append(_sentence(f"The server said: {self.server}"))
        if self.hint:
            parts.append(_sentence(self.hint))
        return " ".join(parts)


def _sentence(text: str) -> str:
    """Return the text, stripped, ending in a punctuation mark."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."


class ConfigurationError(DirsyncError):
    """An option, a file or a combination of options that cannot work."""


class MissingLibraryError(DirsyncError):
    """A Python library that the chosen source or connection needs is not installed, or is too old or too new.

    ``library`` is the name as installed with pip, ``reason`` completes "this is required ...".
    """

    def __init__(self, library: str, reason: str, detail: str = "") -> None:
        self.library = library
        self.reason = reason
        self.detail = detail
        super().__init__(
            f"The Python library {library} is needed {reason}",
            server="",
            hint=f"{detail + '. ' if detail else ''}Install it for the Python that runs this module: "
            f"pip install '{library}'",
        )


class DirectoryError(DirsyncError):
    """Reading a directory failed; nothing that was read may be used."""


class DirectoryConnectionError(DirectoryError):
    """The directory could not be reached, or the connection or its TLS failed."""


class DirectoryAuthenticationError(DirectoryError):
    """The directory refused the credentials or the rights behind them."""


class IncompleteReadError(DirectoryError):
    """The directory answered, but the answer is not provably complete."""


class SnapshotError(DirsyncError):
    """A snapshot file is unreadable, unsafe, truncated, altered or of an unknown version."""


class HttpError(DirsyncError):
    """An HTTP exchange failed; ``method`` and ``url`` (without query) say which one."""

    def __init__(self, what: str, *, method: str, url: str, server: str = "", hint: str = "") -> None:
        self.method = method
        self.url = url
        super().__init__(what, server=server, hint=hint)


class HttpTransportError(HttpError):
    """No usable answer: connection, TLS, time-out, proxy, or an answer that was cut off.

    ``sent`` is True where the request may have reached the server, so that a write may have taken effect.
    """

    def __init__(self, what: str, *, method: str, url: str, sent: bool, hint: str = "") -> None:
        self.sent = sent
        super().__init__(what, method=method, url=url, hint=hint)


class HttpStatusError(HttpError):
    """The server answered with a status that the caller did not expect.

    ``body`` is the decoded JSON of the answer, or its text, or None; ``headers`` are lower-cased.
    """

    def __init__(
        self,
        what: str,
        *,
        method: str,
        url: str,
        status: int,
        body: object = None,
        headers: dict[str, str] | None = None,
        server: str = "",
        hint: str = "",
    ) -> None:
        self.status = status
        self.body = body
        self.headers = headers or {}
        super().__init__(what, method=method, url=url, server=server, hint=hint)


class BitwardenError(DirsyncError):
    """The Bitwarden server refused something or answered in a way that its contract does not allow.

    ``status`` is the HTTP status, None where there was no answer. ``in_doubt`` is True where a write may have taken
    effect although it was not confirmed: read the object again before judging.
    """

    def __init__(
        self, what: str, *, status: int | None = None, in_doubt: bool = False, server: str = "", hint: str = ""
    ) -> None:
        self.status = status
        self.in_doubt = in_doubt
        super().__init__(what, server=server, hint=hint)


class ImportOnlyError(BitwardenError):
    """The server offers the bulk import and no other call of the organization's API, as Vaultwarden does."""


class GuardError(DirsyncError):
    """A guard stopped the plan before anything was written.

    ``guards`` are the names of the limits, each once; ``trips`` say what is beyond each, with the records.
    """

    def __init__(self, what: str, *, trips: tuple[str, ...], guards: tuple[str, ...] = (), hint: str = "") -> None:
        self.trips = trips
        self.guards = guards
        super().__init__(what, hint=hint)


class ConvergenceError(DirsyncError):
    """Some actions of a plan failed; the others were carried out."""


class LockedError(DirsyncError):
    """Another run holds the lock of this organization."""
