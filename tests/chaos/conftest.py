# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault campaign: a sample of the requests unless told ``--whole``, and a table of what was tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.chaos.catalogue import Tally

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
    """Print the cases tried, target by target and fault by fault."""
    rows: dict[tuple[str, str], Counter[str]] = {}
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == "chaos":
                target, fault, ends = value
                rows.setdefault((target, fault), Counter()).update(ends)
    if not rows:
        return
    terminalreporter.section("fault campaign")
    total: Counter[str] = Counter()
    for (target, fault), ends in rows.items():
        total.update(ends)
        shown = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
        terminalreporter.write_line(f"{target:<34} {fault:<38} {sum(ends.values()):>5} cases: {shown}")
    shown = ", ".join(f"{count} {end}" for end, count in sorted(total.items()))
    terminalreporter.write_line(f"{len(rows)} rows, {sum(total.values())} cases: {shown}")
