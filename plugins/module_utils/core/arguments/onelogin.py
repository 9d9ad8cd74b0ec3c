# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of sources of type ``onelogin``."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.web_service import http_spec

STATUSES = {
    "unactivated": "active",
    "active": "active",
    "suspended": "disabled",
    "locked": "active",
    "password_expired": "active",
    "awaiting_password_reset": "active",
    "password_pending": "active",
    "security_questions_required": "active",
}
"""What a user of each OneLogin status counts as by default."""

STATES = {"unapproved": "active", "approved": "active", "rejected": "active", "unlicensed": "active"}
"""What a user of each OneLogin state counts as by default."""


def onelogin_spec() -> dict[str, Any]:
    """Return the argument specification of the sub-options of ``onelogin``."""
    return {
        "host": {"type": "str"},
        "region": {"type": "str", "choices": ["us", "eu"]},
        "client_id": {"type": "str", "required": True},
        "client_secret": {"type": "str", "required": True, "no_log": True},
        "groups_from": {"type": "str", "choices": ["roles", "groups"], "default": "roles"},
        "user_parameters": {"type": "dict", "default": {}},
        "role_parameters": {"type": "dict", "default": {}},
        "email_suffix": {"type": "str"},
        "statuses": {"type": "dict", "default": {}, "options": _meanings(STATUSES)},
        "states": {"type": "dict", "default": {}, "options": _meanings(STATES)},
        **http_spec(),
    }


def _meanings(defaults: dict[str, str]) -> dict[str, Any]:
    choices = ["active", "disabled", "deleted", "ignore"]
    return {name: {"type": "str", "choices": choices, "default": default} for name, default in defaults.items()}
