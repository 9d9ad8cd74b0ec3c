# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""directory_connector_info from arguments to JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.plugins.modules import directory_connector_info
from ansible_collections.dirsync.bitwarden.tests.support.directory_connector import (
    IN_KEY_STORE,
    OKTA,
    SECRET,
    as_file,
    settings,
)


@pytest.fixture
def data_file(tmp_path: Path) -> Path:
    """Return a private file with secrets in clear."""
    path = tmp_path / "data.json"
    path.write_bytes(as_file(settings()))
    path.chmod(0o600)
    return path


def run(run_as_module: Any, path: Path, **given: Any) -> dict[str, Any]:
    return dict(run_as_module(directory_connector_info.main, {"path": str(path), **given}))


def test_result(run_as_module: Any, data_file: Path) -> None:
    result = run(run_as_module, data_file, name="people")
    assert not result.get("changed")
    assert result["state_version"] == 8
    assert result["variables"]["bitwarden_sync_sources"][0]["name"] == "people"
    assert {"variable": "vault_ldap_password", "setting": "directoryLdap.password", "stored": "file"} in result[
        "secrets"
    ]
    assert SECRET not in str(result)
    documented = yaml.safe_load(directory_connector_info.RETURN)
    assert result.keys() - {"changed", "invocation", "warnings"} == documented.keys()
    for name in ("secrets", "findings"):
        assert result[name][0].keys() == documented[name]["contains"].keys()
    assert result["variables"].keys() == documented["variables"]["contains"].keys()


def test_what_is_unsafe_is_a_warning(run_as_module: Any, data_file: Path) -> None:
    warnings = str(run(run_as_module, data_file)["warnings"])
    assert "sync.overwriteExisting: Whoever is missing" in warnings
    assert "others" not in warnings


def test_secrets_that_others_may_read_are_a_warning(run_as_module: Any, data_file: Path) -> None:
    data_file.chmod(0o644)
    assert "holds secrets in clear, and other users may access it" in str(run(run_as_module, data_file)["warnings"])
    stored = settings(OKTA, directory={"token": IN_KEY_STORE}, apiKeyClientSecret=IN_KEY_STORE)
    data_file.write_bytes(as_file(stored))
    assert "in clear, and" not in str(run(run_as_module, data_file).get("warnings"))


def test_a_file_that_is_not_there(run_as_module: Any, tmp_path: Path) -> None:
    result = run(run_as_module, tmp_path / "none.json")
    assert result["failed"]
    assert "none.json cannot be read: No such file or directory" in result["msg"]
    assert "bwdc data-file" in result["msg"]
