# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody approved for a run: the digests of plans, and one of these plans as it was saved, to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan_difference import plan_difference
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.saved_plan import (
    SavedPlan,
    read_plan,
    saved_form,
)


@dataclass(frozen=True, slots=True)
class Approval:
    """The approved ``digests``, and the ``plan`` saved at ``path`` (None where there is no file)."""

    digests: tuple[str, ...] = ()
    path: Path | None = None
    plan: SavedPlan | None = None

    def since(self, today: Plan) -> tuple[str, ...]:
        """Return what has changed since the approval, where today's plan is not approved; see plan_difference()."""
        if self.path is None or not today.actions or today.digest in self.digests:
            return ()
        if self.plan is None:
            return (f"there is no saved plan {self.path} to compare with",)
        if self.plan.digest not in self.digests:
            return (
                f"the saved plan {self.path} is none of the approved ones either, its digest is {self.plan.digest}",
            )
        return plan_difference(self.plan, saved_form(today))


def approval_from(options: Mapping[str, Any], organization: str) -> Approval:
    """Return the approval that the options of a module give.

    Raises ConfigurationError for a saved plan that cannot be used, and for one without an approved digest.
    """
    digests = tuple(options["approve"])
    if not options["approved_plan"]:
        return Approval(digests)
    if not digests:
        raise ConfigurationError(
            "approved_plan alone approves nothing",
            hint="Give the digest of the plan that was looked at in approve; the file only helps to explain a refusal",
        )
    path = Path(options["approved_plan"])
    return Approval(digests, path, read_plan(path, organization))
