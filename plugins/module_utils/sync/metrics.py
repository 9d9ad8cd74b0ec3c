# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What monitoring is told of a run, in the text format of Prometheus (version 0.0.4). Pure text, no names of people.

The file of the last run is the memory of the counters: without it they begin anew, as after the restart of a program.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import VERSION
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Kind
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.guards import GUARDS

Ending = Literal["done", "stopped", "failed"]
ENDINGS: tuple[Ending, ...] = ("done", "stopped", "failed")
USER_STATUSES = ("active", "disabled", "deleted")
METHODS = ("GET", "POST", "PUT", "DELETE")


@dataclass(frozen=True, slots=True)
class EndOfRun:
    """A run that could write, at its end; ``ended`` is in seconds since 1970.

    ``organization`` is what the label of this name says. ``report`` is that of the run, None where it ended before it
    knew what to do; what it would tell stays as the last run told it. ``seats`` are those that are paid for, None
    where they are not known.
    """

    organization: str
    ending: Ending
    ended: float
    seconds: float
    report: Mapping[str, Any] | None = None
    guards: tuple[str, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    throttled_seconds: float = 0.0
    seats: int | None = None


Samples = Iterable[tuple[Mapping[str, str], float]]


@dataclass(frozen=True, slots=True)
class _Metric:
    """One metric; ``samples`` returns pairs of labels and value: of a counter what this run adds to each."""

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    samples: Callable[[EndOfRun], Samples]


def as_text(run: EndOfRun, before: str = "") -> str:
    """Return the metrics after this run, as a file for node_exporter's textfile collector.

    ``before`` is the text that the last run of the organization left. Counters go on from there; a gauge that this run
    cannot tell keeps its value, so that a run that fails does not hide the time of the last success.
    """
    known = _samples_in(before)
    lines = []
    for metric in METRICS:
        now = {_series(metric.name, run.organization, labels): value for labels, value in metric.samples(run)}
        kept = {series: value for series, value in known.items() if _is_of(series, metric.name, run.organization)}
        if metric.kind == "counter":
            now = {series: now.get(series, 0) + kept.get(series, 0) for series in {**kept, **now}}
        lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.kind}"]
        lines += [f"{series} {_number(value)}" for series, value in (now or kept).items()]
    return "\n".join(lines) + "\n"


def _actions(run: EndOfRun) -> Samples:
    """Yield what became of the actions of each kind; those that a guard stopped were not attempted."""
    records = run.report["records"] if run.report else ()
    found = Counter((record["action"], record["outcome"]) for record in records)
    for kind in Kind:
        for outcome in ("done", "failed"):
            yield {"action": kind.value, "outcome": outcome}, found[kind.value, outcome]


def _directory(run: EndOfRun, name: str) -> Samples:
    return [({}, run.report["snapshot"]["counts"][name])] if run.report else []


def _members(run: EndOfRun) -> Samples:
    if not run.report:
        return []
    found = run.report["current"]["members"]
    return [({"status": status.name.lower()}, found.get(status.name.lower(), 0)) for status in MemberStatus]


def _users(run: EndOfRun) -> Samples:
    if not run.report:
        return []
    return [({"status": status}, run.report["snapshot"]["counts"][status]) for status in USER_STATUSES]


