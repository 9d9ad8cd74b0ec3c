# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exclusion: records of both sides that are treated as if they did not exist. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Organization

T = TypeVar("T")
Tie = tuple[str, str]
"""What ties a record of one side to one of the other: a kind of value, and the value."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Globs, compared in lower case; ``external_ids`` are those in the organization, ``groups`` are names or ids."""

    emails: tuple[re.Pattern[str], ...] = ()
    external_ids: tuple[re.Pattern[str], ...] = ()
    groups: tuple[re.Pattern[str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.emails or self.external_ids or self.groups)


def without_excluded(
    snapshot: Snapshot, organization: Organization, exclusion: Exclusion, external_id: Callable[[str], str]
) -> tuple[Snapshot, Organization]:
    """Return both without whatever is excluded; ``external_id`` turns that of the directory into the organization's.

    Whoever is tied to an excluded record, by external id or e-mail (groups: by name), is excluded as well: otherwise
    the counterpart on the other side would look new, or absent.
    """
    if not exclusion:
        return snapshot, organization
    users = [(user, _ties(external_id(user.external_id), user.email)) for user in snapshot.users]
    members = [(member, _ties(member.external_id, member.email)) for member in organization.members]
    people = {"key": exclusion.external_ids, "email": exclusion.emails}
    hidden = _hidden([ties for _record, ties in (*users, *members)], people)
    teams = [(group, _group_ties(external_id(group.external_id), group.name)) for group in snapshot.groups]
    groups = [(group, _group_ties(group.external_id, group.name, group.id)) for group in organization.groups]
    names = {"key": exclusion.external_ids, "name": exclusion.groups, "id": exclusion.groups}
    away = _hidden([ties for _record, ties in (*teams, *groups)], names)
    return (
        replace(snapshot, users=_kept(users, hidden), groups=_kept(teams, away)),
        replace(organization, members=_kept(members, hidden), groups=_kept(groups, away)),
    )


def _hidden(records: Sequence[frozenset[Tie]], patterns: Mapping[str, Sequence[re.Pattern[str]]]) -> set[Tie]:
    """Return the ties of all records that fit a pattern, and of those that are tied to them."""
    hidden: set[Tie] = set()
    for ties in records:
        if any(fits(patterns[kind], value) for kind, value in ties):
            hidden |= ties
    size = 0
    while len(hidden) > size:
        size = len(hidden)
        for ties in records:
            if not ties.isdisjoint(hidden):
                hidden |= ties
    return hidden


def _kept(records: Sequence[tuple[T, frozenset[Tie]]], hidden: set[Tie]) -> tuple[T, ...]:
    return tuple(record for record, ties in records if ties.isdisjoint(hidden))


def _ties(external_id: str | None, email: str | None) -> frozenset[Tie]:
    pairs = (("key", external_id), ("email", email))
    return frozenset((kind, value) for kind, value in pairs if value)


def _group_ties(external_id: str | None, name: str, id_: str | None = None) -> frozenset[Tie]:
    pairs = (("key", external_id), ("name", name), ("id", id_))
    return frozenset((kind, value) for kind, value in pairs if value)


def fits(patterns: Iterable[re.Pattern[str]], *values: str) -> bool:
    """Say whether any of the values, in lower case, fits any of the patterns."""
    return any(pattern.fullmatch(value.lower()) for pattern in patterns for value in values)
