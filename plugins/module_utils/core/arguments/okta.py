# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of sources of type ``okta``."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.web_service import http_spec

STATUSES = {
    "staged": "ignore",
    "provisioned": "active",
    "active": "active",
    "recovery": "active",
    "password_expired": "active",
    "locked_out": "active",
    "suspended": "disabled",
    "deprovisioned": "deleted",
}
"""What a user of each Okta status counts as by default."""

GROUP_TYPES = ["okta", "active_directory", "app", "built_in"]


def okta_spec() -> dict[str, Any]:
    """Return the argument specification of the sub-options of ``okta``."""
    choices = ["active", "disabled", "deleted", "ignore"]
    statuses = {name: {"type": "str", "choices": choices, "default": default} for name, default in STATUSES.items()}
    return {
        "org_url": {"type": "str", "required": True},
        "api_token": {"type": "str", "no_log": True},
        "client_id": {"type": "str"},
        "private_key": {"type": "str", "no_log": True},
        "private_key_file": {"type": "path", "no_log": False},
        "private_key_passphrase": {"type": "str", "no_log": True},
        "key_id": {"type": "str", "no_log": False},
        "dpop": {"type": "bool", "default": True},
        "user_filter": {"type": "str"},
        "group_filter": {"type": "str"},
        "group_types": {"type": "list", "elements": "str", "choices": GROUP_TYPES, "default": GROUP_TYPES},
        "email_attributes": {"type": "list", "elements": "str", "default": ["email"]},
        "statuses": {"type": "dict", "default": {}, "options": statuses},
        "deprovisioned": {"type": "bool", "default": True},
        "incremental": {"type": "bool", "default": False},
        "full_read_hours": {"type": "int", "default": 24},
        **http_spec(),
    }
