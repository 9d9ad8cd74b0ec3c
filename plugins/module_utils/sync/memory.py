# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a decision needs to know of the past, and how little of it may be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import Author
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Member


@dataclass(frozen=True, slots=True)
class Memory:
    """Who revoked whom, by membership id, as far as the organization's event log tells.

    ``log_works`` is False where the log cannot be read or records nothing; then nothing at all is known, and the
    reversible action is taken: a member whose user is active is restored. Where the log works and yet does not
    show who revoked a member, that was longer ago than the log was read, and the member stays revoked.
    """

    revoked_by: Mapping[str, Author] = field(default_factory=dict)
    log_works: bool = False

    def refuse_restore(self, member: Member) -> str | None:
        """Return why a revoked member must stay revoked, or None if the member may be restored."""
        author = self.revoked_by.get(member.id)
        if author == "api" or (author is None and not self.log_works):
            return None
        if author == "person":
            return "an administrator revoked this member by hand; restore the member by hand"
        if author == "policy":
            return "a policy of the organization revoked this member; restore the member by hand once it is met"
        return "the event log does not tell who revoked this member; restore the member by hand"


NOTHING_KNOWN = Memory()
