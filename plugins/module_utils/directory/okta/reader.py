# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an org completely: users, groups and memberships, at once as far as they do not need each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import HttpError, HttpStatusError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.client import (
    GROUPS,
    USERS,
    WORKERS,
    OktaClient,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.errors import is_missing_object
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.semantics import (
    DEPROVISIONED,
    OktaGroup,
    Person,
    group_from,
    person_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.parallel import map_concurrently

PAGE = "200"
LARGE_PAGE = "1000"


@dataclass(slots=True)
class OrgContent:
    """What was read: people by id, groups, and the ids of the users of each group that has some."""

    people: dict[str, Person] = field(default_factory=dict)
    groups: list[OktaGroup] = field(default_factory=list)
    members: dict[str, Collection[str]] = field(default_factory=dict)
    vanished: list[OktaGroup] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OrgQuery:
    """What to read. Filters are Okta expressions; with one, deprovisioned users come only if it selects them."""

    user_filter: str | None = None
    group_filter: str | None = None
    group_types: Collection[str] = ("okta", "active_directory", "app", "built_in")
    email_attributes: Sequence[str] = ("email",)
    deprovisioned: bool = True
    groups: bool = True


class OrgReader:
    """Reads what a query asks for. Every method raises HttpError or IncompleteReadError unless it read everything."""

    def __init__(self, client: OktaClient, query: OrgQuery) -> None:
        self._client = client
        self._query = query
        self._member_page = LARGE_PAGE

    def read(self) -> OrgContent:
        """Return users, groups and memberships.

        The pages of users take the longest, because each names the next one, so everything else goes on beside them.
        """
        content = OrgContent()
        found: dict[str, Person] = {}
        deprovisioned: dict[str, Person] = {}
        tasks: list[Callable[[], None]] = [lambda: self._add_people(found, self._query.user_filter)]
        if self._query.deprovisioned and not self._query.user_filter:
            # The plain listing leaves them out, while every filter includes them.
            tasks.append(lambda: self._add_people(deprovisioned, f'status eq "{DEPROVISIONED}"'))
        if self._query.groups:
            tasks.append(lambda: self._add_groups(content))
        map_concurrently(self._or_abandon, tasks, len(tasks))
        # Who is deprovisioned or reactivated while the pages are read may be in both.
        content.people = {**found, **deprovisioned}
        for id_ in found.keys() & deprovisioned.keys():
            content.people[id_] = max(found[id_], deprovisioned[id_], key=lambda person: person.updated)
        self._leave_out_deprovisioned(content)
        return content

    def read_changes(self, content: OrgContent, since: str, changed: Callable[[OktaGroup], bool]) -> None:
        """Bring ``content`` up to date: users changed after ``since``, all groups, members of the ``changed`` ones."""
        content.groups, content.vanished = [], []
        tasks: list[Callable[[], None]] = [
            lambda: self._add_people(content.people, f'lastUpdated gt "{since}"'),
            lambda: self._add_groups(content, changed),
        ]
        map_concurrently(self._or_abandon, tasks, len(tasks))
        self._leave_out_deprovisioned(content)

    def _leave_out_deprovisioned(self, content: OrgContent) -> None:
        """Leave them out where they are not wanted: every filter of Okta finds them."""
        if not self._query.deprovisioned:
            content.people = {id_: person for id_, person in content.people.items() if person.status != DEPROVISIONED}

    def _or_abandon(self, task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException:
            self._client.abandon()
            raise

    def _add_people(self, people: dict[str, Person], expression: str | None) -> None:
        params = {"limit": PAGE, **({"filter": expression} if expression else {})}
        for row in chain.from_iterable(self._client.pages(USERS, **params)):
            people[row["id"]] = person_from(row, self._query.email_attributes)

    def _add_groups(self, content: OrgContent, wanted: Callable[[OktaGroup], bool] = lambda group: True) -> None:
        """Add the groups and the members of those that are wanted; of the others the members are known or nobody."""
        params = {"limit": PAGE, "expand": "stats"}
        if self._query.group_filter:
            params["filter"] = self._query.group_filter
        rows = chain.from_iterable(self._client.pages(GROUPS, **params))
        groups = {row["id"]: group_from(row) for row in rows}
        selected = [group for group in groups.values() if group.everyone or group.type in self._query.group_types]
        to_read = [group for group in selected if group.users_count != 0 and not group.everyone and wanted(group)]
        members = map_concurrently(self._members, to_read, WORKERS)
        known = {group.id: content.members[group.id] for group in selected if group.id in content.members}
        empty = {group.id for group in selected if group.users_count == 0}
        content.members = {id_: ids for id_, ids in known.items() if id_ not in empty}
        gone = set()
        for group, ids in zip(to_read, members, strict=True):
            if ids is None:
                content.vanished.append(group)
                gone.add(group.id)
            else:
                content.members[group.id] = ids
        content.groups = [group for group in selected if group.id not in gone]

    def _members(self, group: OktaGroup) -> list[str] | None:
        """Return the ids of the users of a group, None where the group does not exist any more.

        Large pages save calls; where Okta fails to make one, this and all further groups are read in small ones.
        """
        page = self._member_page
        try:
            return self._member_ids(group, page)
        except HttpError as error:
            if is_missing_object(error):
                return None
            if page == PAGE or (isinstance(error, HttpStatusError) and error.status < 500):
                raise
        self._member_page = PAGE
        return self._member_ids(group, PAGE)

    def _member_ids(self, group: OktaGroup, page: str) -> list[str]:
        rows = chain.from_iterable(self._client.pages(f"{GROUPS}/{group.id}/users", limit=page))
        return list({row["id"]: None for row in rows})
