# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider of sources of type ``okta``."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import HttpError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.incremental import (
    FullReadNeededError,
    read_details,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta import state
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.client import (
    GROUPS,
    USERS,
    OktaClient,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.errors import ROLE_HINT, directory_error
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.reader import (
    OrgContent,
    OrgQuery,
    OrgReader,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.semantics import (
    DEPROVISIONED,
    group_from,
    person_from,
    user_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    DirectGroup,
    Reading,
    RecordWarning,
    User,
)

SAMPLES = 3


class OktaProvider:
    """Reads people and groups from an Okta org."""

    def __init__(
        self,
        name: str,
        options: Mapping[str, Any],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = name
        self._options = options
        self._clock = clock
        self._sleep = sleep
        self._query = OrgQuery(
            user_filter=_both(options["user_filter"], options.get("user_query")),
            group_filter=_both(options["group_filter"], options.get("group_query")),
            group_types=tuple(options["group_types"]),
            email_attributes=tuple(options["email_attributes"]),
            deprovisioned=options["deprovisioned"],
            groups=options.get("read_groups", True),
        )
        # Only the group Everyone tells whether all changes were seen, and only where nothing is filtered out.
        unfiltered = self._query.groups and not self._query.user_filter and not self._query.group_filter
        self._incremental = options["incremental"] and unfiltered
        self._open().close()

    def read(self, previous: Mapping[str, Any] | None = None) -> Reading:
        """Return all users and groups; raises DirectoryError where they cannot be read completely."""
        with self._connection() as client:
            read = self._read(client, previous)
            users = self._users(read.content)
            statistics = client.statistics
            return Reading(
                users=users,
                groups=self._groups(read.content, users),
                warnings=self._warnings(client.origin, read.content),
                server=client.origin,
                details={
                    "authentication": client.authentication.kind,
                    **(read_details(read.full_read_because) if self._options["incremental"] else {}),
                    "calls": statistics.calls,
                    "retries": statistics.retries,
                    "waited_seconds": round(statistics.waited_seconds, 1),
                    "statuses": dict(Counter(sorted(person.status for person in read.content.people.values()))),
                },
                state=state.save(read, client.origin, self._query) if self._incremental else None,
            )

    def probe(self) -> Mapping[str, Any]:
        """Return the org, how the sign-in works, how many users it has, and the first of its users and groups."""
        with self._connection() as client:
            params = {"filter": self._query.user_filter} if self._query.user_filter else {}
            rows = next(client.pages(USERS, limit=str(SAMPLES), **params))
            people = [person_from(row, self._query.email_attributes) for row in rows]
            result: dict[str, Any] = {
                "server": client.origin,
                "authentication": client.authentication.kind,
                "sample_users": [
                    {"external_id": person.id, "email": person.email, "name": person.name, "status": person.status}
                    for person in people
                ],
            }
            if self._query.groups:
                built_in = next(client.pages(GROUPS, filter='type eq "BUILT_IN"', expand="stats"))
                everyone = [group for group in map(group_from, built_in) if group.everyone]
                result["users"] = everyone[0].users_count if everyone else None
                result["sample_groups"] = [
                    group_from(row).name for row in next(client.pages(GROUPS, limit=str(SAMPLES)))
                ]
                result["sees_everyone"] = bool(everyone)
            return result

    def _open(self) -> OktaClient:
        return OktaClient({**self._options, "read_groups": self._query.groups}, clock=self._clock, sleep=self._sleep)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[OktaClient]:
        client = self._open()
        try:
            yield client
        except HttpError as error:
            filters = {"users": self._query.user_filter, "groups": self._query.group_filter}
            raise directory_error(error, filters) from error
        finally:
            client.close()

    def _read(self, client: OktaClient, previous: Mapping[str, Any] | None) -> state.OrgRead:
        """Return what changed put into what was known, or everything read anew where that is not sure to be right."""
        reader = OrgReader(client, self._query)
        try:
            return self._read_changes(reader, client, previous)
        except FullReadNeededError as doubt:
            reason = str(doubt)
        content = reader.read()
        read_at = state.server_time(client.server_date)
        return state.OrgRead(content, read_at, full_read_at=read_at, full_read_because=reason)

    def _read_changes(self, reader: OrgReader, client: OktaClient, previous: Mapping[str, Any] | None) -> state.OrgRead:
        if not self._incremental:
            raise FullReadNeededError("only a part of the org is read, so that nothing tells whether all changes came")
        longest = timedelta(hours=self._options["full_read_hours"])
        known = state.load(previous, client.origin, self._query, longest)
        reader.read_changes(known.content, known.since, known.is_changed)
        if not state.is_consistent(known.content):
            raise FullReadNeededError("the changes do not lead to the number of users that Okta counts")
        return replace(known, read_at=state.server_time(client.server_date), full_read_because=None)

    def _users(self, content: OrgContent) -> list[User]:
        users = (user_from(person, self._options["statuses"], self._name) for person in content.people.values())
        return [user for user in users if user]

    def _groups(self, content: OrgContent, users: Sequence[User]) -> list[DirectGroup]:
        """Return the groups; the members of Everyone are not asked for, because everybody not deprovisioned is one."""
        places = {user.external_id: place for place, user in enumerate(users)}
        present = [place for id_, place in places.items() if content.people[id_].status != DEPROVISIONED]
        groups = []
        for group in content.groups:
            if group.everyone:
                members = present
            else:
                members = [places[id_] for id_ in content.members.get(group.id, ()) if id_ in places]
            if group.type in self._query.group_types:
                groups.append(DirectGroup(group.id, group.name, members))
        return groups

    def _warnings(self, origin: str, content: OrgContent) -> list[RecordWarning]:
        """Return what the operator should know about the rights of the credentials and about odd records."""
        warnings = [
            self._warning("group_vanished", group.id, f"the group {group.name} was deleted during the read")
            for group in content.vanished
        ]
        warnings += [
            self._warning("status_unknown", person.id, f"the Okta status {person.status} is unknown, taken as active")
            for person in content.people.values()
            if person.status.lower() not in self._options["statuses"]
        ]
        for group in content.groups:
            read = len(content.members.get(group.id, ()))
            if not group.everyone and group.users_count is not None and read < group.users_count:
                message = f"Okta counts {group.users_count} users in the group {group.name}, but lists {read}"
                warnings.append(self._warning("members_hidden", group.id, message))
        return warnings + self._visibility_warnings(origin, content)

    def _visibility_warnings(self, origin: str, content: OrgContent) -> list[RecordWarning]:
        """Return a warning where the credentials see only some users, which Okta does not say."""
        if not self._query.groups or self._query.group_filter:
            return []
        everyone = next((group for group in content.groups if group.everyone), None)
        if everyone is None:
            message = f"the group Everyone is not visible, so some users and groups are probably hidden. {ROLE_HINT}"
            return [self._warning("directory_partly_visible", origin, message)]
        read = sum(person.status != DEPROVISIONED for person in content.people.values())
        if self._query.user_filter or everyone.users_count is None or read >= everyone.users_count:
            return []
        message = f"Okta counts {everyone.users_count} users, but lists {read}. {ROLE_HINT}"
        return [self._warning("directory_partly_visible", origin, message)]

    def _warning(self, code: str, record: str, message: str) -> RecordWarning:
        return RecordWarning(code, record, message, self._name)


def _both(own: str | None, query: str | None) -> str | None:
    """Return a filter that holds where both do."""
    if own and query:
        return f"({own}) and ({query})"
    return own or query
