# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the comparisons and writes ``build/bench.json``; ``CASES`` in the environment chooses some of them by name."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from ansible_collections.dirsync.bitwarden.tests.bench.ldap_read import CASES as LDAP_CASES
from ansible_collections.dirsync.bitwarden.tests.bench.measure import Case
from ansible_collections.dirsync.bitwarden.tests.bench.organizations import CASES as ORGANIZATIONS_CASES
from ansible_collections.dirsync.bitwarden.tests.bench.planning import CASES as PLANNING_CASES
from ansible_collections.dirsync.bitwarden.tests.bench.whole_system import CASES as WHOLE_SYSTEM_CASES

CASES = {**LDAP_CASES, **PLANNING_CASES, **WHOLE_SYSTEM_CASES, **ORGANIZATIONS_CASES}
RESULTS = Path(__file__).resolve().parents[2] / "build" / "bench.json"


def main() -> None:
    """Run the chosen cases, all by default, and print and write their results."""
    chosen = os.environ.get("CASES", "").replace(",", " ").split() or list(CASES)
    unknown = sorted(set(chosen) - set(CASES))
    if unknown:
        sys.exit(f"Unknown cases: {', '.join(unknown)}. There are: {', '.join(CASES)}")
    # Cases that are measured together are measured once.
    results = [result for run in dict.fromkeys(CASES[name] for name in chosen) for result in run()]
    print(_table(results))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(f"Written to {RESULTS}")


def _table(results: list[Case]) -> str:
    lines = ["| case | ours | peer | peer's name | ratio | unit |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row['case']} | {row['ours']} | {row['peer']} | {row['peer_name']} | {row['ratio']} | {row['unit']} |"
        for row in results
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
