# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of sources of type ``active_directory``."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.ldap import (
    ldap_connection_spec,
    ldap_query_spec,
)


def active_directory_spec() -> dict[str, Any]:
    """Return the argument specification of the sub-options of ``active_directory``."""
    return {
        "domain": {"type": "str"},
        "site": {"type": "str"},
        "servers": {"type": "list", "elements": "str"},
        "global_catalog": {"type": "bool", "default": False},
        **ldap_connection_spec(),
        **ldap_query_spec(),
        "authentication": {"type": "str", "choices": ["simple", "external", "gssapi"], "default": "simple"},
        "external_id": {"type": "str", "default": "objectGUID"},
        "expired_accounts": {"type": "str", "choices": ["disabled", "active"], "default": "disabled"},
        "deleted_objects": {"type": "bool", "default": True},
    }
