# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a library counts as present in a version that we can trust."""

from __future__ import annotations

from importlib import metadata

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.dependencies import (
    missing_library,
    require_version,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import MissingLibraryError


@pytest.mark.parametrize(
    ("installed", "minimum", "below", "good"),
    [
        ("2.9.1", "2.9.1", None, True),
        ("2.9", "2.9.1", None, False),
        ("2.10.0", "2.9.1", None, True),
        ("2.10", "2.10.0", None, True),
        ("2.9.1.post1", "2.9.1", "2.10", True),
        ("2.10", "2.9.1", "2.10", False),
        ("2.10.0", "2.9.1", "2.10", False),
        ("2.9.99", "2.9.1", "2.10", True),
        ("3.0rc1", "2.9", None, True),
        ("unknown", "0.1", None, False),
    ],
)
def test_range(monkeypatch: pytest.MonkeyPatch, installed: str, minimum: str, below: str | None, good: bool) -> None:
    monkeypatch.setattr(metadata, "version", lambda library: installed)
    if good:
        require_version("sample", "for this test", minimum=minimum, below=below)
        return
    with pytest.raises(MissingLibraryError, match=f"Version {installed} is installed") as caught:
        require_version("sample", "for this test", minimum=minimum, below=below)
    assert caught.value.library == f"sample>={minimum}" + (f",<{below}" if below else "")


def test_absent_library() -> None:
    with pytest.raises(MissingLibraryError, match=r"no-such-library>=1 is needed for this test\. It is not installed"):
        require_version("no-such-library", "for this test", minimum="1")


def test_failed_import_is_told() -> None:
    error = missing_library("requests", "for every HTTP connection", ImportError("No module named 'requests'"))
    assert "needed for every HTTP connection. Importing it failed with: No module named 'requests'" in str(error)
