# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a decision needs to know of the past, and how little of it may be known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import Author, MemberEvents
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    MemberStatus,
    Organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.remembered import Reinvitations, Remembered, Told

BEGINNING = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Memory:
    """What happened to members, by membership id, as far as the event log and the state file tell; ``now`` is the time.

    ``revoked_by`` says who revoked a member, ``revoked_at`` when this sync did so, ``invited_at`` since when an
    invitation is open, ``reinvitations`` how often and when it was sent again. ``lapsed`` are external ids of users
    whose invitation was withdrawn because nobody accepted it, ``told`` what the next run need not ask the log again.

    ``log_works`` is False where the event log cannot be read or records nothing; then nobody knows who revoked a
    member, and the reversible action is taken: a member whose user is active is restored. Where the log works and yet
    does not show who revoked a member, that was longer ago than the log was read, and the member stays revoked.
    """

    revoked_by: Mapping[str, Author] = field(default_factory=dict)
    log_works: bool = False
    revoked_at: Mapping[str, datetime] = field(default_factory=dict)
    invited_at: Mapping[str, datetime] = field(default_factory=dict)
    reinvitations: Mapping[str, Reinvitations] = field(default_factory=dict)
    lapsed: frozenset[str] = frozenset()
    told: Mapping[str, Told] = field(default_factory=dict)
    now: datetime = BEGINNING

    def refuse_restore(self, member: Member) -> str | None:
        """Return why a revoked member must stay revoked, or None if the member may be restored."""
        author = self.revoked_by.get(member.id)
        if author == "api" or (author is None and not self.log_works):
            return None
        return f"{self.why_revoked(member)}; restore the member by hand" + (
            " once it is met" if author == "policy" else ""
        )

    def why_revoked(self, member: Member) -> str:
        """Return who revoked a member, for a message."""
        author = self.revoked_by.get(member.id)
        if author == "person":
            return "an administrator revoked this member by hand"
        if author == "policy":
            return "a policy of the organization revoked this member"
        return "the event log does not tell who revoked this member"

    def is_past(self, time: datetime, days: int) -> bool:
        """Say whether so many days have gone by since a time."""
        return self.now - time >= timedelta(days=days)


NOTHING_KNOWN = Memory()


def memory_of(
    events: MemberEvents, remembered: Remembered, now: datetime, asked: Collection[str] = frozenset()
) -> Memory:
    """Return what the event log and the state file tell together.

    The log knows best who revoked a member last; what the state file remembers counts where the log is silent. The
    date of an invitation stays what it was when the state file first noted it. ``asked`` are the members whom the log
    was asked about: of these it counts who was named before, where the log tells nothing newer.
    """
    told = {id_: remembered.told[id_].author for id_ in asked if id_ in remembered.told}
    named: dict[str, Author] = {id_: author for id_, author in told.items() if author}
    authors = {**named, **events.revoked_by}
    own = {member_id for member_id in remembered.revoked if member_id not in authors}
    others = {id_: authors.get(id_) for id_ in asked if id_ not in own}
    by_api = {id_: time for id_, time in events.revoked_at.items() if events.revoked_by[id_] == "api"}
    return Memory(
        revoked_by={**authors, **dict.fromkeys(own, "api")},
        log_works=events.log_works,
        revoked_at={**{member_id: remembered.revoked[member_id] for member_id in own}, **by_api},
        invited_at={**events.invited_at, **remembered.invited},
        reinvitations=remembered.reinvited,
        lapsed=frozenset(remembered.lapsed),
        told={
            id_: Told(author, now)
            for id_, author in others.items()
            if author != "api" and (author or events.log_works)  # an empty log has not told of nobody
        },
        now=now,
    )


def what_to_remember(
    remembered: Remembered, memory: Memory, plan: Plan, snapshot: Snapshot, organization: Organization, policy: Policy
) -> Remembered:
    """Return what the next run has to know of this one.

    It is written down before the plan is carried out: of whoever is revoked in a run that is killed it is known who
    did it, and no invitation is sent twice. So what ends with the plan is forgotten only by the run that sees it gone.
    """
    changed = {kind: {action.id or "": action for action in plan.actions if action.kind == kind} for kind in Kind}
    withdrawn = {action.external_id or "" for action in changed[Kind.WITHDRAW_INVITATION].values()}
    members = {member.external_id for member in organization.members if member.external_id} - withdrawn
    users = {policy.external_id(user.external_id) for user in snapshot.users}
    invited = _open_invitations(memory, changed[Kind.LINK_MEMBER], organization, policy)
    reinvited = {id_: entry for id_, entry in memory.reinvitations.items() if id_ in invited}
    for member_id in changed[Kind.REINVITE_MEMBER]:
        times = reinvited[member_id].times if member_id in reinvited else 0
        reinvited[member_id] = Reinvitations(times + 1, memory.now)
    still = {member.id for member in organization.members if member.status == MemberStatus.REVOKED}
    still -= changed[Kind.RESTORE_MEMBER].keys()
    return Remembered(
        revoked={
            **{member_id: time for member_id, time in memory.revoked_at.items() if member_id in still},
            **dict.fromkeys(changed[Kind.REVOKE_MEMBER], memory.now),
        },
        invited=invited,
        reinvited=reinvited,
        lapsed={
            **{key: time for key, time in remembered.lapsed.items() if key in users - members},
            **dict.fromkeys(withdrawn, memory.now),
        },
        told=memory.told,
    )


def without_refused_reminders(planned: Remembered, before: Remembered, results: Sequence[Result]) -> Remembered:
    """Take back that invitations were sent again of which it is sure that they were not, so that the next run does."""
    refused = {
        result.action.id or ""
        for result in results
        if result.action.kind == Kind.REINVITE_MEMBER and result.outcome == "failed" and not result.in_doubt
    }
    sent = {id_: entry for id_, entry in planned.reinvited.items() if id_ not in refused}
    earlier = {id_: entry for id_, entry in before.reinvited.items() if id_ in refused}
    return replace(planned, reinvited={**sent, **earlier})


def _open_invitations(
    memory: Memory, linked: Collection[str], organization: Organization, policy: Policy
) -> dict[str, datetime]:
    """Return since when each invitation of the owner scope is known to be open; one that is linked begins anew."""
    if not policy.ages_invitations:
        return {}
    return {
        member.id: memory.now if member.id in linked else memory.invited_at.get(member.id, memory.now)
        for member in organization.members
        if member.status == MemberStatus.INVITED and (member.id in linked or policy.owns(member.external_id))
    }
