# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider of sources of type ``onelogin``."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    HttpError,
    HttpStatusError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import EmailRule
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.client import (
    WORKERS,
    OneLoginClient,
    Row,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.errors import directory_error
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.memberships import (
    Membership,
    group_memberships,
    role_memberships,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.parameters import (
    ROLE_PARAMETERS,
    USER_PARAMETERS,
    parameters,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.semantics import (
    STATUSES,
    Meaning,
    is_known,
    user_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.parallel import map_concurrently
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    DirectGroup,
    Reading,
    RecordWarning,
    User,
)

USERS, ROLES, GROUPS = "/api/2/users", "/api/2/roles", "/api/1/groups"
USER_FIELDS = "id,email,username,firstname,lastname,status,state,group_id,role_ids"
ROLE_FIELDS = "id,name,users"
USER_PAGE, ROLE_PAGE, MEMBER_PAGE = 1000, 650, 100
SAMPLES = 3


class OneLoginProvider:
    """Reads people and roles, or groups, from a OneLogin account."""

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
        self._meaning = Meaning(options["statuses"], options["states"], EmailRule(options["email_suffix"] or ""))
        self._user_params = parameters(
            "user_parameters", options["user_parameters"], options.get("user_query"), USER_PARAMETERS, custom=True
        )
        self._role_params = parameters(
            "role_parameters", options["role_parameters"], options.get("group_query"), ROLE_PARAMETERS
        )
        if self._role_params and options["groups_from"] == "groups":
            raise ConfigurationError(
                f"The source {name} has parameters for roles, but takes its groups from OneLogin's groups",
                hint="Select groups by name or id in groups.include and groups.exclude",
            )
        self._open().close()

    def read(self, previous: Mapping[str, Any] | None = None) -> Reading:
        """Return all users and groups; every read is a full one. Raises DirectoryError where it is not complete."""
        with self._connection() as client:
            rows, groups = self._rows_and_groups(client)
            memberships = self._memberships(client, rows, groups) if groups is not None else []
            users = [user for row in rows if (user := user_from(row, self._meaning, self._name))]
            statistics = client.statistics
            return Reading(
                users=users,
                groups=self._groups(memberships, users),
                warnings=self._warnings(rows),
                server=client.origin,
                details={
                    "groups_from": self._options["groups_from"],
                    "calls": statistics.calls,
                    "retries": statistics.retries,
                    "waited_seconds": round(statistics.waited_seconds, 1),
                    "statuses": dict(Counter(sorted(STATUSES.get(row["status"], str(row["status"])) for row in rows))),
                },
            )

    def probe(self) -> Mapping[str, Any]:
        """Return the account, how many users and roles it has, and the first of them."""
        with self._connection() as client:
            rows, users = client.sample(USERS, SAMPLES, fields=USER_FIELDS, **self._user_params)
            people = [user for row in rows if (user := user_from(row, self._meaning, self._name))]
            result: dict[str, Any] = {
                "server": client.origin,
                "users": users,
                "sample_users": [
                    {"external_id": user.external_id, "email": user.email, "name": user.name, "status": user.status}
                    for user in people
                ],
            }
            if self._options.get("read_groups", True):
                roles, count = client.sample(ROLES, SAMPLES, fields="id,name", **self._role_params)
                result.update(roles=count, sample_roles=[role.get("name") for role in roles])
            return result

    def _open(self) -> OneLoginClient:
        return OneLoginClient(self._options, clock=self._clock, sleep=self._sleep)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[OneLoginClient]:
        client = self._open()
        try:
            yield client
        except HttpError as error:
            raise directory_error(error) from error
        finally:
            client.close()

    def _rows_and_groups(self, client: OneLoginClient) -> tuple[list[Row], list[Row] | None]:
        """Return the users and the roles or groups as listed, read beside each other; None where nobody asks."""

        def read_users() -> list[Row]:
            return client.rows(USERS, USER_PAGE, fields=USER_FIELDS, **self._user_params)

        def read_groups() -> list[Row] | None:
            if not self._options.get("read_groups", True):
                return None
            if self._options["groups_from"] == "groups":
                return client.rows_by_cursor(GROUPS)
            return client.rows(ROLES, ROLE_PAGE, fields=ROLE_FIELDS, **self._role_params)

        tasks: list[Callable[[], list[Row] | None]] = [read_users, read_groups]
        users, groups = map_concurrently(lambda task: task(), tasks, len(tasks))
        return users or [], groups

    def _memberships(self, client: OneLoginClient, users: Sequence[Row], groups: Sequence[Row]) -> list[Membership]:
        if self._options["groups_from"] == "groups":
            return group_memberships(groups, users)

        def users_of(role: int) -> frozenset[int] | None:
            try:
                return frozenset(row["id"] for row in client.rows(f"{ROLES}/{role}/users", MEMBER_PAGE))
            except HttpStatusError as error:
                if error.status == 404:
                    return None
                raise

        return role_memberships(groups, users, lambda roles: map_concurrently(users_of, roles, WORKERS))

    def _groups(self, memberships: Sequence[Membership], users: Sequence[User]) -> list[DirectGroup]:
        places = {int(user.external_id): place for place, user in enumerate(users)}
        return [
            DirectGroup(str(group.id), group.name, [places[id_] for id_ in sorted(group.users) if id_ in places])
            for group in memberships
        ]

    def _warnings(self, rows: Sequence[Row]) -> list[RecordWarning]:
        return [
            RecordWarning(
                "status_unknown",
                str(row["id"]),
                f"OneLogin status {row['status']} or state {row['state']} is unknown, taken as active",
                self._name,
            )
            for row in rows
            if not is_known(row)
        ]
