# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listings that a tenant is read with: paths, selected properties, filters."""

from __future__ import annotations

import re
from urllib.parse import quote

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.client import Get
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.settings import Settings

LARGEST_PAGE = 999
USER_PROPERTIES = (
    "id",
    "userPrincipalName",
    "mail",
    "displayName",
    "accountEnabled",
    "userType",
    "externalUserState",
)
GROUP_PROPERTIES = ("id", "displayName", "mailEnabled", "securityEnabled", "groupTypes", "visibility")
_DELETED_PROPERTIES = (*USER_PROPERTIES, "deletedDateTime")

_TEXT = re.compile(r"'(?:[^']|'')*'")
_ADVANCED = re.compile(r"\bne\b|\bnot\b|\bendswith\b|/\$count", re.IGNORECASE)
_EVENTUAL = {"ConsistencyLevel": "eventual"}


def users(settings: Settings) -> Get:
    """Return the listing of the users that exist."""
    return _listing("/users", USER_PROPERTIES, "users", settings.user_filter)


def deleted_users() -> Get:
    """Return the listing of the users that can still be restored: for 30 days."""
    return _listing("/directory/deletedItems/microsoft.graph.user", _DELETED_PROPERTIES, "deleted users")


def groups(settings: Settings) -> Get:
    """Return the listing of the groups."""
    return _listing("/groups", GROUP_PROPERTIES, "groups", settings.group_filter)


def sample(get: Get, size: int) -> Get:
    """Return the request for some records of a listing, and for how many there are."""
    path = get.path.replace(f"$top={LARGEST_PAGE}", f"$top={size}")
    return Get(path if "&$count=true" in path else f"{path}&$count=true", get.subject, _EVENTUAL)


def group_members(group_id: str) -> Get:
    """Return the listing of a group's direct members.

    Id and type are enough, and Graph gives these even for objects that the application may not read.
    """
    return _listing(f"/groups/{quote(group_id, safe='')}/members", ("id",), "members of groups")


def unit_members(unit_id: str) -> Get:
    """Return the listing of an administrative unit's members."""
    subject = f"the members of the administrative unit {unit_id}"
    return _listing(f"/directory/administrativeUnits/{unit_id}/members", ("id",), subject)


def units() -> Get:
    """Return the listing of the administrative units, to see which hide their members."""
    return _listing("/directory/administrativeUnits", ("id", "visibility"), "administrative units")


def user_changes_from_now() -> Get:
    """Return the request for a link that tells later what has changed about users since."""
    return Get(f"/users/delta?$select={','.join(USER_PROPERTIES)}&$deltatoken=latest", "changes of users")


def group_changes_from_now() -> Get:
    """Return the request for a link that tells later what has changed about groups and members since."""
    select = ",".join((*GROUP_PROPERTIES, "members"))
    return Get(f"/groups/delta?$select={select}&$deltatoken=latest", "changes of groups")


def is_advanced(filter_text: str) -> bool:
    """Say whether a filter needs the index behind advanced queries, which lags a little.

    https://learn.microsoft.com/graph/aad-advanced-queries
    """
    return bool(_ADVANCED.search(_TEXT.sub("''", filter_text)))


def _listing(path: str, select: tuple[str, ...], subject: str, filter_text: str | None = None) -> Get:
    query = f"$select={','.join(select)}&$top={LARGEST_PAGE}"
    if not filter_text:
        return Get(f"{path}?{query}", subject)
    query += f"&$filter={quote(filter_text, safe='')}"
    if is_advanced(filter_text):
        return Get(f"{path}?{query}&$count=true", subject, _EVENTUAL)
    return Get(f"{path}?{query}", subject)
