# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of sources of type ``file``."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.ldap import ldap_query_spec

_COLUMNS = ("external_id", "email", "name", "status", "group", "group_id", "member", "member_group")


def file_spec() -> dict[str, Any]:
    """Return the argument specification of the sub-options of ``file``."""
    return {
        "path": {"type": "path", "required": True},
        "format": {"type": "str", "choices": ["ldif", "csv", "json", "yaml"]},
        "ldif": {"type": "dict", "default": {}, "options": _ldif_spec()},
        "csv": {"type": "dict", "default": {}, "options": _csv_spec()},
    }


def _ldif_spec() -> dict[str, Any]:
    """Return the options that a source of type ``ldap`` has for the meaning of its entries."""
    kinds = ["openldap", "389ds", "freeipa", "active_directory", "generic"]
    return {
        **ldap_query_spec(),
        "server_kind": {"type": "str", "choices": kinds, "default": "openldap"},
        "external_id": {"type": "str"},
        "login_attribute": {"type": "str"},
        "disabled_when": {"type": "dict"},
        "deleted_bases": {"type": "list", "elements": "str"},
    }


def _csv_spec() -> dict[str, Any]:
    return {
        "delimiter": {"type": "str", "default": ","},
        "encoding": {"type": "str", "default": "utf-8"},
        "memberships_path": {"type": "path"},
        "columns": {"type": "dict", "default": {}, "options": {name: {"type": "str"} for name in _COLUMNS}},
    }
