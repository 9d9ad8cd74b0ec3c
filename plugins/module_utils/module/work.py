# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of a run: what is to be done on which organization, and how. This depends on the calls that a server has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Organization, Seats
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.import_only import (
    Client,
    offered,
    possible,
    require_possible,
    send,
    what_is_unknown,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import Part, make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.record import (
    assumed_organization,
    organization_after,
    organization_after_failure,
    without_doubt,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Work:
    """A plan for an organization, and how to carry it out; ``apply`` takes a function that hears of each result.

    ``unknown`` says what the plan had to be made without. ``sent`` takes the results and returns what the next run
    takes the organization for where it cannot be read, ``remembered`` is what the next run has to know of members.
    """

    organization: Organization
    plan: Plan
    apply: Callable[[Callable[[Result], None]], tuple[Result, ...]]
    seats: Seats | None = None
    unknown: tuple[str, ...] = ()
    sent: Callable[[Sequence[Result]], Organization | None] = lambda results: None
    remembered: Remembered = field(default_factory=Remembered)


def import_only_work(
    client: Client,
    snapshot: Snapshot,
    recorded: Organization | None,
    policy: Policy,
    parts: Collection[Part],
    members_first: bool,
) -> Work:
    """Return the work on a server that has the import only, planned against what was recorded when it was last sent.

    Without record everything is sent. Only a run for the members begins one, since the groups build on them. Raises
    ConfigurationError for a policy that cannot be carried out.
    """
    require_possible(policy)
    policy, refused = offered(policy)
    if recorded:
        organization = without_doubt(recorded, snapshot, policy)
    else:
        organization = assumed_organization(snapshot, policy, parts)
    plan = possible(make_plan(snapshot, organization, policy, parts=parts, members_first=members_first), refused)
    after = organization_after(plan, organization)
    keeps_record = recorded is not None or "members" in parts

    def sent(results: Sequence[Result]) -> Organization | None:
        done = [result.action for result in results if result.outcome == "done"]
        failed = [result.action for result in results if result.outcome == "failed"]
        return organization_after_failure(done, failed, organization) if keeps_record else None

    return Work(
        organization,
        plan,
        lambda progress: send(plan, after, client, progress),
        unknown=what_is_unknown(plan, recorded=recorded is not None),
        sent=sent,
    )
