# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Days of grace: whoever is to be removed is revoked first, and removed only days after this sync did so. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Member, MemberStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import BEGINNING, Memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy


def of_doubtful_grace(
    users: Sequence[User], members: Sequence[Member], policy: Policy, known: Memory
) -> tuple[Member, ...]:
    """Return the revoked members whose removal depends on when they were revoked, and by whom.

    Those whose days of grace are known to go on are left out: they stay revoked whatever else there is to know.
    """
    if not policy.grace_days or "remove" not in (policy.absent, policy.disabled, policy.deleted):
        return ()
    active = {policy.external_id(user.external_id) for user in users if user.status == "active"}
    return tuple(
        member
        for member in members
        if member.status == MemberStatus.REVOKED
        and policy.manages(member)
        and member.external_id not in active
        and known.is_past(known.revoked_at.get(member.id, BEGINNING), policy.grace_days)
    )


def with_grace(
    wish: str, reason: str, member: Member, policy: Policy, memory: Memory
) -> tuple[str, str, Refusal | None]:
    """Return what is to be done now in place of a removal that is subject to grace, why, and what is refused.

    Only a revocation by this sync starts the days of grace. Where nobody knows when that was, the member stays
    revoked, which can be undone.
    """
    if wish != "remove" or not policy.grace_days:
        return wish, reason, None
    if member.status != MemberStatus.REVOKED:
        return "revoke", reason, None
    if memory.revoked_by.get(member.id) in ("person", "policy"):
        message = f"{memory.why_revoked(member)}, which starts no days of grace; remove the member by hand"
        return "ignore", reason, Refusal(member.email, "revoked_by_others", message, member.external_id)
    since = memory.revoked_at.get(member.id)
    if since is None:
        message = "nobody knows when this sync revoked the member, so that grace_days never end; remove it by hand"
        return "ignore", reason, Refusal(member.email, "revocation_unknown", message, member.external_id)
    if memory.is_past(since, policy.grace_days):
        return "remove", "grace_is_over", None
    return "ignore", reason, None
