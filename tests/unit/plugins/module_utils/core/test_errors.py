# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators read when something fails."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    BitwardenError,
    DirsyncError,
    GuardError,
    HttpStatusError,
    HttpTransportError,
    MissingLibraryError,
)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (DirsyncError("It failed"), "It failed."),
        (DirsyncError(" It failed! "), "It failed!"),
        (DirsyncError("It failed.", hint="Try again"), "It failed. Try again."),
        (DirsyncError("It failed", server="No", hint="Go?"), "It failed. The server said: No. Go?"),
        (
            MissingLibraryError("ldap3>=2.9", "for sources of type ldap", "It is not installed"),
            "The Python library ldap3>=2.9 is needed for sources of type ldap. It is not installed. "
            "Install it for the Python that runs this module: pip install 'ldap3>=2.9'.",
        ),
    ],
)
def test_message_is_whole_sentences(error: DirsyncError, text: str) -> None:
    assert str(error) == text


def test_http_errors_tell_which_exchange() -> None:
    status = HttpStatusError("GET x answered 404", method="GET", url="https://x", status=404)
    assert (status.method, status.url, status.status, status.body, status.headers) == (
        "GET",
        "https://x",
        404,
        None,
        {},
    )
    transport = HttpTransportError("PUT x failed", method="PUT", url="https://x", sent=True, hint="Look")
    assert transport.sent
    assert str(transport) == "PUT x failed. Look."


def test_bitwarden_error_is_without_doubt_unless_said() -> None:
    error = BitwardenError("GET x failed")
    assert (error.status, error.in_doubt) == (None, False)


def test_guard_error_carries_its_trips() -> None:
    assert GuardError("Stopped", trips=("a", "b")).trips == ("a", "b")
