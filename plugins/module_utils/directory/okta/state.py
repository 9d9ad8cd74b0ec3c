# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an incremental read of an org needs of the read before: all of it, because Okta tells only what changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.incremental import (
    FullReadNeededError,
    check_age,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.reader import OrgContent, OrgQuery
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.semantics import (
    DEPROVISIONED,
    OktaGroup,
    Person,
)

VERSION = 1
OVERLAP = timedelta(minutes=5)
"""Changes are read again for that long, because Okta does not promise to show them at once."""


@dataclass(frozen=True, slots=True)
class OrgRead:
    """A read: its content and its time by Okta's clock, and the time of the full read that it builds upon or is.

    ``full_read_because`` says why it is full, None for an incremental one.
    """

    content: OrgContent
    read_at: datetime
    full_read_at: datetime
    full_read_because: str | None = None

    @property
    def since(self) -> str:
        """The time after which changes are to be read, as Okta writes times."""
        return (self.read_at - OVERLAP).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def is_changed(self, group: OktaGroup) -> bool:
        """Say whether the members of the group have to be read."""
        known = self.content.members.get(group.id, ())
        return group.users_count != len(known) or group.membership_updated > self.since


def server_time(date: str) -> datetime:
    """Return the time in a Date header, our own where something on the way took it out."""
    try:
        return parsedate_to_datetime(date)
    except ValueError:
        return datetime.now(timezone.utc)


def save(read: OrgRead, origin: str, query: OrgQuery) -> dict[str, Any]:
    """Return a read as JSON-compatible values."""
    content = read.content
    places = {id_: place for place, id_ in enumerate(content.people)}
    members = {id_: [places[user] for user in ids if user in places] for id_, ids in content.members.items()}
    return {
        "version": VERSION,
        "query": _fingerprint(origin, query),
        "read_at": read.read_at.isoformat(),
        "full_read_at": read.full_read_at.isoformat(),
        "people": [astuple(person) for person in content.people.values()],
        "members": members,
    }


def load(state: Mapping[str, Any] | None, origin: str, query: OrgQuery, longest: timedelta) -> OrgRead:
    """Return the read that was saved; raises FullReadNeededError where it cannot be built upon.

    A full read must not be older than ``longest``, because users who are deleted for good leave no trace.
    """
    if not state or state.get("version") != VERSION or state.get("query") != _fingerprint(origin, query):
        raise FullReadNeededError("there is no saved state of this org and selection")
    try:
        people = [Person(*row) for row in state["people"]]
        members = {id_: [people[place].id for place in places] for id_, places in state["members"].items()}
        read_at, full_read_at = (datetime.fromisoformat(state[name]) for name in ("read_at", "full_read_at"))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise FullReadNeededError("the saved state is damaged") from error
    check_age(datetime.now(timezone.utc) - full_read_at, longest)
    return OrgRead(OrgContent({person.id: person for person in people}, [], dict(members)), read_at, full_read_at)


def is_consistent(content: OrgContent) -> bool:
    """Say whether as many people are known as Okta counts in the group Everyone; without that group nobody knows."""
    present = sum(person.status != DEPROVISIONED for person in content.people.values())
    return any(group.everyone and group.users_count == present for group in content.groups)


def _fingerprint(origin: str, query: OrgQuery) -> str:
    """Return what identifies the org and all that decides what is read from it."""
    parts = [origin, *(list(part) if isinstance(part, (list, tuple)) else part for part in astuple(query))]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
