# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and groups as the API writes them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from .model import Group, User

NEVER_ACTIVATED = ("STAGED", "PROVISIONED")


def timestamp(seconds: float) -> str:
    """Return a time as Okta writes it: UTC with milliseconds."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user_json(user: User, base_url: str, *, credentials: bool) -> dict[str, Any]:
    """Return a user; ``credentials`` can be left out by a parameter of the content type."""
    address = f"{base_url}/api/v1/users/{user.id}"
    value: dict[str, Any] = {
        "id": user.id,
        "status": user.status,
        "created": timestamp(user.created),
        "activated": None if user.status == "STAGED" else timestamp(user.created),
        "statusChanged": timestamp(user.last_updated),
        "lastLogin": None,
        "lastUpdated": timestamp(user.last_updated),
        "passwordChanged": None if user.status in NEVER_ACTIVATED else timestamp(user.created),
        "type": {"id": "oty00000000000000001"},
        "profile": user.profile,
        "_links": {"self": {"href": address}},
    }
    if credentials:
        value["credentials"] = {
            "password": {},
            "emails": [{"value": user.profile["email"], "status": "VERIFIED", "type": "PRIMARY"}],
            "provider": {"type": "OKTA", "name": "OKTA"},
        }
    return value


def group_json(group: Group, base_url: str, *, users_count: int | None = None) -> dict[str, Any]:
    """Return a group, with statistics when the number of its users is given."""
    address = f"{base_url}/api/v1/groups/{group.id}"
    value: dict[str, Any] = {
        "id": group.id,
        "created": timestamp(group.created),
        "lastUpdated": timestamp(group.last_updated),
        "lastMembershipUpdated": timestamp(group.last_membership_updated),
        "objectClass": [group.object_class],
        "type": group.type,
        "profile": {"name": group.name, "description": None},
        "_links": {
            "users": {"href": f"{address}/users"},
            "apps": {"href": f"{address}/apps"},
        },
    }
    if users_count is not None:
        value["_embedded"] = {
            "stats": {
                "usersCount": users_count,
                "appsCount": 0,
                "groupPushMappingsCount": 0,
                "hasAdminPrivilege": False,
                "_links": {
                    "users": {"href": f"{address}/users", "hints": {"allow": ["GET", "POST", "DELETE"]}},
                    "apps": {"href": f"{address}/apps", "hints": {"allow": ["GET"]}},
                },
            }
        }
    return value
