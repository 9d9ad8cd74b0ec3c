# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a directory source: its type with the connection, and the selection that is the same for every type."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.parameters import env_fallback
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.active_directory import (
    active_directory_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.entra_id import entra_id_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.file import file_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.google_workspace import (
    google_workspace_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.ldap import ldap_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.okta import okta_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.onelogin import onelogin_spec

CREDENTIALS = frozenset(
    {
        "api_token",
        "bind_password",
        "certificate_file",
        "client_secret",
        "private_key",
        "private_key_file",
        "private_key_passphrase",
        "service_account_file",
        "service_account_json",
    }
)
"""Sub-options of the types whose value the environment can give, where a system hands credentials to a run that way."""


def environment_variable(source_type: str, option: str) -> str:
    """Return the name of the environment variable that gives a credential to sources of this type."""
    return f"DIRSYNC_{source_type}_{option}".upper()


def source_spec() -> dict[str, Any]:
    """Return the argument specification of the option ``sources``: a list, of which each element is one source."""
    types = {
        "active_directory": active_directory_spec(),
        "entra_id": entra_id_spec(),
        "file": file_spec(),
        "google_workspace": google_workspace_spec(),
        "ldap": ldap_spec(),
        "okta": okta_spec(),
        "onelogin": onelogin_spec(),
    }
    options = {
        "name": {"type": "str", "required": True},
        "type": {"type": "str", "required": True, "choices": list(types)},
        **{name: {"type": "dict", "options": _with_environment(name, spec)} for name, spec in types.items()},
        "users": {"type": "dict", "default": {}, "options": _selection(_user_rules())},
        "groups": {"type": "dict", "default": {}, "options": _selection(_group_rules())},
        "external_id_prefix": {"type": "str", "default": ""},
        "allow_empty": {"type": "bool", "default": False},
    }
    return {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": options,
        "required_if": [("type", name, (name,)) for name in types],
    }


def _with_environment(source_type: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the sub-options of a type, in which credentials that are not set come from the environment."""
    fallbacks = {
        name: {**option, "fallback": (env_fallback, [environment_variable(source_type, name)])}
        for name, option in spec.items()
        if name in CREDENTIALS
    }
    return {**spec, **fallbacks}


def _selection(rules: dict[str, Any]) -> dict[str, Any]:
    return {
        "read": {"type": "bool", "default": True},
        "include": {"type": "dict", "default": {}, "options": rules},
        "exclude": {"type": "dict", "default": {}, "options": rules},
        "bwdc_filter": {"type": "str"},
    }


def _user_rules() -> dict[str, Any]:
    return {**_group_rules(), "emails": _texts(), "email_regex": _texts(), "groups": _texts()}


def _group_rules() -> dict[str, Any]:
    return {"ids": _texts(), "names": _texts(), "name_regex": _texts()}


def _texts() -> dict[str, Any]:
    return {"type": "list", "elements": "str", "default": []}
