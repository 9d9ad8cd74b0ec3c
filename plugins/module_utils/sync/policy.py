# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy: what to do with each kind of user and group, and how far a run may go (guards)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

OnAbsent = Literal["ignore", "revoke", "remove"]
OnDeleted = Literal["revoke", "remove"]
OnAbsentGroup = Literal["ignore", "remove"]
Membership = Literal["exclusive", "additive", "managed_only"]


@dataclass(frozen=True, slots=True)
class Limit:
    """How many records one kind of action may touch; None sets no limit.

    ``percent`` relates to all records that the action could have touched, and counts only above the exemption.
    """

    count: int | None = None
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class Guards:
    """The limits that stop a plan; ``exempt`` records may always be touched as far as percentages are concerned."""

    removals: Limit = Limit(percent=10)
    revocations: Limit = Limit(percent=20)
    group_deletions: Limit = Limit(percent=20)
    group_leavers: Limit = Limit(percent=50)
    invitations: Limit = Limit()
    shrink: Limit = Limit(percent=30)
    exempt: int = 5


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that a plan depends on besides the snapshot and the organization."""

    invite: bool = True
    restore: bool = True
    rekey: bool = True
    adopt: bool = False
    absent: OnAbsent = "revoke"
    disabled: OnAbsent = "revoke"
    deleted: OnDeleted = "revoke"
    absent_groups: OnAbsentGroup = "ignore"
    membership: Membership = "managed_only"
    external_id_prefix: str = ""
    guards: Guards = field(default_factory=Guards)

    def external_id(self, identity: str) -> str:
        """Return the external id in the organization for an identity key of the directory."""
        return self.external_id_prefix + identity

    def owns(self, external_id: str | None) -> bool:
        """Say whether an object with this external id belongs to the owner scope."""
        return external_id is not None and external_id.startswith(self.external_id_prefix)


def policy_from(options: Mapping[str, Any]) -> Policy:
    """Return the policy for the validated ``policy`` option of a module."""
    values = dict(options)
    guards = dict(values.pop("guards", None) or {})
    exempt = guards.pop("exempt", Guards().exempt)
    limits: dict[str, Any] = {
        name: Limit(limit["count"], limit["percent"]) for name, limit in guards.items() if limit is not None
    }
    return Policy(**values, guards=replace(Guards(exempt=exempt), **limits))
