# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles document what they take: what stands in their defaults stands in their argument specifications."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

COLLECTION = Path(__file__).parents[3]
ROLES = sorted(path for path in (COLLECTION / "roles").iterdir() if path.is_dir())


def options(role: Path) -> dict[str, Any]:
    """Return the options that a role documents."""
    specification = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())
    found: dict[str, Any] = specification["argument_specs"]["main"]["options"]
    return found


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_default_is_documented(role: Path) -> None:
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text())
    documented = options(role)
    assert set(defaults) <= set(documented)
    # Where a default depends on the run or the host, words tell it.
    told = {name for name in defaults if "default" in documented[name]}
    assert {name: documented[name]["default"] for name in told} == {name: defaults[name] for name in told}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_options_carry_the_name_of_the_role(role: Path) -> None:
    assert [name for name in options(role) if not name.startswith(f"{role.name}_")] == []


def test_the_guide_on_scheduled_runs_sets_what_there_is() -> None:
    guide = (COLLECTION / "docs" / "docsite" / "rst" / "guide_schedule.rst").read_text()
    blocks = re.findall(r"code-block:: yaml\n\n((?:   .*\n|\n)+)", guide)
    taken = options(COLLECTION / "roles" / "directory_sync_schedule")
    variables = [yaml.safe_load(textwrap.dedent(block)) for block in blocks]
    scheduler = variables[0]["bitwarden_schedulers"]["vars"]
    named = {name: value for block in [scheduler, *variables[1:]] for name, value in block.items()}
    named.pop("bitwarden_sync_organization")
    assert set(named) <= set(taken)
    for name, value in named.items():
        assert set(value if isinstance(value, dict) else ()) <= set(taken[name].get("options", value))