METRICS = (
    _Metric(
        "dirsync_last_success_timestamp_seconds",
        "gauge",
        "When the last run ended that did all it had to do.",
        lambda run: [({}, run.ended)] if run.ending == "done" else [],
    ),
    _Metric(
        "dirsync_last_run_timestamp_seconds",
        "gauge",
        "When the last run ended.",
        lambda run: [({}, run.ended)],
    ),
    _Metric(
        "dirsync_last_run_duration_seconds",
        "gauge",
        "How long the last run took.",
        lambda run: [({}, run.seconds)],
    ),
    _Metric(
        "dirsync_last_run_verdict",
        "gauge",
        "1 for how the last run ended: done, stopped by guards, or failed.",
        lambda run: [({"verdict": ending}, int(ending == run.ending)) for ending in ENDINGS],
    ),
    _Metric(
        "dirsync_runs_total",
        "counter",
        "Runs by how they ended.",
        lambda run: [({"verdict": ending}, int(ending == run.ending)) for ending in ENDINGS],
    ),
    _Metric(
        "dirsync_actions_total",
        "counter",
        "Changes of the organization, by kind and by whether they were done or failed.",
        _actions,
    ),
    _Metric(
        "dirsync_guard_trips_total",
        "counter",
        "Runs that each guard stopped.",
        lambda run: [({"guard": guard}, int(guard in run.guards)) for guard in GUARDS],
    ),
    _Metric(
        "dirsync_refused_records",
        "gauge",
        "Records that the last plan left alone although the directory asks for a change.",
        lambda run: [({}, run.report["outcomes"]["refused"])] if run.report else [],
    ),
    _Metric("dirsync_directory_users", "gauge", "Users in the last snapshot, by status.", _users),
    _Metric("dirsync_directory_groups", "gauge", "Groups in the last snapshot.", lambda run: _directory(run, "groups")),
    _Metric(
        "dirsync_directory_memberships",
        "gauge",
        "Memberships in the last snapshot, nested groups flattened.",
        lambda run: _directory(run, "memberships"),
    ),
    _Metric(
        "dirsync_directory_warnings",
        "gauge",
        "Records of the directory that need attention.",
        lambda run: _directory(run, "warnings"),
    ),
    _Metric(
        "dirsync_organization_members",
        "gauge",
        "Members that the last run found before its changes, by status.",
        _members,
    ),
    _Metric(
        "dirsync_organization_groups",
        "gauge",
        "Groups that the last run found before its changes.",
        lambda run: [({}, run.report["current"]["groups"])] if run.report else [],
    ),
    _Metric(
        "dirsync_organization_seats",
        "gauge",
        "Seats that are paid for, where the server tells.",
        lambda run: [] if run.seats is None else [({}, run.seats)],
    ),
    _Metric(
        "dirsync_api_calls_total",
        "counter",
        "Requests to the Bitwarden server by HTTP method, repetitions and sign-in included.",
        lambda run: [({"method": method}, run.calls.get(method, 0)) for method in METHODS],
    ),
    _Metric(
        "dirsync_throttled_seconds_total",
        "counter",
        "For how long rate limits held requests back.",
        lambda run: [({}, run.throttled_seconds)],
    ),
    _Metric(
        "dirsync_build_info",
        "gauge",
        "1 for the version of dirsync.bitwarden of the last run.",
        lambda run: [({"version": VERSION}, 1)],
    ),
)


def _series(name: str, organization: str, labels: Mapping[str, str]) -> str:
    pairs = ",".join(
        f'{label}="{_escaped(value)}"' for label, value in {"organization": organization, **labels}.items()
    )
    return f"{name}{{{pairs}}}"


def _escaped(value: str) -> str:
    """Return a label's value as it stands between quotes; what UTF-8 cannot encode becomes a question mark."""
    text = value.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _is_of(series: str, name: str, organization: str) -> bool:
    """Say whether a series of the last run is one of this metric and organization."""
    prefix = _series(name, organization, {}).removesuffix("}")
    return series.startswith((f"{prefix}}}", f"{prefix},"))


def _samples_in(text: str) -> dict[str, float]:
    """Return the samples of a text that :func:`as_text` made; whatever else stands there is passed over."""
    # Not splitlines(), which also breaks at characters that a label may hold.
    found = re.findall(r"^([a-z_]+\{.*\}) ([0-9]+(?:\.[0-9]+)?)$", text, re.MULTILINE)
    return {series: float(value) for series, value in found}


def _number(value: float) -> str:
    """Return a number to the millisecond, without a fraction where there is none."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
