# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of the past: from the state file, and from the event log where the plan depends on it."""

from __future__ import annotations

from datetime import datetime

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import (
    MemberEvents,
    member_events,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.grace import of_doubtful_grace
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.invitations import of_unknown_age
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.members import restore_candidates
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import Memory, memory_of
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.remembered import Remembered

NAMED_MEMBERS = 10


def recall(
    client: BitwardenClient | None,
    snapshot: Snapshot,
    organization: Organization,
    policy: Policy,
    remembered: Remembered,
    now: datetime,
) -> Memory:
    """Return what the state file remembers, and what the event log tells about those on whom the plan depends.

    Without ``client`` the log is not asked. Raises BitwardenError where it cannot be read.
    """
    known = memory_of(MemberEvents(), remembered, now)
    users, members = snapshot.users, organization.members
    revoked = (*restore_candidates(users, members, policy), *of_doubtful_grace(users, members, policy, known))
    invited = of_unknown_age(members, policy, known)
    if client is None or not (revoked or invited):
        return known
    ids = [member.id for member in revoked]
    asked = {id_: remembered.told[id_].asked for id_ in ids if id_ in remembered.told}
    events = member_events(client, now, revoked=ids, invited=[member.id for member in invited], asked=asked)
    return memory_of(events, remembered, now, ids)


def what_is_unknown(plan: Plan, memory: Memory) -> tuple[str, ...]:
    """Return the warnings about what the plan had to do without knowing."""
    restored = [
        action.key
        for action in plan.actions
        if action.kind == Kind.RESTORE_MEMBER and action.id not in memory.revoked_by
    ]
    if not restored or memory.log_works:
        return ()
    named = ", ".join(restored[:NAMED_MEMBERS])
    return (f"The event log is empty, so that nobody knows who revoked the members that are restored: {named}",)
