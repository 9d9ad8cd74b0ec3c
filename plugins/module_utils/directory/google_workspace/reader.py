# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads one account with as few and as parallel calls as the Directory API allows.

The listings of users are chains of pages and take longest, so they start first; the members of the groups on each page
are read as soon as it has arrived. There is no way to read changes only.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.client import (
    DirectoryClient,
    Row,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.throttling import WORKERS


@dataclass(frozen=True, slots=True)
class Extent:
    """What to read: users that fit any of ``user_queries`` (None: all), groups that fit ``group_query``, or none.

    ``partial_groups`` says that the listed groups may not be all of the account, so that nested groups may have to be
    read that are not listed; with ``derived_membership`` Google resolves them where that takes fewer calls.
    """

    user_queries: tuple[str | None, ...] = (None,)
    group_query: str | None = None
    read_groups: bool = True
    partial_groups: bool = False
    derived_membership: bool = False


@dataclass(slots=True)
class Rows:
    """What was read, as it came; ``members`` by group id, also of groups that are not among ``groups``.

    ``vanished`` are listed groups that no longer existed when their members were asked for.
    """

    users: list[Row] = field(default_factory=list)
    deleted: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    members: dict[str, list[Row]] = field(default_factory=dict)
    vanished: list[Row] = field(default_factory=list)


def read_rows(client: DirectoryClient, extent: Extent) -> Rows:
    """Return everything in the extent; the first error ends the reading, and what was read is gone."""
    with ThreadPoolExecutor(WORKERS) as executor:
        return _Reader(client, executor).read(extent)


class _Reader:
    """One reading; its threads stop at the first error, between two calls."""

    def __init__(self, client: DirectoryClient, executor: ThreadPoolExecutor) -> None:
        self._client = client
        self._executor = executor
        self._stopped = threading.Event()
        self._rows = Rows()

    def read(self, extent: Extent) -> Rows:
        try:
            self._read_all(extent)
            if extent.partial_groups:
                if extent.derived_membership:
                    self._read_derived()
                self._read_nested()
        except BaseException:
            self._stopped.set()
            raise
        return self._rows

    def _read_all(self, extent: Extent) -> None:
        rows = self._rows
        chains = [self._client.users(query) for query in extent.user_queries]
        users = [self._executor.submit(self._chain, chain) for chain in chains]
        deleted = self._executor.submit(self._chain, self._client.deleted_users())
        members: dict[str, Future[list[Row] | None]] = {}
        if extent.read_groups:
            for group in _each_once(self._client.groups(extent.group_query)):
                rows.groups.append(group)
                members[group["id"]] = self._members(group["id"])
        _finish([*users, deleted, *members.values()])
        rows.users = [row for future in users for row in future.result()]
        rows.deleted = deleted.result()
        for group in rows.groups:
            found = members[group["id"]].result()
            if found is None:
                rows.vanished.append(group)
            else:
                rows.members[group["id"]] = found

    def _read_nested(self) -> None:
        """Read the nested groups that are not listed, level by level; those of other accounts cannot be read."""
        known = self._rows.members
        foreign: set[str] = set()
        while unread := sorted(_nested(known.values()) - known.keys() - foreign):
            futures = {group: self._members(group, foreign=True) for group in unread}
            _finish(futures.values())
            for group, future in futures.items():
                found = future.result()
                if found is None:
                    foreign.add(group)
                else:
                    known[group] = found

    def _read_derived(self) -> None:
        """Let Google resolve nested groups that are not listed, where that takes fewer calls.

        Google was seen to leave out members then, even direct ones (https://github.com/GAM-team/GAM/issues/1210), and
        to fail for large groups. An answer without all direct members does not count; the nested groups of that group
        are read one by one.
        """
        known = self._rows.members
        parents = {group: rows for group, rows in known.items() if _nested([rows]) - known.keys()}
        if len(parents) >= len(_nested(parents.values()) - known.keys()):
            return
        futures = {group: self._members(group, derived=True) for group in parents}
        wait(futures.values())
        for group, future in futures.items():
            error = future.exception()
            if error is not None and not isinstance(error, DirectoryError):
                raise error
            derived = (future.result() if error is None else None) or []
            if _ids(derived) >= _ids(parents[group]):
                known[group] = [row for row in derived if row.get("type") != "GROUP" or row["id"] in known]

    def _members(self, group: str, **options: bool) -> Future[list[Row] | None]:
        return self._executor.submit(self._unless_stopped, self._client.members, group, **options)

    def _unless_stopped(self, function: Any, *arguments: Any, **options: Any) -> Any:
        if self._stopped.is_set():
            raise CancelledError
        return function(*arguments, **options)

    def _chain(self, pages: Iterator[list[Row]]) -> list[Row]:
        rows: list[Row] = []
        while (page := self._unless_stopped(next, pages, None)) is not None:
            rows += page
        return rows


def _nested(members: Iterable[list[Row]]) -> set[str]:
    """Return the ids of all groups that are members."""
    return {row["id"] for rows in members for row in rows if row.get("type") == "GROUP"}


def _ids(rows: Iterable[Row]) -> set[str]:
    return {row["id"] for row in rows}


def _each_once(pages: Iterable[list[Row]]) -> Iterator[Row]:
    seen: set[str] = set()
    for page in pages:
        for row in page:
            if row["id"] not in seen:
                seen.add(row["id"])
                yield row


def _finish(futures: Collection[Future[Any]]) -> None:
    """Wait for all, or raise the first error as soon as it happens."""
    done, _pending = wait(futures, return_when=FIRST_EXCEPTION)
    for future in done:
        future.result()
