# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to policies names options, reasons and actions that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.convergence import (
    convergence_spec,
    inline_groups_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.source import source_spec

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs/docsite/rst/guide_policies.rst").read_text()
SPECS: dict[str, dict[str, Any]] = {
    "dirsync.bitwarden.bitwarden_org_sync": {**bitwarden_spec(), **convergence_spec(), **inline_groups_spec()},
    "dirsync.bitwarden.directory_facts": {"snapshot": {"type": "path"}, "sources": source_spec()},
}
BLOCKS = re.findall(r"\.\. code-block:: yaml\n\n((?:   .*\n|\n)+)", GUIDE)
TASKS = [task for block in BLOCKS for task in yaml.safe_load(block)]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task["name"])
def test_every_example_is_accepted(task: dict[str, Any]) -> None:
    [(module, options)] = [(name, value) for name, value in task.items() if name != "name"]
    assert ArgumentSpecValidator(SPECS[module]).validate(options).error_messages == []


def test_reasons_and_actions_are_those_of_the_planner() -> None:
    named = set(re.findall(r"``([a-z]+(?:_[a-z]+)+)``", GUIDE))
    sources = [*(ROOT / "plugins/module_utils").rglob("*.py"), *(ROOT / "plugins/modules").glob("*.py")]
    code = "".join(path.read_text() for path in sources) + " ".join(path.stem for path in sources)
    assert [name for name in named if name not in code and name != "bitwarden_sync_policy"] == []
