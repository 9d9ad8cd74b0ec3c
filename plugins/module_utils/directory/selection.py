# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which users and groups of a source count: the options ``users`` and ``groups``, the same for every type of source.

A selection applies after nested groups were flattened, so that members of nested groups survive when the nested
groups themselves are not selected. Values compare without regard to case and outer blanks; regular expressions as they
are written.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.bwdc_filter import (
    BwdcFilter,
    Clause,
    Kind,
    parse_bwdc_filter,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.membership import bitset
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    DirectGroup,
    Reading,
    RecordWarning,
    UserStatus,
)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Texts to compare a value with: ``literals`` in lower case, and patterns to search it with."""

    literals: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.literals or self.patterns)

    def matches(self, value: str) -> bool:
        """Say whether the value equals a literal or fits a pattern."""
        value = value.strip()
        return value.lower() in self.literals or any(pattern.search(value) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class UserRules:
    """One include or exclude list of users: each user that fits any entry. ``groups`` are names, globs or ids.

    Where ``groups_exist``, an entry that fits no group is an error instead of a warning.
    """

    ids: Matcher = Matcher()
    emails: Matcher = Matcher()
    names: Matcher = Matcher()
    groups: tuple[str, ...] = ()
    groups_exist: bool = False

    def __bool__(self) -> bool:
        return bool(self.ids or self.emails or self.names or self.groups)


@dataclass(frozen=True, slots=True)
class GroupRules:
    """One include or exclude list of groups: each group that fits any entry."""

    ids: Matcher = Matcher()
    names: Matcher = Matcher()

    def __bool__(self) -> bool:
        return bool(self.ids or self.names)

    def match(self, group: DirectGroup) -> bool:
        """Say whether the group fits an entry."""
        return self.ids.matches(group.external_id) or self.names.matches(group.name)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a source contributes to the snapshot.

    Users and groups must pass each of their (include, exclude) filters: the structured options and the bwdc_filter.
    ``members_only`` drops active users outside the selected groups. ``user_query`` and ``group_query`` are what a
    bwdc_filter leaves to the directory itself. ``list_users`` and ``list_groups`` say whether they go into the snapshot
    at all.
    """

    source: str = ""
    user_filters: tuple[tuple[UserRules, UserRules], ...] = ()
    group_filters: tuple[tuple[GroupRules, GroupRules], ...] = ()
    members_only: bool = False
    user_query: str | None = None
    group_query: str | None = None
    list_users: bool = True
    list_groups: bool = True

    @property
    def needs_groups(self) -> bool:
        """Say whether the source's groups must be read, be it only to decide about users."""
        by_group = any(include.groups or exclude.groups for include, exclude in self.user_filters)
        return self.list_groups or by_group or self.members_only


@dataclass(frozen=True, slots=True)
class Selected:
    """The outcome: the bitset of the selected users, the positions of the selected groups, and what to tell."""

    users: int
    groups: tuple[int, ...]
    warnings: tuple[RecordWarning, ...] = ()


def selection_from(
    source_type: str, source: str, users: Mapping[str, Any], groups: Mapping[str, Any], prefix: str = ""
) -> Selection:
    """Return the selection of the source called ``source`` from its options ``users`` and ``groups``.

    Lists of ids may have them with ``prefix``, as the snapshot shows them, or without, as the directory does. Raises
    ConfigurationError for an invalid regular expression, a blank entry or an unreadable bwdc_filter.
    """
    bwdc_users = _bwdc_filter(source_type, "users", source, users)
    bwdc_groups = _bwdc_filter(source_type, "groups", source, groups)
    user_filters = [
        (_user_rules(users, "include", source, prefix), _user_rules(users, "exclude", source, prefix)),
        (_user_clauses(bwdc_users.clauses, "include"), _user_clauses(bwdc_users.clauses, "exclude")),
    ]
    group_filters = [
        (_group_rules(groups, "include", source, prefix), _group_rules(groups, "exclude", source, prefix)),
        (_group_clauses(bwdc_groups.clauses, "include"), _group_clauses(bwdc_groups.clauses, "exclude")),
    ]
    return Selection(
        source=source,
        user_filters=tuple((include, exclude) for include, exclude in user_filters if include or exclude),
        group_filters=tuple((include, exclude) for include, exclude in group_filters if include or exclude),
        members_only=bool(bwdc_groups.clauses),
        user_query=bwdc_users.query,
        group_query=bwdc_groups.query,
        list_users=users["read"],
        list_groups=groups["read"],
    )


def select(selection: Selection, reading: Reading, members: Sequence[int]) -> Selected:
    """Return what the selection leaves of a reading; ``members`` are the bitsets of its flattened groups.

    An include rule that cannot be judged because the directory lacks the value lets the user pass: somebody whose
    e-mail was emptied, or who was deleted and so lost all groups, is not the same as somebody who was never meant.
    Raises ConfigurationError for a group that must exist, and does not.
    """
    everybody = (1 << len(reading.users)) - 1
    users = everybody
    warnings: list[RecordWarning] = []
    for include, exclude in selection.user_filters:
        warnings += _unmatched(selection.source, reading.groups, {"include": include, "exclude": exclude})
        if include:
            users &= _matching_users(include, reading, members, unknown=True)
        if exclude:
            users &= ~_matching_users(exclude, reading, members, unknown=False)
    groups = [
        position
        for position, group in enumerate(reading.groups)
        if group.listed
        and all(
            (not include or include.match(group)) and not exclude.match(group)
            for include, exclude in selection.group_filters
        )
    ]
    if selection.members_only:
        # As in Directory Connector: whoever leaves is often disabled and taken out of all groups at once.
        kept = _with_status(reading, "disabled", "deleted")
        for position in groups:
            kept |= members[position]
        users &= kept
    return Selected(users, tuple(groups), tuple(warnings))


