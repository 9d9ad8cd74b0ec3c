# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the JSON Schema of the inventory variables, docs/inventory.schema.json.

Structure comes from the argument specifications, descriptions from the documentation of the same options. Any value but
the name of an option may be a Jinja template, because inventories are full of them. The schema is stricter than Ansible
where that finds mistakes: lists are no texts with commas, numbers no texts, and a name without a value is an error.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.dirsync.bitwarden.plugins.doc_fragments import bitwarden, policy, source
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.policy import policy_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.source import source_spec

PATH = Path(__file__).parents[2] / "docs" / "inventory.schema.json"
TEMPLATE = r"\{\{.*\}\}|\{%"
SCALARS = {
    "str": ["string", "number"],
    "path": ["string"],
    "bool": ["boolean"],
    "int": ["integer"],
    "float": ["number"],
}
MARKUP = (
    (re.compile(r"O\((?:[\w.]+#\w+:)?([^)=]+)=([^)]*)\)"), r"`\1: \2`"),
    (re.compile(r"(?:O|RV)\((?:[\w.]+#\w+:)?([^)]+)\)"), r"`\1`"),
    (re.compile(r"[VCEM]\(((?:\\.|[^)\\])*)\)"), r"`\1`"),
    (re.compile(r"B\(([^)]*)\)"), r"**\1**"),
    (re.compile(r"\\(.)"), r"\1"),
)

Schema = dict[str, Any]


def inventory_schema() -> Schema:
    """Return the schema of a file with variables of hosts or groups; variables of others may be in it."""
    fragments = (source, policy, bitwarden)
    documented: dict[str, Any] = {}
    for fragment in fragments:
        documented |= yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"]
    # Group variables may hold a part of the connection, so that none of it is required in any one file.
    connection = {name: {**option, "required": False} for name, option in bitwarden_spec().items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://example.org/dirsync/bitwarden/inventory.schema.json",
        "title": "Inventory variables of dirsync.bitwarden",
        "type": "object",
        "properties": {
            "bitwarden_sync_sources": of_option(source_spec(), documented["sources"]),
            "bitwarden_sync_policy": of_option({"type": "dict", "options": policy_spec()}, documented["policy"]),
            "bitwarden_sync_organization": {
                "description": "How to reach the organization, and its API key.",
                **of_option({"type": "dict", "options": connection}, {"suboptions": documented}),
            },
        },
    }


def of_option(option: dict[str, Any], documented: dict[str, Any]) -> Schema:
    """Return the schema of an option's value, or of a template that makes one."""
    about: Schema = {}
    if "description" in documented:
        about["description"] = _markdown(documented["description"])
    if option.get("default") not in (None, {}, []):
        about["default"] = option["default"]
    return {**about, **_typed(option, documented)}


def _typed(option: dict[str, Any], documented: dict[str, Any]) -> Schema:
    """Return the keywords of the type. Each applies to its own type only, so that a template fails none but its own."""
    kind = option["type"]
    if kind == "list":
        element = {**option, "type": option["elements"], "default": None}
        items = of_option(element, {"suboptions": documented.get("suboptions", {})})
        return {**_or_template("array"), "items": items}
    if kind == "dict":
        return {**_or_template("object"), **_members(option, documented)}
    if "choices" in option:
        return {"anyOf": [{"enum": option["choices"]}, {"type": "string", "pattern": TEMPLATE}]}
    types = SCALARS[kind]
    return {"type": types} if "string" in types else _or_template(*types)


def _or_template(*types: str) -> Schema:
    return {"type": [*types, "string"], "pattern": TEMPLATE}


def _members(option: dict[str, Any], documented: dict[str, Any]) -> Schema:
    """Return the keywords of a dictionary; one whose names are free has none."""
    if "options" not in option:
        return {}
    suboptions = documented.get("suboptions", {})
    properties = {name: of_option(sub, suboptions.get(name, {})) for name, sub in option["options"].items()}
    required = [name for name, sub in option["options"].items() if sub.get("required") and "fallback" not in sub]
    conditions = [_condition(*condition) for condition in option.get("required_if", ())]
    schema: Schema = {"additionalProperties": False, "properties": properties}
    return {
        **schema,
        **({"required": required} if required else {}),
        **({"allOf": conditions} if conditions else {}),
    }


def _condition(name: str, value: Any, needed: tuple[str, ...]) -> Schema:
    return {
        "if": {"properties": {name: {"const": value}}, "required": [name]},
        "then": {"required": list(needed)},
    }


def _markdown(paragraphs: str | list[str]) -> str:
    text = "\n\n".join([paragraphs] if isinstance(paragraphs, str) else paragraphs)
    for pattern, replacement in MARKUP:
        text = pattern.sub(replacement, text)
    return text


def content() -> str:
    """Return what the file has to hold."""
    return json.dumps(inventory_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(content(), encoding="utf-8")
    sys.stdout.write(f"{PATH.relative_to(Path.cwd())} is up to date\n")
