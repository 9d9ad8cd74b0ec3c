# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of every module that converges an organization: what is wanted, how far to go, what to leave behind."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.policy import policy_spec


def convergence_spec() -> dict[str, Any]:
    """Return the argument specification without the connection and the inline groups."""
    return {
        "snapshot": {"type": "path"},
        "policy": {"type": "dict", "default": {}, "options": policy_spec()},
        "transport": {"type": "str", "choices": ["auto", "rest", "import"], "default": "auto"},
        "approve": {"type": "list", "elements": "str", "default": []},
        "approved_plan": {"type": "path"},
        "plan_path": {"type": "path"},
        "report_path": {"type": "list", "elements": "path", "default": []},
        "history_file": {"type": "path"},
        "progress_file": {"type": "path"},
        "state_file": {"type": "path"},
        "membership_cache": {"type": "path"},
        "membership_cache_hours": {"type": "int", "default": 24},
        **metrics_spec(),
        "lock_directory": {"type": "path"},
        "lock_timeout": {"type": "int", "default": 0},
        "members": {"type": "list", "elements": "dict", "options": inline_member_spec()},
    }


def metrics_spec() -> dict[str, Any]:
    """Return the argument specification of the file for monitoring."""
    return {"metrics_file": {"type": "path"}, "metrics_name": {"type": "str"}}


def inline_member_spec() -> dict[str, Any]:
    """Return the argument specification of one entry of the inline list ``members``."""
    return {
        "email": {"type": "str", "required": True},
        "external_id": {"type": "str"},
        "name": {"type": "str"},
        "status": {"type": "str", "choices": ["active", "disabled", "deleted"], "default": "active"},
    }


def inline_groups_spec() -> dict[str, Any]:
    """Return the argument specification of the inline list ``groups``."""
    options = {
        "name": {"type": "str", "required": True},
        "external_id": {"type": "str"},
        "members": {"type": "list", "elements": "str", "default": []},
    }
    return {"groups": {"type": "list", "elements": "dict", "options": options}}
