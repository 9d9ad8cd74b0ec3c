# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The members of groups as a run read them, for later runs that have nothing to do; a small private file.

It only lets a run find that there is nothing to do: whoever plans an action from it reads everything and plans again.
Whatever leaves a doubt about what it holds means that everything is read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import Memberships, events_since
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import write_private
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.private_json import PrivateFormat
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import PRODUCT
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Event, Member

FILE = PrivateFormat(
    "membership cache",
    f"{PRODUCT}/membership-cache",
    version=1,
    hint="Give each organization a membership_cache of its own, or remove this file to have everything read",
    disposable=True,
)

SLACK = timedelta(hours=1)
"""How far the server's clock may be behind ours."""
MOST_HOURS = 168
"""A week: well within the time that the event log shows."""
MOST_EVENTS = 5000
"""A log with more entries takes long to read itself."""
ABOUT_GROUPS_AND_MEMBERS = range(1400, 1600)
"""The types of all events that change who is in a group, and of others about groups and members."""

Entry = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a run read that began at ``time`` (aware), and what the event log held just before it read the groups."""

    time: datetime
    memberships: Memberships
    entries: tuple[Entry, ...]


class MembershipCache:
    """The cache as the run that begins ``now`` uses it; without ``path`` it neither knows nor keeps anything.

    Raises ConfigurationError for a file that is no cache of this organization, so that no other file is lost.
    """

    def __init__(self, path: Path | None, organization: str, hours: int, now: datetime) -> None:
        self.hit = False
        self._path = path
        self._organization = organization
        self._hours = hours
        self._now = now
        self._kept = _read(path, organization) if path else None
        self._groups: Collection[str] = ()
        self._entries: tuple[Entry, ...] | None = None

    def recall(self, client: BitwardenClient, members: Sequence[Member], groups: Collection[str]) -> Memberships:
        """Return the members of all these groups, or nothing where there is a doubt about any of them.

        It is called before groups are read: a change that comes between the log and the groups then is one more doubt.
        """
        if self._path is None or not groups:
            return {}
        self._groups = groups
        kept = self._kept
        if kept and self._is_young(kept) and _covers(kept, members, groups):
            self.hit = self._log(client, kept.time) == kept.entries
            if self.hit:
                return {group: kept.memberships[group] for group in groups}
        self._entries = self._log(client, self._now)
        return {}

    def distrust(self) -> None:
        """Have everything read from now on."""
        self._kept, self.hit = None, False

    def keep(self, memberships: Memberships, *, unchanged: bool) -> None:
        """Keep what this run read, or forget everything where it is about to change something (not ``unchanged``).

        It is called before anything is written. Raises ConfigurationError where the file cannot be written.
        """
        if self._path is None or (unchanged and (self.hit or not self._groups)):
            return
        if not unchanged or self._entries is None:
            _forget(self._path)
            return
        content = {
            **FILE.header(self._organization),
            "time": self._now.isoformat(),
            "entries": self._entries,
            "memberships": {group: sorted(memberships[group]) for group in self._groups if group in memberships},
        }
        write_private(self._path, [json.dumps(content).encode() + b"\n"])

    def _is_young(self, kept: _Kept) -> bool:
        age = (self._now - kept.time).total_seconds()
        return 0 <= age < min(self._hours, MOST_HOURS) * 3600

    def _log(self, client: BitwardenClient, time: datetime) -> tuple[Entry, ...] | None:
        """Return what happened to groups and members since shortly before ``time``, None where nobody can tell."""
        try:
            events = events_since(client, time - SLACK, self._now, MOST_EVENTS)
        except BitwardenError:
            return None
        if events is None:
            return None
        return tuple(sorted((_entry(event) for event in events if event.type in ABOUT_GROUPS_AND_MEMBERS), key=repr))


def _covers(kept: _Kept, members: Sequence[Member], groups: Collection[str]) -> bool:
    """Say whether the members of all groups are known, and all of them still are members of the organization."""
    present = {member.id for member in members}
    return all(group in kept.memberships and kept.memberships[group] <= present for group in groups)


def _entry(event: Event) -> Entry:
    return event.type, event.date, event.group_id, event.member_id, event.acting_user_id


def _read(path: Path, organization: str) -> _Kept | None:
    """Return what the file holds, None where there is none, or one that this version cannot use."""
    content = FILE.read(path, organization)
    if content is None:
        return None
    try:
        time = datetime.fromisoformat(content["time"])
        memberships = {group: frozenset(members) for group, members in content["memberships"].items()}
        entries = tuple(tuple(entry) for entry in content["entries"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return _Kept(time, memberships, entries) if time.tzinfo else None


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise FILE.unusable(path, f"it cannot be removed: {error}") from error
