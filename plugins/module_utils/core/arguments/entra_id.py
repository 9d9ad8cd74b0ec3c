# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of sources of type ``entra_id``."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.web_service import http_spec

_CLOUDS = ["global", "us_government_l4", "us_government_l5", "china"]
_EMAIL_ATTRIBUTES = ["mail", "userPrincipalName"]
_GROUP_KINDS = ["security", "mail_enabled_security", "microsoft_365", "distribution"]


def entra_id_spec() -> dict[str, Any]:
    """Return the argument specification of the sub-options of ``entra_id``."""
    return {
        "tenant_id": {"type": "str", "required": True},
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        "certificate_file": {"type": "path"},
        "private_key_file": {"type": "path", "no_log": False},
        "private_key_passphrase": {"type": "str", "no_log": True},
        "federated_token_file": {"type": "path", "no_log": False},
        "managed_identity": {"type": "bool", "default": False},
        "cloud": {"type": "str", "choices": _CLOUDS, "default": "global"},
        "authority": {"type": "str"},
        "graph_url": {"type": "str"},
        **http_spec(),
        "connections": {"type": "int", "default": 8},
        "user_filter": {"type": "str"},
        "group_filter": {"type": "str"},
        "group_kinds": {"type": "list", "elements": "str", "choices": _GROUP_KINDS, "default": []},
        "dynamic_groups": {"type": "str", "choices": ["include", "exclude", "only"], "default": "include"},
        "guests": {"type": "str", "choices": ["include", "exclude", "accepted_only"], "default": "include"},
        "email_attributes": {
            "type": "list",
            "elements": "str",
            "choices": _EMAIL_ATTRIBUTES,
            "default": _EMAIL_ATTRIBUTES,
        },
        "deleted": {"type": "bool", "default": True},
        "administrative_units": {"type": "list", "elements": "str", "default": []},
        "incremental": {"type": "bool", "default": False},
        "full_read_hours": {"type": "int", "default": 24},
    }
