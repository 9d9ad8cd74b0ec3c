# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a playbook in check mode, for real, and again; the first predicts what the second does, the third does nothing.

Usage: exactly.py INVENTORY PLAYBOOK OPTIONS, the last being variables as JSON. Fails also where a secret is shown.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

ENVIRONMENT = {**os.environ, "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_DEPRECATION_WARNINGS": "0"}


def changes(*options: str) -> list[tuple[str, Any]]:
    """Run the playbook and return the tasks that changed something, each with the items that it changed."""
    command = ["ansible-playbook", "--inventory", *sys.argv[1:3], "--diff", "--extra-vars", sys.argv[3], *options]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT, check=False)
    output = json.loads(run.stdout[run.stdout.index("{") :])
    tasks = [task for play in output["plays"] for task in play["tasks"]]
    outcomes = [(task["task"]["name"], outcome) for task in tasks for outcome in task["hosts"].values()]
    failures = [(name, outcome) for name, outcome in outcomes if outcome.get("failed")]
    if run.returncode or failures:
        sys.exit(f"{options}: {json.dumps(failures, indent=2) if failures else run.stdout}")
    if os.environ["SECRET"] in run.stdout:
        sys.exit(f"{options}: a secret is shown")
    return [(name, items(outcome)) for name, outcome in outcomes if outcome.get("changed")]


def items(outcome: dict[str, Any]) -> list[Any]:
    """Return which items of a loop were changed."""
    return [str(result.get("item")) for result in outcome.get("results", []) if result.get("changed")]


predicted, done, again = changes("--check"), changes(), changes()
if not done or predicted != done or again:
    sys.exit(json.dumps({"predicted": predicted, "done": done, "again": again}, indent=2))
print(f"{len(done)} tasks changed something, as predicted")
