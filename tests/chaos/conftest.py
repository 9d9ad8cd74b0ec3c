# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault campaign: a sample of the requests unless told ``--whole``, and a table of what was tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.chaos.catalogue import Tally

CHECKOUT = Path(__file__).resolve().parents[2]
TABLE = CHECKOUT / "build" / "chaos" / "table.md"
Rows = dict[tuple[str, str], Counter[str]]

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="let every fault strike every request")


@pytest.fixture
def whole(pytestconfig: pytest.Config) -> bool:
    """Return whether every request is to be tried."""
    return bool(pytestconfig.getoption("--whole"))


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Callable[[str, str], Tally]:
    """Return a function that makes a tally for the table."""

    def make(target: str, fault: str) -> Tally:
        tally = Tally(target, fault)
        record_property("chaos", [target, fault, tally.ends])
        return tally

    return make


@pytest.fixture(autouse=True)
def _no_http_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the cases tried, target by target and fault by fault; keep those of the whole campaign as a file too."""
    rows = _rows(terminalreporter.getreports("passed") + terminalreporter.getreports("failed"))
    if not rows:
        return
    terminalreporter.section("fault campaign")
    for (target, fault), ends in rows.items():
        terminalreporter.write_line(f"{target:<34} {fault:<38} {ends.total():>5} cases: {_shown(ends)}")
    terminalreporter.write_line(_sum(rows))
    if terminalreporter.config.getoption("--whole"):
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(_markdown(rows), encoding="utf-8")
        terminalreporter.write_line(f"The table is in {TABLE.relative_to(CHECKOUT)}")


def _rows(reports: Iterable[Any]) -> Rows:
    """Return what the tests recorded."""
    rows: Rows = {}
    for report in reports:
        for name, value in report.user_properties:
            if name == "chaos":
                target, fault, ends = value
                rows.setdefault((target, fault), Counter()).update(ends)
    return rows


def _markdown(rows: Rows) -> str:
    """Return a table for each kind of targets, which are those that know the same faults."""
    faults: dict[str, list[str]] = {}
    for target, fault in sorted(rows):
        faults.setdefault(target, []).append(fault)
    kinds: dict[tuple[str, ...], list[str]] = {}
    for target, known in faults.items():
        kinds.setdefault(tuple(known), []).append(target)
    parts = ["# Fault campaign", _sum(rows)]
    for known, targets in kinds.items():
        lines = [["fault", *targets], ["---"] * (1 + len(targets))]
        lines += [[fault, *(_shown(rows[target, fault]) for target in targets)] for fault in known]
        parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join(parts) + "\n"


def _sum(rows: Rows) -> str:
    total = sum(rows.values(), Counter[str]())
    return f"{len(rows)} rows, {total.total()} cases: {_shown(total)}"


def _shown(ends: Counter[str]) -> str:
    return ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
