# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The incremental read: what changed since the last read, applied to what was read then.

https://learn.microsoft.com/graph/delta-query-overview. On any doubt everything is read again.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id import queries
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.client import (
    Get,
    GraphClient,
    Page,
    Record,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.errors import GraphRefusedError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.reader import (
    TenantReader,
    delta_link,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.records import (
    Links,
    Members,
    State,
    TenantRecords,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.settings import Settings
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.incremental import FullReadNeededError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import same_origin

REMOVED = "@removed"
MEMBERS = "members@delta"


def read_changes(client: GraphClient, settings: Settings, state: State) -> tuple[TenantRecords, Links]:
    """Return what the tenant holds now, and the links for the next read; ``state`` is used up.

    Raises FullReadNeededError where that takes a full read, and DirectoryError where reading fails.
    """
    records = state.records
    pages = _first_pages(client, settings, state.links)
    users, users_link = _follow(client, pages["users"])
    _apply_to_users(records, users)
    groups_link = None
    new_groups: list[str] = []
    if "groups" in pages:
        groups, groups_link = _follow(client, pages["groups"])
        new_groups = _apply_to_groups(records, groups)
    deleted = queries.deleted_users()
    records.deleted = client.drain(deleted, pages["deleted"][1]) if "deleted" in pages else {}
    if settings.read_groups:
        TenantReader(client, settings).read_memberships(records, new_groups)
    return records, Links(users_link, groups_link)


def _first_pages(client: GraphClient, settings: Settings, links: Links) -> dict[str, tuple[Get, Page]]:
    """Return the first pages of the changes of users and groups, and of the deleted users, all in one call."""
    gets = {"users": Get(_relative(client, links.users), "changes of users")}
    if links.groups is not None:
        gets["groups"] = Get(_relative(client, links.groups), "changes of groups")
    if settings.reads_deleted:
        gets["deleted"] = queries.deleted_users()
    pages = {}
    for (name, get), outcome in zip(gets.items(), client.batch(list(gets.values())), strict=True):
        if isinstance(outcome, GraphRefusedError):
            raise _lost(outcome)
        pages[name] = (get, outcome)
    return pages


def _relative(client: GraphClient, link: str) -> str:
    if not same_origin(link, client.base):
        raise FullReadNeededError("the saved state belongs to another server")
    return client.relative(link, "changes")


def _follow(client: GraphClient, start: tuple[Get, Page]) -> tuple[list[Record], str]:
    """Return all changes in their order, and the link for the next time."""
    get, page = start
    changes: list[Record] = list(page["value"])
    seen = set()
    while link := page.get("@odata.nextLink"):
        if link in seen:
            raise IncompleteReadError(f"Microsoft Graph's list of {get.subject} goes round in a circle")
        seen.add(link)
        try:
            page = client.follow(link, get)
        except GraphRefusedError as error:
            raise _lost(error) from error
        changes += page["value"]
    return changes, delta_link(page, get.subject)


def _lost(error: GraphRefusedError) -> Exception:
    """Return what to raise for a refusal: the need of a full read where a link is of no use any more."""
    if error.lost_sync_state:
        return FullReadNeededError(f"Microsoft Graph does not know the saved state any more ({error.code})")
    return error


def _apply_to_users(records: TenantRecords, changes: list[Record]) -> None:
    for change in changes:
        user_id = change["id"]
        if REMOVED in change:
            records.users.pop(user_id, None)
            continue
        if user_id in records.deleted:
            raise FullReadNeededError("a user was restored, and no change need tell of the memberships that came back")
        records.users[user_id] = _merged(records.users.get(user_id), change, queries.USER_PROPERTIES)


def _apply_to_groups(records: TenantRecords, changes: list[Record]) -> list[str]:
    """Apply the changes and return the groups that are new to us, whose members are still to be read."""
    new: dict[str, None] = {}
    for change in changes:
        group_id = change["id"]
        if REMOVED in change:
            records.groups.pop(group_id, None)
            records.members.pop(group_id, None)
            new.pop(group_id, None)
            continue
        if group_id not in records.groups:
            new[group_id] = None
        records.groups[group_id] = _merged(records.groups.get(group_id), change, queries.GROUP_PROPERTIES)
        _apply_to_members(records.members.setdefault(group_id, Members()), change.get(MEMBERS) or [])
    return list(new)


def _apply_to_members(members: Members, changes: list[Record]) -> None:
    for change in changes:
        ids = members.of_type(str(change.get("@odata.type")))
        if REMOVED in change:
            ids.discard(change["id"])
        else:
            ids.add(change["id"])


def _merged(known: Record | None, change: Record, names: tuple[str, ...]) -> Mapping[str, object]:
    """Return a record after a change, which may leave out what stayed the same; a new record is given whole."""
    if known is None and not all(name in change for name in names):
        raise FullReadNeededError(f"the change of {change['id']}, which was not known, is not complete")
    return {name: change[name] if name in change else (known or {})[name] for name in names}
