# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of sources that come from the environment of the run."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.source import ModuleDocFragment
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.source import (
    CREDENTIALS,
    environment_variable,
    source_spec,
)

OPTIONS = source_spec()["options"]
CREDENTIAL_OPTIONS = [
    (source_type, name)
    for source_type in OPTIONS["type"]["choices"]
    for name in OPTIONS[source_type]["options"]
    if name in CREDENTIALS
]


def validate(source: dict[str, Any]) -> ValidationResult:
    return ArgumentSpecValidator({"sources": source_spec()}).validate({"sources": [source]})


def test_a_credential_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRSYNC_ONELOGIN_CLIENT_SECRET", "from the environment")
    result = validate({"name": "people", "type": "onelogin", "onelogin": {"client_id": "id"}})
    assert result.error_messages == []
    assert result.validated_parameters["sources"][0]["onelogin"]["client_secret"] == "from the environment"
    assert "from the environment" in result._no_log_values


def test_what_the_source_says_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRSYNC_LDAP_BIND_PASSWORD", "from the environment")
    result = validate({"name": "people", "type": "ldap", "ldap": {"servers": ["ldaps://a"], "bind_password": "mine"}})
    assert result.validated_parameters["sources"][0]["ldap"]["bind_password"] == "mine"


def test_a_variable_counts_for_its_type_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRSYNC_ACTIVE_DIRECTORY_BIND_PASSWORD", "of another type")
    result = validate({"name": "people", "type": "ldap", "ldap": {"servers": ["ldaps://a"]}})
    assert result.validated_parameters["sources"][0]["ldap"]["bind_password"] is None


def test_a_key_file_in_the_environment_hides_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    key = {"client_email": "reader@project.example.org", "private_key": "the key", "private_key_id": "its id"}
    monkeypatch.setenv("DIRSYNC_GOOGLE_WORKSPACE_SERVICE_ACCOUNT_JSON", json.dumps(key))
    result = validate({"name": "people", "type": "google_workspace", "google_workspace": {"subject": "a@example.org"}})
    assert result.error_messages == []
    google = result.validated_parameters["sources"][0]["google_workspace"]
    assert google["service_account_json"]["client_email"] == "reader@project.example.org"
    assert {"the key", "its id"} <= result._no_log_values


def test_every_hidden_option_of_a_source_is_a_credential() -> None:
    hidden = {
        (source_type, name)
        for source_type in OPTIONS["type"]["choices"]
        for name, option in OPTIONS[source_type]["options"].items()
        if option.get("no_log") and name != "proxy"
    }
    assert hidden <= set(CREDENTIAL_OPTIONS)


@pytest.mark.parametrize(("source_type", "name"), CREDENTIAL_OPTIONS)
def test_the_documentation_names_the_variable(source_type: str, name: str) -> None:
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]["sources"]["suboptions"]
    text = " ".join(documented[source_type]["suboptions"][name]["description"])
    assert f"E({environment_variable(source_type, name)})" in text
