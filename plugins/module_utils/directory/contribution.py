# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the reading of one source to its contribution: flattened, selected, and fit for Bitwarden.

What Bitwarden would refuse is repaired or emptied and reported, but hardly ever left out: whoever is missing in a
snapshot counts as absent and loses access. So a user with an unusable e-mail stays without e-mail, a name that is too
long is cut, and an external id that is too long is replaced by its hash, which is as stable as the id itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import LONGEST_EMAIL, email_problem
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.membership import Listing, flatten
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.selection import Selection, select
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    DirectGroup,
    Group,
    Reading,
    RecordWarning,
    User,
)

LONGEST_EXTERNAL_ID = 300
LONGEST_GROUP_NAME = 100
CONFLICT_CODES = frozenset({"email_conflict", "external_id_conflict"})

_STATUS_RANK = {"active": 0, "disabled": 1, "deleted": 2}


@dataclass(frozen=True, slots=True)
class SourceIdentity:
    """What a snapshot says about a source beside its counts; ``read_at`` is in UTC, ISO 8601.

    ``external_id_prefix`` begins the external ids of all its users and groups in the snapshot.
    """

    name: str
    type: str
    read_at: str
    external_id_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one source adds to a snapshot: users and groups with unique external ids, users sorted by them.

    Without ``lists_users`` the users only explain the memberships of the groups.
    """

    source: SourceIdentity
    users: Sequence[User]
    groups: Sequence[Group]
    warnings: Sequence[RecordWarning] = ()
    lists_users: bool = True
    server: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] | None = None


def contribution_from(
    source: SourceIdentity, reading: Reading, selection: Selection, *, allow_empty: bool = False
) -> Contribution:
    """Return what remains of a reading.

    Raises IncompleteReadError where there are no users, or none remains: an account that may see nothing and a
    mistyped filter look just like a directory that everybody left. ``allow_empty`` says that this is meant.
    """
    warnings = list(reading.warnings)
    ordered = _in_order(reading, source.name, warnings)
    members = flatten(ordered)
    selected = select(selection, ordered, members)
    warnings += selected.warnings
    if not selected.users and not allow_empty:
        raise _nobody_left(source.name, len(ordered.users))
    users = _with_usable_emails(Listing(ordered.users).of(selected.users), warnings)
    groups: list[Group] = []
    if selection.list_groups:
        ids = Listing([user.external_id for user in ordered.users])
        merged = _groups(ordered.groups, selected.groups, members, source.name, warnings)
        groups = [replace(group, members=ids.of(bits & selected.users)) for group, bits in merged]
    if source.external_id_prefix:
        users, groups = _under_prefix(source.external_id_prefix, users, groups)
    return Contribution(
        source=source,
        users=users,
        groups=groups,
        warnings=warnings,
        lists_users=selection.list_users,
        server=reading.server,
        details=reading.details,
        state=reading.state,
    )


def _under_prefix(prefix: str, users: Sequence[User], groups: Sequence[Group]) -> tuple[list[User], list[Group]]:
    """Return the records with the prefix before their external ids; an id that gets too long becomes its hash."""
    ids = {user.external_id: _prefixed(prefix, user.external_id) for user in users}
    return [replace(user, external_id=ids[user.external_id]) for user in users], [
        replace(
            group,
            external_id=_prefixed(prefix, group.external_id),
            members=tuple(sorted([ids[member] for member in group.members])),
        )
        for group in groups
    ]


def _prefixed(prefix: str, external_id: str) -> str:
    if len(prefix) + len(external_id) <= LONGEST_EXTERNAL_ID:
        return prefix + external_id
    return prefix + _hash_of(external_id)


def _hash_of(external_id: str) -> str:
    return "sha256:" + hashlib.sha256(external_id.encode("utf-8", "surrogatepass")).hexdigest()


def better_user(first: User, second: User) -> User:
    """Return who of two users with the same claim gets it: active before disabled before deleted, else the first."""
    return second if _STATUS_RANK[second.status] < _STATUS_RANK[first.status] else first


def same_id_warning(winner: User, loser: User) -> RecordWarning | None:
    """Return what to report where two records have one external id, None where they say the same."""
    if (winner.email, winner.status) == (loser.email, loser.status):
        return None
    return RecordWarning(
        "external_id_conflict",
        winner.external_id,
        f"two records have this external id: {describe(winner)} and {describe(loser)}; the first of them counts",
        loser.source,
    )


def describe(user: User) -> str:
    """Return a user in a few words for a message."""
    return f"{user.email or user.name or 'nameless'} ({user.status}, source {user.source})"


def _in_order(reading: Reading, source: str, warnings: list[RecordWarning]) -> Reading:
    """Return the reading with each user once, sorted by usable external ids; what is odd goes to ``warnings``."""
    users: dict[str, User] = {}
    ids: list[str] = []
    for user in reading.users:
        external_id = _external_id(user.external_id, user.email or user.name or "", source, warnings)
        ids.append(external_id)
        if not external_id:
            continue
        if external_id != user.external_id:
            user = replace(user, external_id=external_id)
        known = users.setdefault(external_id, user)
        if known is not user:
            users[external_id] = winner = better_user(known, user)
            warning = same_id_warning(winner, user if winner is known else known)
            warnings += [warning] if warning else []
    places = {external_id: place for place, external_id in enumerate(sorted(users))}
    moved = [places.get(external_id, -1) for external_id in ids]
    groups = [replace(group, users=[moved[n] for n in group.users if moved[n] >= 0]) for group in reading.groups]
    return replace(reading, users=[users[external_id] for external_id in places], groups=groups)


def _external_id(external_id: str, record: str, source: str, warnings: list[RecordWarning]) -> str:
    """Return an external id that Bitwarden takes, empty where there is none."""
    if not external_id:
        message = "has no external id and is left out: choose an attribute that every record has"
        warnings.append(RecordWarning("external_id_missing", record, message, source))
    elif len(external_id) > LONGEST_EXTERNAL_ID:
        message = f"its external id has more than {LONGEST_EXTERNAL_ID} characters; its SHA-256 takes its place"
        warnings.append(RecordWarning("external_id_too_long", external_id[:LONGEST_EXTERNAL_ID], message, source))
        return _hash_of(external_id)
    return external_id


def _with_usable_emails(users: Sequence[User], warnings: list[RecordWarning]) -> list[User]:
    """Return the users, without the e-mails that Bitwarden refuses; deleted users are not expected to have one."""
    result = []
    for user in users:
        problem = email_problem(user.email) if user.email is not None else "it is missing"
        if problem and user.status != "deleted":
            warnings.append(_email_warning(user, problem))
        result.append(replace(user, email=None) if problem else user)
    return result


def _email_warning(user: User, problem: str) -> RecordWarning:
    who = user.name or user.external_id
    if user.email is None:
        return RecordWarning("email_missing", user.external_id, f"{who} has no e-mail", user.source)
    message = f"{who} has the e-mail {user.email[:LONGEST_EMAIL]!r}, which Bitwarden refuses: {problem}"
    return RecordWarning("email_invalid", user.external_id, message, user.source)


def _groups(
    groups: Sequence[DirectGroup],
    positions: Sequence[int],
    members: Sequence[int],
    source: str,
    warnings: list[RecordWarning],
) -> list[tuple[Group, int]]:
    """Return the selected groups, each once, with the bitsets of their members."""
    result: dict[str, tuple[Group, int]] = {}
    for position in positions:
        group = groups[position]
        external_id = _external_id(group.external_id, group.name, source, warnings)
        if not external_id:
            continue
        named = Group(external_id, _group_name(group.name, external_id, source, warnings), source, ())
        known, bits = result.setdefault(external_id, (named, members[position]))
        if known.name == named.name:
            result[external_id] = (known, bits | members[position])
        else:
            warnings.append(group_conflict(known, named))
    return list(result.values())


def group_conflict(winner: Group, loser: Group) -> RecordWarning:
    """Return what to report where two groups of different names have one external id."""
    message = f"two groups have this external id: {winner.name} and {loser.name}; the first of them counts"
    return RecordWarning("external_id_conflict", winner.external_id, message, loser.source)


def _group_name(name: str, external_id: str, source: str, warnings: list[RecordWarning]) -> str:
    """Return a name that Bitwarden takes: cut to its limit, or the external id where there is none."""
    stripped = name.strip()
    if not stripped:
        message = "has no name; its external id takes the place"
        warnings.append(RecordWarning("group_name_missing", external_id, message, source))
        stripped = external_id
    elif len(stripped) > LONGEST_GROUP_NAME:
        message = f"its name {stripped!r} has more than {LONGEST_GROUP_NAME} characters and is cut"
        warnings.append(RecordWarning("group_name_too_long", external_id, message, source))
    return stripped[:LONGEST_GROUP_NAME].rstrip()


def _nobody_left(source: str, count: int) -> IncompleteReadError:
    if count:
        return IncompleteReadError(
            f"The source {source} has {count} users, but its selection leaves none of them",
            hint="Check include, exclude and bwdc_filter; set allow_empty where an empty result is meant",
        )
    return IncompleteReadError(
        f"The source {source} returned no users at all",
        hint="Check its base, filter and the rights of its account; set allow_empty where an empty result is meant",
    )
