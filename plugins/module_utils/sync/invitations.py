# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open invitations: which are sent again, and which are withdrawn because nobody accepts them. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Member, MemberStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import Memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy


def require_memory(policy: Policy, state_file: Path | None) -> None:
    """Raise ConfigurationError where invitations have an age, but nothing keeps what was done about them.

    The event log tells neither who was reminded nor whose invitation was withdrawn: each run would do it again.
    """
    if policy.ages_invitations and state_file is None:
        names = [f"policy.{name}" for name in ("reinvite_days", "purge_days") if getattr(policy, name)]
        raise ConfigurationError(
            f"There is no state_file, without which {' and '.join(names)} cannot work",
            hint="Bitwarden does not tell who was reminded; give a state_file that lasts from run to run",
        )


def of_unknown_age(members: Sequence[Member], policy: Policy, known: Memory) -> tuple[Member, ...]:
    """Return the invited members whose invitation has an age that matters and is not known yet."""
    if not policy.ages_invitations:
        return ()
    return tuple(
        member
        for member in members
        if member.status == MemberStatus.INVITED and policy.manages(member) and member.id not in known.invited_at
    )


def care_for_invitation(user: User, member: Member, policy: Policy, memory: Memory) -> Action | None:
    """Return what is due for the open invitation of an active user, if anything.

    An invitation under another address than the directory's is a matter of its own, and one that this sync has yet to
    link begins with that.
    """
    since = memory.invited_at.get(member.id)
    if since is None or member.status != MemberStatus.INVITED or member.email != user.email:
        return None
    if not policy.owns(member.external_id):
        return None
    external_id = policy.external_id(user.external_id)
    if policy.purge_days and memory.is_past(since, policy.purge_days):
        return Action(Kind.WITHDRAW_INVITATION, member.email, "not_accepted", external_id, member.id)
    sent = memory.reinvitations.get(member.id)
    times, last = (sent.times, sent.last) if sent else (0, since)
    if policy.reinvite_days and times < policy.reinvite_times and memory.is_past(last, policy.reinvite_days):
        return Action(Kind.REINVITE_MEMBER, member.email, "not_accepted", external_id, member.id)
    return None


def refuse_invitation(key: str, external_id: str, memory: Memory) -> Refusal | None:
    """Return why a user is not invited anew, or None if that may be."""
    if external_id not in memory.lapsed:
        return None
    message = (
        "an invitation was withdrawn because nobody accepted it; invite by hand, or leave the user out of the "
        "directory's selection for one run"
    )
    return Refusal(key, "invitation_lapsed", message, external_id)
