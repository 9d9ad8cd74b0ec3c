# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every block of code in the pages that people read is right: it parses, and names only what there is."""

from __future__ import annotations

import ast
import configparser
import json
import re
import shlex
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import jsonschema
import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.source import source_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.records import Records
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.structured import add_records, parse_yaml
from ansible_collections.dirsync.bitwarden.tests.support.snippets import CHECKOUT, Snippet, commands, snippets

PREFIX = "dirsync.bitwarden."
MODULES = sorted(path.stem for path in (CHECKOUT / "plugins/modules").glob("*.py"))
PLAYBOOKS = {path.stem for path in (CHECKOUT / "playbooks").glob("*.yml")}
ROLES = {path.name for path in (CHECKOUT / "roles").iterdir()}
SCHEMA = json.loads((CHECKOUT / "docs/inventory.schema.json").read_text())
# Read where a run starts; the schema is about what inventories hold.
OF_THE_RUN = {"bitwarden_sync_hosts", "bitwarden_sync_approve"}


def by_place(items: list[Any]) -> Any:
    return pytest.mark.parametrize("snippet", items, ids=str)


@cache
def specification(module: str) -> dict[str, Any]:
    """Return the arguments of AnsibleModule that a module passes on."""
    loaded = import_module(f"ansible_collections.dirsync.bitwarden.plugins.modules.{module}")
    passed: dict[str, Any] = {}
    original = loaded.run_module
    loaded.run_module = lambda function, **given: passed.update(given)
    try:
        loaded.main()
    finally:
        loaded.run_module = original
    return passed


@cache
def variables_of_roles() -> set[str]:
    specs = [yaml.safe_load((CHECKOUT / "roles" / role / "meta/argument_specs.yml").read_text()) for role in ROLES]
    return {name for spec in specs for entry in spec["argument_specs"].values() for name in entry.get("options", {})}


def nodes(value: Any) -> list[dict[str, Any]]:
    """Return every mapping in a value, the value itself included."""
    if isinstance(value, dict):
        return [value, *(node for child in value.values() for node in nodes(child))]
    return [node for child in value for node in nodes(child)] if isinstance(value, list) else []


def argument_errors(specs: dict[str, Any], arguments: dict[str, Any]) -> list[str]:
    errors: list[str] = ArgumentSpecValidator(specs).validate(templated(arguments)).error_messages
    return errors


def templated(value: Any) -> Any:
    """Return the value without what Ansible evaluates, which may become anything."""
    if isinstance(value, dict):
        return {name: templated(child) for name, child in value.items() if not is_template(child)}
    return [templated(child) for child in value if not is_template(child)] if isinstance(value, list) else value


def is_template(value: Any) -> bool:
    return isinstance(value, str) and "{{" in value


def task_errors(content: Any) -> list[str]:
    """Return what is wrong with the options that tasks give to modules of this collection."""
    return [
        error
        for node in nodes(content)
        for name, arguments in node.items()
        if str(name).startswith(PREFIX) and str(name).removeprefix(PREFIX) in MODULES
        for error in argument_errors(optional(specification(name.removeprefix(PREFIX))["argument_spec"]), arguments)
    ]


def optional(specs: dict[str, Any]) -> dict[str, Any]:
    """Return the specifications of options that may be missing, because snippets show what matters."""
    return {
        option: {key: detail for key, detail in spec.items() if key not in ("required", "fallback")}
        for option, spec in specs.items()
    }


def variable_errors(content: Any) -> list[str]:
    """Return what is wrong with the variables of inventories and of roles."""
    errors: list[str] = []
    for node in nodes(content):
        names = {str(name) for name in node}
        variables = {name: node[name] for name in names if name.startswith("bitwarden_sync_")}
        errors += [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(variables)]
        known = SCHEMA["properties"].keys() | OF_THE_RUN
        errors += [f"there is no {name}" for name in variables if name not in known]
        of_roles = {name for name in names if re.match(r"directory_sync_(?!result)", name)} - ROLES
        errors += [f"there is no {name}" for name in of_roles - variables_of_roles()]
    return errors


def source_errors(content: Any) -> list[str]:
    """Return what is wrong with options of a type of source that are shown alone."""
    types = source_spec()["options"]
    return [
        error
        for name, value in (content.items() if isinstance(content, dict) else ())
        if isinstance(value, dict) and isinstance(types.get(name, {}).get("options"), dict)
        for error in argument_errors(optional(types[name]["options"]), value)
    ]


@by_place(snippets("yaml"))
def test_yaml_names_options_and_variables_that_there_are(snippet: Snippet) -> None:
    content = snippet.yaml()
    assert task_errors(content) + variable_errors(content) + source_errors(content) == []


@pytest.mark.parametrize(
    "text",
    [
        "- dirsync.bitwarden.directory_facts: {snapshots: /tmp/x}",
        "- hosts: all\n  tasks:\n    - dirsync.bitwarden.bitwarden_org_sync: {policy: {absent: delete}}",
        "bitwarden_sync_sources: [{name: x, type: ldap, ldap: {servers: [], server: x}}]",
        "bitwarden_sync_polices: {}",
        "all: {hosts: {acme: {bitwarden_sync_policy: {absent: delete}}}}",
        "directory_sync_foldr: /tmp",
        "active_directory: {email_attribute: mail}",
    ],
)
def test_what_there_is_not_is_noticed(text: str) -> None:
    content = yaml.safe_load(text)
    assert len(task_errors(content) + variable_errors(content) + source_errors(content)) == 1


def test_the_file_with_people_can_be_read() -> None:
    files = [snippet for snippet in snippets("yaml") if snippet.caption.startswith("files/")]
    assert files
    for snippet in files:
        records = Records("contractors")
        add_records(records, parse_yaml(snippet.text, snippet.caption), snippet.caption)


def parse_ini(text: str) -> None:
    configparser.ConfigParser(strict=False, interpolation=None).read_string(text)


# A part of a function is python3: the linter of the documentation compiles python as whole files.
PARSERS: dict[str, Callable[[str], Any]] = {
    "json": json.loads,
    "ini": parse_ini,
    "python": ast.parse,
    "python3": ast.parse,
}


@by_place(snippets(*PARSERS))
def test_other_languages_parse(snippet: Snippet) -> None:
    PARSERS[snippet.language](snippet.text)


@pytest.mark.parametrize(("snippet", "command"), commands(), ids=lambda value: str(value)[:60])
def test_commands_name_what_there_is(snippet: Snippet, command: str) -> None:
    words = shlex.split(command, comments=True)
    named = [word for word in words if word.startswith(PREFIX)]
    known = {PREFIX + name for name in {*MODULES, *PLAYBOOKS, *ROLES}} | {PREFIX.removesuffix(".")}
    assert {word.split("==")[0].split(":")[0] for word in named} <= known
    if words[:1] == ["make"]:
        targets = re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
        assert set(words[1:2]) <= {*targets, "lint", "types"}
    known_variables = SCHEMA["properties"].keys() | OF_THE_RUN
    for name in re.findall(r"\bbitwarden_sync_\w+", command):
        assert name in known_variables
