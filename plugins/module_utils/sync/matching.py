# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which membership belongs to which user, and which memberships stay as they are. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Member, MemberStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy


@dataclass(frozen=True, slots=True)
class Matches:
    """Which membership belongs to which user.

    ``members`` maps the external id (of the directory) of a user to the membership, ``refusals`` lists the users
    whose membership cannot be told, by external id, and ``unclaimed`` the members in the owner scope without user.
    ``shared_emails`` are the e-mails of several members each, whoever they belong to.
    """

    members: Mapping[str, Member]
    refusals: Mapping[str, Refusal]
    unclaimed: Sequence[Member]
    shared_emails: frozenset[str]


def match_members(users: Sequence[User], members: Sequence[Member], policy: Policy) -> Matches:
    """Return the membership of each user: by external id, else by e-mail where the membership may be taken over.

    Active users choose first, so that somebody who came back under a new directory account keeps the membership that
    the disabled or deleted old account still points to. Only active users take over a membership with another
    external id: the addresses of the others may be someone else's by now.
    """
    matching = _Matching(members, policy)
    for status in ("active", "disabled", "deleted"):
        group = [user for user in users if user.status == status]
        strangers = [user for user in group if not matching.by_external_id(user)]
        if status != "deleted":
            for user in strangers:
                matching.by_email(user, takeover=status == "active")
    return matching.result()


class _Matching:
    """The state of matching users to memberships."""

    def __init__(self, members: Sequence[Member], policy: Policy) -> None:
        counts = Counter(member.external_id for member in members if member.external_id)
        self._shared = {external_id for external_id, count in counts.items() if count > 1}
        self._shared_emails = shared_emails(members)
        self._members = members
        self._policy = policy
        self._by_external_id = {member.external_id: member for member in members if member.external_id}
        self._by_email = {member.email: member for member in members}
        self._claimed: set[str] = set()
        self._found: dict[str, Member] = {}
        self._refusals: dict[str, Refusal] = {}

    def by_external_id(self, user: User) -> bool:
        """Give the user the membership with the same external id; say whether the matter is settled by that."""
        external_id = self._policy.external_id(user.external_id)
        member = self._by_external_id.get(external_id)
        if member is None or member.id in self._claimed:
            return False
        if external_id in self._shared:
            self._refusals[user.external_id] = shared_external_id(user.email or user.external_id, external_id)
        elif member.email in self._shared_emails:
            self._refusals[user.external_id] = shared_email(member.email, external_id)
        else:
            self._claim(user, member)
        return True

    def by_email(self, user: User, *, takeover: bool) -> None:
        """Give the user the membership with the same e-mail if nobody has a better claim to it.

        Without ``takeover`` only memberships without external id are considered.
        """
        member = self._by_email.get(user.email) if user.email else None
        if member is None or member.id in self._claimed:
            return
        if not (takeover or member.external_id is None or member.email in self._shared_emails):
            return
        refusal = self._refuse_takeover(user, member)
        if refusal:
            self._refusals[user.external_id] = refusal
        else:
            self._claim(user, member)

    def result(self) -> Matches:
        """Return the matches, with the members in the owner scope that no user claimed."""
        unclaimed = [m for m in self._members if m.id not in self._claimed and self._policy.owns(m.external_id)]
        return Matches(self._found, self._refusals, unclaimed, self._shared_emails)

    def _claim(self, user: User, member: Member) -> None:
        self._found[user.external_id] = member
        self._claimed.add(member.id)

    def _refuse_takeover(self, user: User, member: Member) -> Refusal | None:
        """Return why a membership found by e-mail must not become that of the user, or None if it may."""
        external_id = self._policy.external_id(user.external_id)
        if member.email in self._shared_emails:
            return shared_email(member.email, external_id)
        if member.external_id is None:
            return None
        if not self._policy.owns(member.external_id) or member.external_id in self._shared:
            reason, why = "foreign_external_id", "which is not in the owner scope, or not unique"
        elif not self._policy.rekey:
            self._claimed.add(member.id)
            reason, why = "rekey_off", "and rekey is off"
        else:
            return None
        message = f"{user.email} is a member under the external id {member.external_id}, {why}"
        return Refusal(user.email or user.external_id, reason, message, external_id)


def shared_external_id(key: str, external_id: str | None) -> Refusal:
    """Return the refusal to decide between members with the same external id."""
    message = f"several members carry the external id {external_id}: remove it from all but one"
    return Refusal(key, "duplicate_external_id", message, external_id)


def shared_emails(members: Sequence[Member]) -> frozenset[str]:
    """Return the e-mails of several members each: of an account, say, and of an invitation to the same address.

    Actions name members by e-mail, so that nothing could be done to one of them alone.
    """
    counts = Counter(member.email for member in members)
    return frozenset(email for email, count in counts.items() if count > 1)


def shared_email(email: str, external_id: str | None) -> Refusal:
    """Return the refusal to decide between members with the same e-mail."""
    message = f"several members have the address {email}: remove all but one of them"
    return Refusal(email, "duplicate_email", message, external_id)


def staying_members(matches: Matches, members: Sequence[Member], policy: Policy) -> frozenset[str]:
    """Return the e-mails of members who leave no group: protected ones, and those whose user cannot be told.

    A refusal means that a record is left alone; taking its access away through a group would be the opposite.
    """
    counts = Counter(member.external_id for member in members if member.external_id)
    refused = {refusal.key for refusal in matches.refusals.values()} | matches.shared_emails
    return frozenset(
        member.email
        for member in members
        if policy.protected.covers(member) or counts[member.external_id or ""] > 1 or member.email in refused
    )


def is_left_alone(user: User, member: Member, policy: Policy) -> bool:
    """Say whether a membership found by e-mail stays as it is.

    One without external id is linked only where both sides give access. A revoked one under another external id may
    be that of a predecessor with the same address, whose account opens with the predecessor's password.
    """
    if member.external_id is None:
        return user.status != "active" or member.status == MemberStatus.REVOKED
    return member.status == MemberStatus.REVOKED and member.external_id != policy.external_id(user.external_id)
