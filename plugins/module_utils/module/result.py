# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a converging module returns and leaves behind: the result with its warnings, report, history and saved plan."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConvergenceError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.run import Run, report_paths, written
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.work import Work
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.diff import make_diff
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.history import past_run, write_history
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report import describe, make_report, outcomes
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_files import write_reports
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.saved_plan import write_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import verdict

RETURNED_ACTIONS = 100
RETURNED_LINES = 100
NAMED_FAILURES = 10


def make_result(run: Run, work: Work, results: tuple[Result, ...], guard: tuple[str, ...]) -> dict[str, Any]:
    """Return the result of the module (see the modules' RETURN), and write whatever the options ask for."""
    plan = work.plan
    report = make_report(
        plan,
        results,
        run.snapshot,
        organization=run.connection.organization,
        current=work.organization,
        check_mode=run.check_mode,
        started=written(run.now),
        finished=written(datetime.now(timezone.utc)),
        guard=guard,
    )
    run.observation.report = report
    history = run.history
    if run.options["history_file"] and not run.check_mode:
        history = (*history, past_run(report))
        write_history(Path(run.options["history_file"]), history)
    write_reports(report_paths(run.options), report, history)
    if run.options["plan_path"] and (run.check_mode or guard):
        write_plan(Path(run.options["plan_path"]), plan, run.connection.organization, written(run.now))
    return {
        "changed": any(result.outcome in ("planned", "done") for result in results),
        "plan": {
            "actions": [describe(action) for action in plan.actions[:RETURNED_ACTIONS]],
            "omitted": max(0, len(plan.actions) - RETURNED_ACTIONS),
        },
        "digest": plan.digest,
        "counts": plan.counts(),
        "outcomes": outcomes(plan, results),
        "guard": list(guard),
        "tripped": list(run.observation.guards),
        "verdict": verdict(report),
        "since_approval": list(run.approval.since(plan)[:RETURNED_LINES]),
        "report": run.options["report_path"],
        "diff": make_diff(plan, work.organization),
        "warnings": [*work.unknown, *_warnings(plan, guard if run.check_mode else ())],
    }


def _warnings(plan: Plan, guard: tuple[str, ...]) -> list[str]:
    """Return what the operator must not overlook: guards that will stop the run, records that were refused."""
    warnings = [f"The real run will be stopped by a guard: {trip}" for trip in guard]
    warnings += [f"{refusal.key}: {refusal.message} ({refusal.reason})" for refusal in plan.refusals[:NAMED_FAILURES]]
    if len(plan.refusals) > NAMED_FAILURES:
        warnings.append(f"{len(plan.refusals) - NAMED_FAILURES} more records were refused; the report names them")
    return warnings


def failure(failures: list[Result], result: dict[str, Any]) -> ConvergenceError:
    """Return the error that names the actions that failed, with the result of the module."""
    named = "; ".join(f"{failed.action.key}: {failed.message}" for failed in failures[:NAMED_FAILURES])
    more = f" and {len(failures) - NAMED_FAILURES} more" if len(failures) > NAMED_FAILURES else ""
    total = len(result["plan"]["actions"]) + result["plan"]["omitted"]
    error = ConvergenceError(
        f"{len(failures)} of {total} actions failed: {named}{more}",
        hint="Everything else was done; the next run tries the failed ones again",
    )
    error.result = result
    return error
