# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides on AWX and on pull requests tell of variables, credentials and files that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest
import yaml
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.source import (
    CREDENTIALS,
    environment_variable,
)

CHECKOUT = Path(__file__).parents[3]
ROLE = CHECKOUT / "roles" / "directory_sync_awx"
GUIDES = CHECKOUT / "docs" / "docsite" / "rst"
SCHEMA = json.loads((CHECKOUT / "docs" / "inventory.schema.json").read_text())


class Loader(yaml.SafeLoader):
    """Reads the values that Ansible must not take for templates."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def snippets(guide: str) -> list[dict[str, Any]]:
    """Return the YAML blocks of a guide that hold anything but comments."""
    text = (GUIDES / f"guide_{guide}.rst").read_text()
    blocks = re.findall(r"\.\. code-block:: yaml\n(?: +:.*\n)*\n((?:   .*\n|\n)+)", text)
    return [content for content in (yaml.safe_load(dedent(block)) for block in blocks) if content]


def role_file(path: str) -> Any:
    return yaml.load((ROLE / path).read_text(), Loader)


@pytest.mark.parametrize("guide", ["awx", "gitops"])
def test_variables_in_the_guides_fit_the_schema_and_the_role(guide: str) -> None:
    known = role_file("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    found = snippets(guide)
    assert found
    for variables in found:
        assert list(jsonschema.Draft7Validator(SCHEMA).iter_errors(variables)) == []
        assert [name for name in variables if name.startswith("directory_sync_awx_") and name not in known] == []


def test_the_guide_lists_the_credential_types_as_they_are() -> None:
    text = (GUIDES / "guide_awx.rst").read_text()
    types = role_file("vars/main.yml")["directory_sync_awx_credential_types"]
    rows = re.findall(r"   \* - ``(\w+)``\n     - (.*)\n     - (.*)\n", text)
    listed = {name: (re.findall(r"``(\w+)``", inputs), re.findall(r"``(\w+)``", env)) for name, inputs, env in rows}
    del listed["type"]  # the heading
    assert listed == {
        name: (kind["inputs"]["required"], list(kind["injectors"]["env"])) for name, kind in types.items()
    }


def test_the_credential_types_set_variables_that_options_read() -> None:
    types = role_file("vars/main.yml")["directory_sync_awx_credential_types"]
    choices = role_file("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert sorted(types) == sorted(choices["directory_sync_awx_credentials"]["options"]["type"]["choices"])
    kinds = ("active_directory", "entra_id", "google_workspace", "ldap", "okta", "onelogin")
    read = {environment_variable(kind, name) for kind in kinds for name in CREDENTIALS}
    set_ = {variable for name, kind in types.items() if name != "organization" for variable in kind["injectors"]["env"]}
    assert set_ <= read


def test_defaults_of_the_role_are_documented() -> None:
    documented = role_file("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    defaults = {name: option["default"] for name, option in documented.items() if "default" in option}
    assert defaults == role_file("defaults/main.yml")


def test_files_that_the_guides_name_exist() -> None:
    text = "".join((GUIDES / f"guide_{guide}.rst").read_text() for guide in ("awx", "gitops"))
    named = set(re.findall(r"``((?:examples|pipeline|docs)/[\w./-]+)``", text))
    missing = [
        name for name in named if not any((root / name).exists() for root in (CHECKOUT, CHECKOUT / "examples/gitops"))
    ]
    assert named
    assert missing == []
