# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider in the guide on adding a source does what the guide promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.contribution import (
    SourceIdentity,
    contribution_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.merge import merge
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.selection import selection_from
from ansible_collections.dirsync.bitwarden.tests.support.snippets import snippet


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "passwd").write_text(
        "ann:x:1001:100:Ann Example:/home/ann:/bin/sh\nbob:x:1002:100::/home/bob:/usr/sbin/nologin\n"
    )
    (tmp_path / "group").write_text("staff:x:50:ann,bob,nobody\n")
    return {"folder": str(tmp_path), "email_domain": "example.org"}


def provider(options: dict[str, Any]) -> Any:
    """Return the provider of the guide."""
    block = snippet("guide_add_a_source.rst", "class PasswdProvider")
    namespace: dict[str, Any] = {}
    exec(compile(block.text, str(block), "exec"), namespace)
    return namespace["PasswdProvider"]("local", options)


def test_it_makes_a_snapshot(options: dict[str, Any]) -> None:
    reading = provider(options).read()
    everything: dict[str, Any] = {"read": True, "include": {}, "exclude": {}, "bwdc_filter": None}
    selection = selection_from("file", "local", everything, everything)
    contribution = contribution_from(SourceIdentity("local", "passwd", "2026-03-01T12:00:00Z"), reading, selection)
    snapshot = merge([contribution], created="2026-03-01T12:00:00Z")
    assert [(user.external_id, user.email, user.status) for user in snapshot.users] == [
        ("1001", "ann@example.org", "active"),
        ("1002", "bob@example.org", "disabled"),
    ]
    assert [(group.name, group.members) for group in snapshot.groups] == [("staff", ("1001", "1002"))]


def test_it_probes(options: dict[str, Any]) -> None:
    assert provider(options).probe()["users"] == 2


def test_a_file_that_was_cut_off_is_an_error(options: dict[str, Any]) -> None:
    path = Path(options["folder"]) / "passwd"
    path.write_text(path.read_text()[:-3])
    with pytest.raises(IncompleteReadError, match="does not end where a row ends"):
        provider(options).read()


def test_options_are_checked_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="email_domain"):
        provider({**options, "email_domain": "@example.org"})
