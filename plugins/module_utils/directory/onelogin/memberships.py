# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is in which group: roles, as in Bitwarden Directory Connector, or OneLogin's own groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError


@dataclass(frozen=True, slots=True)
class Membership:
    """A group with the ids of its users."""

    id: int
    name: str
    users: frozenset[int]


def role_memberships(
    roles: Sequence[Mapping[str, Any]],
    users: Sequence[Mapping[str, Any]],
    read_users: Callable[[Sequence[int]], Sequence[frozenset[int] | None]],
) -> list[Membership]:
    """Return the roles with those of the ``users`` who have them.

    The users that a listed role shows are believed where the roles that the listed users show agree; OneLogin does
    not promise either list to be complete. ``read_users`` reads the users of the other roles one by one, None for a
    role that does not exist any more, which is left out.
    """
    by_user = _users_by_role(users)
    known = frozenset(user["id"] for user in users)
    shown = {role["id"]: _ids(role.get("users")) for role in roles}
    doubtful = [
        id_
        for id_, ids in shown.items()
        if ids is None or (by_user is not None and ids & known != by_user.get(id_, frozenset()))
    ]
    believed = {**shown, **dict(zip(doubtful, read_users(doubtful), strict=True))}
    return [
        Membership(role["id"], _name(role), ids & known) for role in roles if (ids := believed[role["id"]]) is not None
    ]


def group_memberships(groups: Sequence[Mapping[str, Any]], users: Sequence[Mapping[str, Any]]) -> list[Membership]:
    """Return OneLogin's groups; a user is in one of them at most."""
    members: dict[int, set[int]] = defaultdict(set)
    for user in users:
        if user.get("group_id"):
            members[user["group_id"]].add(user["id"])
    return [Membership(group["id"], _name(group), frozenset(members[group["id"]])) for group in groups]


def _users_by_role(users: Sequence[Mapping[str, Any]]) -> dict[int, frozenset[int]] | None:
    """Return the users by role as the users themselves show it, None unless all do."""
    members: dict[int, set[int]] = defaultdict(set)
    for user in users:
        roles = user.get("role_ids")
        if not isinstance(roles, list):
            return None
        for role in roles:
            members[role].add(user["id"])
    return {role: frozenset(ids) for role, ids in members.items()}


def _ids(value: object) -> frozenset[int] | None:
    return frozenset(value) if isinstance(value, list) else None


def _name(row: Mapping[str, Any]) -> str:
    """Return the name; raises IncompleteReadError without."""
    if not isinstance(row.get("name"), str):
        raise IncompleteReadError(f"The role or group {row['id']} came without a name")
    return str(row["name"])
