# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading only what changed: the entries of the last read, brought up to date where a server tells what changed.

What is remembered are entries as the server sent them. Everything that follows from them, such as whether an account
has expired by now and who is in which group, is worked out anew, by the same code as in a full read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.incremental import (
    FullReadNeededError,
    check_age,
    read_details,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Search, Searcher
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.wire import Entry
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading

_VERSION = 1

Entries = list[Entry]
Update = Callable[[Search, Entries], Entries]
"""Brings the remembered entries of a search up to date."""


class ChangeTracker(Protocol):
    """Knows how a kind of server tells what changed."""

    def marker(self) -> Mapping[str, Any]:
        """Return the present state of the server as JSON-compatible values, to be taken before anything is read.

        Raises FullReadNeededError where the server, or what is read from it, does not allow to tell changes later.
        """

    def changes_between(self, earlier: Mapping[str, Any], present: Mapping[str, Any]) -> Update:
        """Return what brings entries of the time of an earlier marker up to date; raises FullReadNeededError."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The entries of the last read by search, the server's state before it, and the time of the last full read."""

    marker: Mapping[str, Any]
    full_read_at: datetime
    searches: Mapping[str, Entries]

    def save(self) -> dict[str, Any]:
        """Return the memory as JSON-compatible values; octets stand as the characters with the same numbers."""
        return {
            "version": _VERSION,
            "marker": dict(self.marker),
            "full_read_at": self.full_read_at.isoformat(),
            "searches": {
                key: [
                    [_text(dn), [values and [_text(value) for value in values] for values in row]] for dn, row in found
                ]
                for key, found in self.searches.items()
            },
        }


def load_memory(state: Mapping[str, Any] | None) -> Memory | None:
    """Return the memory that was saved, None where there is none or it is damaged."""
    if not state or state.get("version") != _VERSION:
        return None
    try:
        searches: dict[str, Entries] = {
            key: [
                (_octets(dn), [values and [_octets(value) for value in values] for values in row]) for dn, row in found
            ]
            for key, found in state["searches"].items()
        }
        return Memory(dict(state["marker"]), datetime.fromisoformat(state["full_read_at"]), searches)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _text(octets: bytes) -> str:
    return octets.decode("latin-1")


def _octets(text: str) -> bytes:
    return text.encode("latin-1")


class _Recorder:
    """Searches, and keeps what was found."""

    def __init__(self, searcher: Searcher) -> None:
        self.searches: dict[str, Entries] = {}
        self._searcher = searcher

    def read(self, search: Search) -> Iterator[Entries]:
        """Yield all entries, some at a time."""
        found: Entries = []
        for batch in self._searcher.read(search):
            found += batch
            yield batch
        self.searches[_key(search)] = found


class _Rememberer:
    """Answers searches from memory, brought up to date."""

    def __init__(self, memory: Memory, update: Update) -> None:
        self.searches: dict[str, Entries] = {}
        self._memory = memory
        self._update = update

    def read(self, search: Search) -> Iterator[Entries]:
        """Yield all entries; raises FullReadNeededError for a search that is not remembered."""
        key = _key(search)
        if key not in self._memory.searches:
            raise FullReadNeededError("the last read searched for something else")
        self.searches[key] = self._update(search, self._memory.searches[key])
        yield self.searches[key]


def _key(search: Search) -> str:
    """Return what identifies a search with all that decides about its result."""
    controls = b"".join(control.encode() for control in search.controls)
    return hashlib.sha256(search.encode() + controls).hexdigest()


def read_incrementally(
    searcher: Searcher,
    tracker: ChangeTracker,
    previous: Mapping[str, Any] | None,
    longest: timedelta,
    read: Callable[[Searcher], Reading],
) -> Reading:
    """Return what ``read`` makes of the entries, remembered ones where that is sure to be the same as reading anew.

    ``previous`` is the state of the last reading. A full read is made whenever in doubt, and at the latest ``longest``
    after the last one. ``details`` says which it was, and why.
    """
    now = datetime.now(timezone.utc)
    try:
        marker = tracker.marker()
    except FullReadNeededError as doubt:
        return _with_details(read(searcher), str(doubt))
    try:
        memory = _usable(load_memory(previous), now, longest)
        remembered = _Rememberer(memory, tracker.changes_between(memory.marker, marker))
        reading = _with_details(read(remembered), None)
        return replace(reading, state=Memory(marker, memory.full_read_at, remembered.searches).save())
    except FullReadNeededError as doubt:
        reason = str(doubt)
    recorder = _Recorder(searcher)
    reading = _with_details(read(recorder), reason)
    return replace(reading, state=Memory(marker, now, recorder.searches).save())


def _usable(memory: Memory | None, now: datetime, longest: timedelta) -> Memory:
    if memory is None:
        raise FullReadNeededError("there is nothing to build upon")
    check_age(now - memory.full_read_at, longest)
    return memory


def _with_details(reading: Reading, full_read_because: str | None) -> Reading:
    return replace(reading, details={**reading.details, **read_details(full_read_because)})
