# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The alert rules and the dashboard of the examples, against the metrics that we write and Prometheus' own tool."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.metrics import METRICS, EndOfRun, as_text
from ansible_collections.dirsync.bitwarden.tests.support.reports import HOSTILE, record, report

EXAMPLES = Path(__file__).parents[2] / "examples" / "monitoring"
RULES = EXAMPLES / "prometheus_rules.yml"
DASHBOARD = EXAMPLES / "grafana_dashboard.json"
NAMES = {metric.name for metric in METRICS}


def promtool(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True, check=False)


def test_prometheus_accepts_the_metrics_of_hostile_names_too() -> None:
    for name in ("acme", *HOSTILE):
        run = EndOfRun(name, "done", 1000.0, 1.5, report=report(record()), seats=5)
        checked = promtool("check", "metrics", text=as_text(run, as_text(run)))
        assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_prometheus_accepts_the_rules() -> None:
    checked = promtool("check", "rules", str(RULES))
    assert checked.returncode == 0, checked.stderr


SERIES = {
    'dirsync_last_run_verdict{organization="acme",verdict="failed"}': "0 0 1x60",
    'dirsync_last_run_verdict{organization="acme",verdict="stopped"}': "0 1x60",
    'dirsync_last_success_timestamp_seconds{organization="acme"}': "0x3000",
    'dirsync_last_run_timestamp_seconds{organization="acme"}': "0x3000",
    'dirsync_last_run_timestamp_seconds{organization="never"}': "0x3000",
    'dirsync_directory_users{organization="acme",status="active"}': "100x1440 89x1600",
    'dirsync_organization_seats{organization="acme"}': "100x3000",
    'dirsync_organization_members{organization="acme",status="confirmed"}': "90x30 96x3000",
    'dirsync_organization_members{organization="acme",status="revoked"}': "50x3000",
    'dirsync_throttled_seconds_total{organization="acme"}': "0+30x3000",
}

ALERTS = [
    ("DirsyncFailed", "1m", []),
    ("DirsyncFailed", "10m", ["acme"]),
    ("DirsyncStopped", "0m", []),
    ("DirsyncStopped", "2m", ["acme"]),
    ("DirsyncStale", "10m", []),
    ("DirsyncStale", "30m", ["never"]),
    ("DirsyncStale", "25h", ["acme", "never"]),
    ("DirsyncDirectoryShrank", "23h", []),
    ("DirsyncDirectoryShrank", "25h", ["acme"]),
    ("DirsyncSeatsRunOut", "20m", []),
    ("DirsyncSeatsRunOut", "50m", ["acme"]),
    ("DirsyncThrottled", "30m", []),
    ("DirsyncThrottled", "6h", ["acme"]),
]


def test_the_alerts_fire_when_they_should(tmp_path: Path) -> None:
    rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    labels = {rule["alert"]: rule["labels"] for rule in rules}
    verdicts = {"DirsyncFailed": {"verdict": "failed"}, "DirsyncStopped": {"verdict": "stopped"}}
    assert set(labels) == {alert for alert, _unused, _unused in ALERTS}
    # What an alert says is checked by eye, so that only its labels are compared here.
    for rule in rules:
        del rule["annotations"]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "dirsync", "rules": rules}]}))
    tests = [
        {
            "interval": "1m",
            "input_series": [{"series": series, "values": values} for series, values in SERIES.items()],
            "alert_rule_test": [
                {
                    "alertname": alert,
                    "eval_time": time,
                    "exp_alerts": [
                        {"exp_labels": {**labels[alert], **verdicts.get(alert, {}), "organization": name}}
                        for name in organizations
                    ],
                }
                for alert, time, organizations in ALERTS
            ],
        }
    ]
    content = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": tests}
    (tmp_path / "test.yml").write_text(yaml.safe_dump(content))
    tested = promtool("test", "rules", str(tmp_path / "test.yml"))
    assert tested.returncode == 0, tested.stdout + tested.stderr


def expressions(panel: dict[str, Any]) -> list[str]:
    return [target["expr"] for target in panel["targets"]]


def test_the_dashboard_shows_all_that_there_is_and_nothing_else() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    shown = set(re.findall(r"dirsync_[a-z_]+", " ".join(text for panel in panels for text in expressions(panel))))
    assert shown <= NAMES
    assert NAMES - shown == {"dirsync_build_info", "dirsync_last_run_timestamp_seconds", "dirsync_runs_total"}


@pytest.mark.parametrize("panel", json.loads(DASHBOARD.read_text())["panels"], ids=lambda panel: panel["title"])
def test_every_expression_of_the_dashboard_is_one(panel: dict[str, Any], tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:{number}", "expr": text.replace("$organization", ".*")}
        for number, text in enumerate(expressions(panel))
    ]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "panel", "rules": rules}]}))
    checked = promtool("check", "rules", str(tmp_path / "rules.yml"))
    assert checked.returncode == 0, checked.stderr


def test_the_rules_name_metrics_that_there_are() -> None:
    assert set(re.findall(r"dirsync_[a-z_]+", RULES.read_text())) <= NAMES
