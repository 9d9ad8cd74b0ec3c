# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``policy`` option: the same for every module that converges an organization."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.permissions import PERMISSIONS

_OFF = {"type": "bool", "default": False}


def policy_spec() -> dict[str, Any]:
    """Return the argument specification of the sub-options of ``policy``."""
    return {
        "invite": {"type": "str", "choices": ["true", "false", "staged"], "default": "true"},
        "restore": {"type": "bool", "default": True},
        "rekey": {"type": "bool", "default": True},
        "adopt": {"type": "bool", "default": False},
        "absent": {"type": "str", "choices": ["ignore", "revoke", "remove"], "default": "revoke"},
        "disabled": {"type": "str", "choices": ["ignore", "revoke", "remove"], "default": "revoke"},
        "deleted": {"type": "str", "choices": ["revoke", "remove"], "default": "revoke"},
        "grace_days": {"type": "int", "default": 0},
        "reinvite_days": {"type": "int", "default": 0},
        "reinvite_times": {"type": "int", "default": 1},
        "purge_days": {"type": "int", "default": 0},
        "absent_groups": {"type": "str", "choices": ["ignore", "remove"], "default": "ignore"},
        "membership": {
            "type": "str",
            "choices": ["exclusive", "additive", "managed_only"],
            "default": "managed_only",
        },
        "external_id_prefix": {"type": "str", "default": ""},
        "allow_seat_purchase": {"type": "bool", "default": False},
        "roles": roles_spec(),
        "other_roles": {"type": "str", "choices": ["keep", "user"], "default": "keep"},
        "demote_owners": {"type": "bool", "default": False},
        "group_collections": group_collections_spec(),
        "protected": {"type": "dict", "default": {}, "options": protected_spec()},
        "exclude": {"type": "dict", "default": {}, "options": exclude_spec()},
        "guards": {"type": "dict", "default": {}, "options": guards_spec()},
    }


def exclude_spec() -> dict[str, Any]:
    """Return the argument specification of what is treated as if it did not exist."""
    texts = {"type": "list", "elements": "str", "default": []}
    return {"emails": dict(texts), "external_ids": dict(texts), "groups": dict(texts)}


def roles_spec() -> dict[str, Any]:
    """Return the argument specification of the entries that give roles to groups of the directory."""
    return {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "group": {"type": "str", "required": True},
            "type": {"type": "str", "choices": ["owner", "admin", "custom", "user"], "required": True},
            "permissions": {"type": "dict", "options": {name: dict(_OFF) for name in PERMISSIONS}},
        },
        "required_if": [("type", "custom", ("permissions",))],
    }


def group_collections_spec() -> dict[str, Any]:
    """Return the argument specification of the entries that give collections to groups of the directory."""
    access = {
        "collection": {"type": "str", "required": True},
        "read_only": dict(_OFF),
        "hide_passwords": dict(_OFF),
        "manage": dict(_OFF),
    }
    options = {
        "group": {"type": "str", "required": True},
        "collections": {"type": "list", "elements": "dict", "required": True, "options": access},
        "exclusive": dict(_OFF),
    }
    return {"type": "list", "elements": "dict", "default": [], "options": options}


def protected_spec() -> dict[str, Any]:
    """Return the argument specification of the members whom the sync never touches."""
    texts = {"type": "list", "elements": "str", "default": []}
    return {
        "emails": dict(texts),
        "external_ids": dict(texts),
        "groups": dict(texts),
        "types": {**texts, "choices": ["admin", "custom", "user"]},
    }


def guards_spec() -> dict[str, Any]:
    """Return the argument specification of the limits."""
    return {
        "removals": _limit(10),
        "revocations": _limit(20),
        "group_deletions": _limit(20),
        "group_leavers": _limit(50),
        "collection_withdrawals": _limit(20),
        "invitations": _limit(None),
        "promotions": _limit(20),
        "demotions": _limit(30),
        "shrink": _limit(30),
        "exempt": {"type": "int", "default": 5},
    }


def _limit(percent: int | None) -> dict[str, Any]:
    return {
        "type": "dict",
        "default": {},
        "options": {
            "count": {"type": "int"},
            "percent": {"type": "float"} if percent is None else {"type": "float", "default": percent},
        },
    }
