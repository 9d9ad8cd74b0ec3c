# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the contributions of all sources to one snapshot.

Where two records claim the same external id or the same e-mail, active users come before disabled and these before
deleted ones, in whatever order they were read; among equals the source named first wins, then the lower external id.
Whoever loses an e-mail stays in the snapshot without it, so that a conflict never makes anybody absent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.contribution import (
    CONFLICT_CODES,
    Contribution,
    better_user,
    describe,
    group_conflict,
    same_id_warning,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    Group,
    RecordWarning,
    Snapshot,
    SourceSummary,
    User,
)

NAMED_CONFLICTS = 10
_by_external_id = attrgetter("external_id")


def merge(
    contributions: Sequence[Contribution], created: str, on_conflict: Literal["first", "fail"] = "first"
) -> Snapshot:
    """Return the snapshot of these contributions, which come in order of precedence.

    Raises DirectoryError with ``on_conflict`` ``fail`` where records contradict each other.
    """
    warnings = [warning for contribution in contributions for warning in contribution.warnings]
    users = _merge_users(contributions, warnings)
    _settle_emails(users, warnings)
    groups = _merge_groups(contributions, users, warnings)
    _report_shared_names(groups.values(), warnings)
    conflicts = [warning for warning in warnings if warning.code in CONFLICT_CODES]
    if conflicts and on_conflict == "fail":
        raise _contradiction(conflicts)
    return Snapshot(
        users=tuple(sorted(users.values(), key=_by_external_id)),
        groups=tuple(sorted(groups.values(), key=_by_external_id)),
        sources=_summaries(contributions, users.values(), groups.values()),
        warnings=tuple(warnings),
        created=created,
    )


def _merge_users(contributions: Iterable[Contribution], warnings: list[RecordWarning]) -> dict[str, User]:
    """Return the listed users of all sources by external id."""
    users: dict[str, User] = {}
    for contribution in contributions:
        if not contribution.lists_users:
            continue
        for user in contribution.users:
            known = users.setdefault(user.external_id, user)
            if known is not user:
                users[user.external_id] = winner = better_user(known, user)
                warning = same_id_warning(winner, user if winner is known else known)
                warnings += [warning] if warning else []
    return users


def _settle_emails(users: dict[str, User], warnings: list[RecordWarning]) -> None:
    """Leave each e-mail to the one user with the best claim; the others keep their place without it."""
    owners: dict[str, User] = {}
    shared: dict[str, list[User]] = {}
    for user in users.values():
        if user.email is not None and owners.setdefault(user.email, user) is not user:
            shared.setdefault(user.email, [owners[user.email]]).append(user)
    for email, claimants in shared.items():
        winner = claimants[0]
        for claimant in claimants[1:]:
            winner = better_user(winner, claimant)
        for loser in claimants:
            if loser is winner:
                continue
            users[loser.external_id] = replace(loser, email=None)
            if loser.status != "deleted":
                message = (
                    f"{email} belongs to {winner.external_id}, which is {describe(winner)}; "
                    f"{loser.name or loser.external_id} ({loser.status}) stays without e-mail"
                )
                warnings.append(RecordWarning("email_conflict", loser.external_id, message, loser.source))


def _merge_groups(
    contributions: Iterable[Contribution], users: Mapping[str, User], warnings: list[RecordWarning]
) -> dict[str, Group]:
    """Return the groups of all sources by external id; a group that several sources know has the members of each."""
    groups: dict[str, Group] = {}
    for contribution in contributions:
        for group in contribution.groups:
            if not contribution.lists_users:
                group = replace(group, members=tuple([member for member in group.members if member in users]))
            known = groups.setdefault(group.external_id, group)
            if known is group:
                continue
            if known.name == group.name:
                everybody = tuple(sorted({*known.members, *group.members}))
                groups[group.external_id] = replace(known, members=everybody)
            else:
                warnings.append(group_conflict(known, group))
    return groups


def _report_shared_names(groups: Iterable[Group], warnings: list[RecordWarning]) -> None:
    """Report groups that have the name of another one: allowed, but hard to tell apart."""
    first: dict[str, Group] = {}
    for group in groups:
        known = first.setdefault(group.name, group)
        if known is not group:
            message = f"{group.name} is also the name of the group {known.external_id} (source {known.source})"
            warnings.append(RecordWarning("group_name_shared", group.external_id, message, group.source))


def _summaries(
    contributions: Iterable[Contribution], users: Iterable[User], groups: Iterable[Group]
) -> tuple[SourceSummary, ...]:
    user_counts = Counter(user.source for user in users)
    group_counts = Counter(group.source for group in groups)
    return tuple(
        SourceSummary(
            name=contribution.source.name,
            type=contribution.source.type,
            server=contribution.server,
            read_at=contribution.source.read_at,
            users=user_counts[contribution.source.name],
            groups=group_counts[contribution.source.name],
            details=contribution.details,
            state=contribution.state,
            external_id_prefix=contribution.source.external_id_prefix,
        )
        for contribution in contributions
    )


def _contradiction(conflicts: Sequence[RecordWarning]) -> DirectoryError:
    named = "; ".join(f"{conflict.record}: {conflict.message}" for conflict in conflicts[:NAMED_CONFLICTS])
    more = f"; and {len(conflicts) - NAMED_CONFLICTS} more" if len(conflicts) > NAMED_CONFLICTS else ""
    return DirectoryError(
        f"The directory contradicts itself in {len(conflicts)} records: {named}{more}",
        hint="Correct the directory, or set on_conflict to first to go on with the better claim",
    )
