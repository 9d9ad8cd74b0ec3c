# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metrics of a run, read back with the parser of Prometheus' own Python library."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync import guards
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.metrics import METRICS, EndOfRun, as_text
from ansible_collections.dirsync.bitwarden.tests.support.reports import HOSTILE, record, refusal, report
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

Values = dict[tuple[str, frozenset[tuple[str, str]]], float]

REPORT = report(
    record("ann@example.org"),
    record("bob@example.org", outcome="failed", message="no"),
    record("cy@example.org", "revoke_member"),
    refusal("owner@example.org"),
)


def run(ending: Any = "done", ended: float = 1000.0, **other: Any) -> EndOfRun:
    return EndOfRun(**{"organization": "acme", "ending": ending, "ended": ended, "seconds": 1.5, **other})


def values(text: str) -> Values:
    """Return all samples, by name and labels; each may occur once."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    found = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def value(text: str, name: str, organization: str = "acme", **labels: str) -> float:
    return values(text)["dirsync_" + name, frozenset({"organization": organization, **labels}.items())]


def test_what_a_run_tells() -> None:
    text = as_text(run(report=REPORT, calls={"GET": 3, "POST": 2}, throttled_seconds=0.25, seats=50, guards=("seats",)))
    assert value(text, "last_success_timestamp_seconds") == 1000
    assert value(text, "last_run_timestamp_seconds") == 1000
    assert value(text, "last_run_duration_seconds") == 1.5
    assert value(text, "last_run_verdict", verdict="done") == 1
    assert value(text, "last_run_verdict", verdict="failed") == 0
    assert value(text, "runs_total", verdict="done") == 1
    assert value(text, "actions_total", action="invite_member", outcome="done") == 1
    assert value(text, "actions_total", action="invite_member", outcome="failed") == 1
    assert value(text, "actions_total", action="revoke_member", outcome="done") == 1
    assert value(text, "actions_total", action="delete_group", outcome="done") == 0
    assert value(text, "guard_trips_total", guard="seats") == 1
    assert value(text, "refused_records") == 1
    assert value(text, "directory_users", status="active") == 4
    assert value(text, "directory_groups") == 2
    assert value(text, "directory_memberships") == 7
    assert value(text, "organization_members", status="confirmed") == 1200
    assert value(text, "organization_members", status="staged") == 0
    assert value(text, "organization_seats") == 50
    assert value(text, "api_calls_total", method="GET") == 3
    assert value(text, "throttled_seconds_total") == 0.25


def test_every_metric_has_its_help_and_type_once_and_before_its_samples() -> None:
    text = as_text(run(report=REPORT, seats=1))
    assert [family.name for family in text_string_to_metric_families(text)] == [
        metric.name.removesuffix("_total") for metric in METRICS
    ]
    assert all(family.documentation and family.type != "unknown" for family in text_string_to_metric_families(text))


def test_nobody_is_named() -> None:
    assert "@" not in as_text(run(report=REPORT))


def test_counters_go_on() -> None:
    text = ""
    for ending in ("done", "failed", "done"):
        text = as_text(run(ending, report=REPORT, calls={"GET": 2}, throttled_seconds=0.125), text)
    assert value(text, "runs_total", verdict="done") == 2
    assert value(text, "runs_total", verdict="failed") == 1
    assert value(text, "actions_total", action="revoke_member", outcome="done") == 3
    assert value(text, "api_calls_total", method="GET") == 6
    assert value(text, "throttled_seconds_total") == 0.375


@pytest.mark.parametrize("ending", ["failed", "stopped"])
def test_a_run_that_knows_little_keeps_what_was_known(ending: str) -> None:
    text = as_text(run(ending, ended=2000.5), as_text(run(report=REPORT, seats=50)))
    assert value(text, "last_success_timestamp_seconds") == 1000
    assert value(text, "last_run_timestamp_seconds") == 2000.5
    assert value(text, "last_run_verdict", verdict=ending) == 1
    assert value(text, "last_run_verdict", verdict="done") == 0
    assert value(text, "directory_users", status="active") == 4
    assert value(text, "organization_seats") == 50


def test_a_first_run_that_fails_claims_no_success() -> None:
    text = as_text(run("failed"))
    assert "dirsync_last_success_timestamp_seconds{" not in text
    assert value(text, "runs_total", verdict="failed") == 1


def test_the_numbers_of_another_organization_are_not_taken_over() -> None:
    other = as_text(run(organization="acme2", report=REPORT))
    assert "acme2" not in as_text(run("failed"), other)
    assert values(as_text(run("failed"), other)) == values(as_text(run("failed")))


@pytest.mark.parametrize(
    "text", ["", "no metrics\n", "dirsync_runs_total{} x\n", 'dirsync_runs_total{organization="ac']
)
def test_a_file_of_something_else_is_passed_over(text: str) -> None:
    assert as_text(run(), text) == as_text(run())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_labels(name: str) -> None:
    assert_survives(name)


@given(st.text())
def test_any_name_stays_a_label(name: str) -> None:
    assert_survives(name)


def assert_survives(name: str) -> None:
    """Check that the parser finds the name again, in every sample, and that the next run does so too."""
    first = as_text(run(organization=name, report=REPORT))
    second = as_text(run(organization=name, report=REPORT), first)
    shown = name.encode("utf-8", "replace").decode()
    for text in (first, second):
        assert {dict(labels)["organization"] for _unused, labels in values(text)} == {shown}
    assert value(second, "runs_total", shown, verdict="done") == 2


@given(st.lists(st.tuples(st.sampled_from(["done", "stopped", "failed"]), st.integers(0, 10**6)), min_size=1))
def test_whatever_happens_the_last_success_and_all_runs_are_known(endings: list[tuple[str, int]]) -> None:
    text = ""
    for ending, ended in endings:
        text = as_text(run(ending, ended=ended), text)
    successes = [ended for ending, ended in endings if ending == "done"]
    if successes:
        assert value(text, "last_success_timestamp_seconds") == successes[-1]
    assert sum(value(text, "runs_total", verdict=ending) for ending in ("done", "stopped", "failed")) == len(endings)


def test_all_guards_are_known() -> None:
    """A counter has to be there before the guard trips for the first time: an increase from nothing is not seen."""
    source = ast.parse(inspect.getsource(guards))
    calls = [node for node in ast.walk(source) if isinstance(node, ast.Call)]
    named = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "Trip" and isinstance(call.args[0], ast.Constant)
    }
    limits = {field for field in guards.Guards.__dataclass_fields__ if field != "exempt"}
    assert named | limits == set(guards.GUARDS)
