# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way from a module's options to a converged organization: read, plan, guard, apply or predict, report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import (
    connection_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import (
    Memberships,
    read_organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    BitwardenError,
    ConfigurationError,
    GuardError,
    ImportOnlyError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import require_writable
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.lock import (
    default_lock_directory,
    organization_lock,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    Organization,
    OrganizationGroup,
    Seats,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.approval import approval_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.inline import inline_snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.membership_cache import MembershipCache
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.observation import Observation
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.recall import recall, what_is_unknown
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.result import failure, make_result
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.run import Run, path_of, report_paths, written
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.work import Work, import_only_work
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import read_snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import apply_plan, predict
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.groups import groups_that_matter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.guards import NEED_A_SEAT, check_guards
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.history import (
    read_history,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.invitations import require_memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import (
    what_to_remember,
    without_refused_reminders,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import Part, make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import policy_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.progress import Progress
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.protection import protecting_groups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_files import (
    check_report_paths,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.scope import scoped
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.state import State, read_state, write_state
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.transport import CLOUD, SELF_HOSTED, choose_steps

WRITTEN_FILES = ("history_file", "membership_cache", "metrics_file", "plan_path", "progress_file", "state_file")


def converge(
    options: Mapping[str, Any],
    parts: Collection[Part],
    *,
    check_mode: bool,
    log: Callable[[str], None] = lambda line: None,
    clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> dict[str, Any]:
    """Return the result of a module that converges these parts of an organization (see the modules' RETURN).

    ``log`` takes a line now and then while a long plan is carried out, and one at the end. ``clock`` tells the time,
    aware, in UTC.

    In check mode everything is read, planned and checked in the same way, but not written. Raises GuardError before
    anything is written when a guard trips (in check mode the trips are part of the result instead, so that the
    difference can be seen), and ConvergenceError after everything possible was done when some actions failed.
    """
    now = clock()
    connection = connection_from(options)
    with Observation(connection.organization, options, check_mode=check_mode, log=log) as observation:
        check_report_paths(report_paths(options))
        for name in WRITTEN_FILES:
            if options[name]:
                require_writable(Path(options[name]))
        policy = policy_from(options["policy"])
        require_memory(policy, path_of(options["state_file"]))
        shared = path_of(options["lock_directory"])
        lock = organization_lock(
            connection.organization,
            shared or default_lock_directory(),
            options["lock_timeout"],
            shared=shared is not None,
        )
        with nullcontext() if check_mode else lock:
            snapshot = _snapshot(options, written(now))
            policy = scoped(policy, snapshot)
            history = read_history(path_of(options["history_file"]), connection.organization)
            approval = approval_from(options, connection.organization)
            observation.client = client = BitwardenClient(connection)
            return _converge(
                Run(
                    options,
                    parts,
                    check_mode,
                    connection,
                    policy,
                    snapshot,
                    history,
                    approval,
                    now,
                    log,
                    observation,
                ),
                client,
            )


def _converge(run: Run, client: BitwardenClient) -> dict[str, Any]:
    state = read_state(path_of(run.options["state_file"]), run.connection.organization)
    cache = MembershipCache(
        path_of(run.options["membership_cache"]),
        run.connection.organization,
        run.options["membership_cache_hours"],
        run.now,
    )
    work = _work(run, client, state, cache)
    guard: tuple[str, ...] = ()
    try:
        check_guards(
            work.plan,
            run.snapshot,
            work.organization,
            run.policy,
            state.accepted(run.parts),
            seats=work.seats,
            approved=run.approval.digests,
            since_approval=run.approval.since(work.plan),
        )
    except GuardError as error:
        guard, run.observation.guards = error.trips, error.guards
        if not run.check_mode:
            error.result = make_result(run, work, (), guard)
            raise
    if run.check_mode:
        results = predict(work.plan)
    else:
        _write_ahead(run, state, work)
        cache.keep(work.organization.memberships, unchanged=not work.plan.actions)
        progress_file = path_of(run.options["progress_file"])
        with Progress(work.plan, run.connection.organization, progress_file, run.log) as progress:
            results = work.apply(progress)
    result = make_result(run, work, results, guard)
    failures = [outcome for outcome in results if outcome.outcome == "failed"]
    sent = work.sent(results)
    remembered = without_refused_reminders(work.remembered, state.remembered, results)
    worth_keeping = sent or not failures or remembered != work.remembered
    if not run.check_mode and run.options["state_file"] and worth_keeping:
        counts = dict(state.applied_counts)
        if not failures:
            counts.update(dict.fromkeys(run.parts, run.snapshot.counts()))
        state = State(applied_counts=counts, sent=sent, remembered=remembered)
        write_state(Path(run.options["state_file"]), run.connection.organization, state)
    if failures:
        raise failure(failures, result)
    return result


def _write_ahead(run: Run, state: State, work: Work) -> None:
    """Note what is about to happen to members, so that a run that dies leaves it to the next one."""
    path = path_of(run.options["state_file"])
    if path and work.remembered != state.remembered:
        write_state(path, run.connection.organization, replace(state, remembered=work.remembered))


def _snapshot(options: Mapping[str, Any], now: str) -> Snapshot:
    """Return what is wanted: the snapshot file, or the inline lists."""
    if options["snapshot"] is not None:
        return read_snapshot(Path(options["snapshot"]))
    if options["members"] is None:
        raise ConfigurationError(
            "Neither a snapshot nor a list of members was given",
            hint="Give the path that directory_facts wrote in snapshot, or a short list in members",
        )
    return inline_snapshot(options["members"], options.get("groups") or (), now)


def _work(run: Run, client: BitwardenClient, state: State, cache: MembershipCache) -> Work:
    """Return what is to be done; it is planned from the cache where that leaves nothing to do, else from a reading."""
    try:
        work = _planned(run, client, state, _read(run, client, cache))
    except ImportOnlyError:
        return import_only_work(client, run.snapshot, state.sent, run.policy, run.parts, _members_first(run))
    if cache.hit and work.plan.actions:
        cache.distrust()
        work = _planned(run, client, state, _read(run, client, cache))
    return replace(work, seats=_seats(run, client, work.plan))


def _planned(run: Run, client: BitwardenClient, state: State, organization: Organization) -> Work:
    """Return the work on an organization that can be read."""
    ask_log = "members" in run.parts or _members_first(run)
    memory = recall(client if ask_log else None, run.snapshot, organization, run.policy, state.remembered, run.now)
    plan = make_plan(run.snapshot, organization, run.policy, memory, run.parts, members_first=_members_first(run))
    remembered = state.remembered
    if "members" in run.parts:
        remembered = what_to_remember(remembered, memory, plan, run.snapshot, organization, run.policy)
    pace = CLOUD if run.connection.cloud else SELF_HOSTED
    steps = choose_steps(plan, organization, run.options["transport"], pace)
    return Work(
        organization,
        plan,
        lambda progress: apply_plan(steps, organization, client, progress),
        unknown=what_is_unknown(plan, memory),
        remembered=remembered,
    )


def _read(run: Run, client: BitwardenClient, cache: MembershipCache) -> Organization:
    """Return the current state, with the members of just those groups on which the plan depends.

    Groups that protect their members are never taken from the cache. The collections are read where the policy gives
    some to groups.
    """

    def choose(groups: Sequence[OrganizationGroup]) -> Collection[str]:
        protecting = protecting_groups(groups, run.policy)
        if "groups" not in run.parts:
            return protecting
        return (*protecting, *groups_that_matter(run.snapshot.groups, groups, run.policy))

    def known(members: Sequence[Member], groups: Sequence[OrganizationGroup]) -> Memberships:
        protecting = protecting_groups(groups, run.policy)
        return cache.recall(client, members, [group.id for group in groups if group.id not in protecting])

    organization = read_organization(client, choose, known)
    if "groups" in run.parts and run.policy.group_collections:
        organization = replace(organization, collections=client.collections())
    return replace(organization, stages=client.can_stage()) if run.policy.stage else organization


def _members_first(run: Run) -> bool:
    """Say whether the groups are planned as if a run for the members had been before; in a real run it has."""
    return run.check_mode and bool(run.options.get("after_members", True))


def _seats(run: Run, client: BitwardenClient, plan: Plan) -> Seats | None:
    """Return the seats where the plan needs some and must not buy any, or where the metrics tell them."""
    limited = not run.policy.allow_seat_purchase and any(action.kind in NEED_A_SEAT for action in plan.actions)
    if not limited and (run.check_mode or not run.options["metrics_file"]):
        return None
    try:
        seats = client.subscription()
    except BitwardenError:
        if limited:
            raise
        return None
    run.observation.seats = seats.seats if seats else None
    return seats