def _matching_users(rules: UserRules, reading: Reading, members: Sequence[int], *, unknown: bool) -> int:
    """Return the bitset of the users that fit any rule; ``unknown`` is the verdict where there is no value."""
    positions: list[int] = []
    users = reading.users
    if rules.ids:
        matches = rules.ids.matches
        positions += [n for n, user in enumerate(users) if matches(user.external_id)]
    if rules.emails:
        matches = rules.emails.matches
        positions += [n for n, user in enumerate(users) if (matches(user.email) if user.email else unknown)]
    if rules.names:
        matches = rules.names.matches
        positions += [n for n, user in enumerate(users) if (matches(user.name) if user.name else unknown)]
    found = bitset(positions, len(users))
    if rules.groups:
        for entry in rules.groups:
            for position in _referenced(entry, reading.groups):
                found |= members[position]
        if unknown:
            found |= _with_status(reading, "deleted")
    return found


def _referenced(entry: str, groups: Sequence[DirectGroup]) -> list[int]:
    """Return the positions of the groups whose id or name is ``entry``, or whose name fits it as a glob."""
    names = _matcher([entry])
    lowered = entry.lower()
    return [
        position
        for position, group in enumerate(groups)
        if group.external_id.lower() == lowered or names.matches(group.name)
    ]


def _unmatched(source: str, groups: Sequence[DirectGroup], sides: Mapping[str, UserRules]) -> list[RecordWarning]:
    """Return a warning for each group that user rules refer to in vain: it may have been renamed."""
    warnings = []
    for side, rules in sides.items():
        for entry in rules.groups:
            if _referenced(entry, groups):
                continue
            if rules.groups_exist:
                raise ConfigurationError(
                    f"users.bwdc_filter of the source {source} names the group {entry}, which was not found",
                    hint="Correct the object id or take it out; Directory Connector would have stopped, too",
                )
            message = f"no group fits this entry of users.{side}.groups"
            warnings.append(RecordWarning("group_unmatched", entry, message, source))
    return warnings


def _with_status(reading: Reading, *statuses: UserStatus) -> int:
    return bitset((n for n, user in enumerate(reading.users) if user.status in statuses), len(reading.users))


def _bwdc_filter(source_type: str, kind: Kind, source: str, options: Mapping[str, Any]) -> BwdcFilter:
    option = f"{kind}.bwdc_filter of the source {source}"
    return parse_bwdc_filter(source_type, kind, options.get("bwdc_filter") or "", option)


def _user_rules(options: Mapping[str, Any], side: str, source: str, prefix: str) -> UserRules:
    rules = _Entries(options.get(side) or {}, f"users.{side}", source)
    return UserRules(
        ids=rules.ids(prefix),
        emails=rules.matcher("emails", "email_regex"),
        names=rules.matcher("names", "name_regex"),
        groups=rules.texts("groups"),
    )


def _group_rules(options: Mapping[str, Any], side: str, source: str, prefix: str) -> GroupRules:
    rules = _Entries(options.get(side) or {}, f"groups.{side}", source)
    return GroupRules(ids=rules.ids(prefix), names=rules.matcher("names", "name_regex"))


def _user_clauses(clauses: Iterable[Clause], side: str) -> UserRules:
    """Return what the clauses of a bwdc_filter say about e-mails and groups."""
    emails, groups = _values(clauses, side), _values(clauses, f"{side}group")
    return UserRules(emails=Matcher(frozenset(emails)), groups=tuple(groups), groups_exist=True)


def _group_clauses(clauses: Iterable[Clause], side: str) -> GroupRules:
    return GroupRules(names=Matcher(frozenset(_values(clauses, side))))


def _values(clauses: Iterable[Clause], keyword: str) -> list[str]:
    return [value for clause in clauses if clause.keyword == keyword for value in clause.values]


@dataclass(frozen=True, slots=True)
class _Entries:
    """The lists of one include or exclude block, checked; ``where`` and ``source`` name it in errors."""

    options: Mapping[str, Any]
    where: str
    source: str

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the entries of one list; raises ConfigurationError for a blank one."""
        entries = tuple(str(entry).strip() for entry in self.options.get(name) or ())
        if "" in entries:
            raise ConfigurationError(f"{self.where}.{name} of the source {self.source} has a blank entry")
        return entries

    def ids(self, prefix: str) -> Matcher:
        return Matcher(frozenset(entry.removeprefix(prefix).lower() for entry in self.texts("ids")))

    def matcher(self, globs: str, expressions: str) -> Matcher:
        """Return what a list of globs and one of regular expressions say together."""
        return _matcher(self.texts(globs), [self.compiled(expressions, entry) for entry in self.texts(expressions)])

    def compiled(self, name: str, expression: str) -> re.Pattern[str]:
        try:
            return re.compile(expression)
        except (re.error, RecursionError, OverflowError) as error:
            raise ConfigurationError(
                f"{self.where}.{name} of the source {self.source} has the invalid expression {expression!r}: {error}",
                hint="Give regular expressions as Python's re module knows them",
            ) from error


def _matcher(globs: Iterable[str], expressions: Iterable[re.Pattern[str]] = ()) -> Matcher:
    """Return a matcher of globs (with ``*``, ``?``, ``[...]``) and regular expressions."""
    literals = []
    patterns = list(expressions)
    for glob in globs:
        if any(char in glob for char in "*?["):
            patterns.append(re.compile(r"\A" + fnmatch.translate(glob), re.IGNORECASE))
        else:
            literals.append(glob.lower())
    return Matcher(frozenset(literals), tuple(patterns))
