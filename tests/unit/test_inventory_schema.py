# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of the inventory variables: up to date, takes what is right, says where something is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from ansible_collections.dirsync.bitwarden.tests.tools.inventory_schema import PATH, content

CHECKOUT = Path(__file__).parents[2]
SCHEMA = json.loads(PATH.read_text())
INVENTORIES = sorted(
    path
    for folder in ("host_vars", "group_vars")
    for path in (CHECKOUT / "examples").glob(f"**/{folder}/**/*.yml")
    if not path.read_text().startswith("$ANSIBLE_VAULT")
)
LDAP = {"name": "people", "type": "ldap", "ldap": {"servers": ["ldaps://ldap.example.org"]}}


def errors(variables: Any) -> list[jsonschema.ValidationError]:
    return list(jsonschema.Draft7Validator(SCHEMA).iter_errors(variables))


def source(**changes: Any) -> dict[str, Any]:
    return {"bitwarden_sync_sources": [{**LDAP, **changes}]}


def ldap(**changes: Any) -> dict[str, Any]:
    return source(ldap={**LDAP["ldap"], **changes})


def test_it_is_up_to_date() -> None:
    assert PATH.read_text() == content(), "run `make schema`"


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", INVENTORIES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_the_example_inventories_are_right(path: Path) -> None:
    assert errors(yaml.safe_load(path.read_text())) == []


@pytest.mark.parametrize(
    "variables",
    [
        source(),
        {"bitwarden_sync_sources": "{{ all_sources }}"},
        {"bitwarden_sync_sources": ["{{ shared_source }}", LDAP]},
        ldap(bind_password="{{ lookup('community.hashi_vault.vault_kv2_get', 'ldap').secret.password }}"),
        ldap(page_size="{{ page_size }}", validate_certs="{% if tls %}true{% endif %}", disabled_when={"any": ["x"]}),
        {"bitwarden_sync_policy": {"absent": "{{ absent }}", "guards": {"removals": {"percent": 2.5}}}},
        {"bitwarden_sync_organization": {"region": "eu"}, "variables_of_others": {"at": "will"}},
        {"bitwarden_sync_sources": [{"name": "one", "type": "onelogin", "onelogin": {"client_id": "id"}}]},
    ],
)
def test_right_variables_pass(variables: dict[str, Any]) -> None:
    assert errors(variables) == []


@pytest.mark.parametrize(
    ("variables", "place", "words"),
    [
        (ldap(server="ldaps://a"), "$.bitwarden_sync_sources[0].ldap", "'server' was unexpected"),
        (ldap(servers="ldaps://a, ldaps://b"), "$.bitwarden_sync_sources[0].ldap.servers", "does not match"),
        (ldap(page_size="many"), "$.bitwarden_sync_sources[0].ldap.page_size", "does not match"),
        (ldap(validate_certs=None), "$.bitwarden_sync_sources[0].ldap.validate_certs", "None is not of type"),
        (source(type="openldap"), "$.bitwarden_sync_sources[0].type", "'openldap' is not valid"),
        (source(type="okta"), "$.bitwarden_sync_sources[0]", "'okta' is a required property"),
        ({"bitwarden_sync_sources": [{"type": "ldap"}]}, "$.bitwarden_sync_sources[0]", "'name' is a required"),
        ({"bitwarden_sync_sources": LDAP}, "$.bitwarden_sync_sources", "is not of type 'array'"),
        (source(users={"include": {"email": ["a"]}}), "$.bitwarden_sync_sources[0].users.include", "unexpected"),
        ({"bitwarden_sync_policy": {"absent": "delete"}}, "$.bitwarden_sync_policy.absent", "'delete' is not valid"),
        ({"bitwarden_sync_policy": {"guards": {"removals": 5}}}, "$.bitwarden_sync_policy.guards.removals", "not of"),
        ({"bitwarden_sync_organization": {"url": "x"}}, "$.bitwarden_sync_organization", "'url' was unexpected"),
        ({"bitwarden_sync_organization": {"region": "uk"}}, "$.bitwarden_sync_organization.region", "'uk' is not"),
    ],
)
def test_typical_mistakes_are_found_where_they_are(variables: dict[str, Any], place: str, words: str) -> None:
    found = [(error.json_path, error.message) for error in errors(variables)]
    assert place in [path for path, message in found]
    assert any(path == place and words in message for path, message in found), found
