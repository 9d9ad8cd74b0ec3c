# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans that are saved and read again, and files that are no plan or not the one that their digest stands for."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.saved_plan import read_plan, saved_form, write_plan
from ansible_collections.dirsync.bitwarden.tests.support.examples import group, member, organization, snapshot, user
from ansible_collections.dirsync.bitwarden.tests.support.strategies import organizations, policies, snapshots
from hypothesis import HealthCheck, given, settings

ACME = "organization acme"
NOW = "2026-03-01T12:00:00Z"
PLAN = make_plan(
    snapshot([user("ann"), user("bob")], [group("staff", "ann", "bob")]), organization([member("cleo")]), Policy()
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


@given(directory=snapshots(), current=organizations(), policy=policies())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_plan_is_read_as_it_was_saved(path: Path, directory: Snapshot, current: Organization, policy: Policy) -> None:
    plan = make_plan(directory, current, policy)
    write_plan(path, plan, ACME, NOW)
    assert read_plan(path, ACME) == saved_form(plan)


def test_a_saved_plan_is_private_and_has_a_line_for_each_action(path: Path) -> None:
    write_plan(path, PLAN, ACME, NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = json.loads(path.read_text())
    assert (content["organization"], content["created"], content["digest"]) == (ACME, NOW, PLAN.digest)
    lines = path.read_text().splitlines()
    assert len([line for line in lines if line.startswith('{"')]) == len(PLAN.actions)


def test_a_name_that_is_no_unicode_survives(path: Path) -> None:
    plan = make_plan(snapshot([], [group("st\udce4ff")]), Organization(), Policy())
    write_plan(path, plan, ACME, NOW)
    assert read_plan(path, ACME) == saved_form(plan)


def test_there_may_be_no_saved_plan(path: Path) -> None:
    assert read_plan(path, ACME) is None


def changed(change: Callable[[dict[str, Any]], Any]) -> Callable[[str], str]:
    """Return a function that changes the content of a file."""

    def call(text: str) -> str:
        content = json.loads(text)
        change(content)
        return json.dumps(content)

    return call


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[:-10], "cannot be read"),
        (lambda text: "[]", "it is no saved plan"),
        (changed(lambda plan: plan.update(format="dirsync.bitwarden/report")), "it is no saved plan"),
        (changed(lambda plan: plan.update(version=2)), "version 2 of the format, known is 1"),
        (changed(lambda plan: plan.update(organization="globex")), "belongs to globex, not to organization acme"),
        (changed(lambda plan: plan.pop("actions")), "no actions, or one of them is none"),
        (changed(lambda plan: plan["actions"].append(1)), "no actions, or one of them is none"),
        (changed(lambda plan: plan["actions"][0].pop("identity")), "no actions, or one of them is none"),
        (changed(lambda plan: plan["actions"][0].update(key=None)), "no actions, or one of them is none"),
        (changed(lambda plan: plan["actions"].pop()), "not those that its digest stands for"),
        (changed(lambda plan: plan["actions"][0]["identity"].append("eve")), "not those that its digest"),
    ],
)
def test_what_is_no_sound_plan_for_this_organization_is_refused(
    path: Path, damage: Callable[[str], str], message: str
) -> None:
    write_plan(path, PLAN, ACME, NOW)
    path.write_text(damage(path.read_text()))
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_plan(path, ACME)
    assert "approved_plan" in str(caught.value)


def test_a_plan_that_others_may_change_is_refused(path: Path) -> None:
    write_plan(path, PLAN, ACME, NOW)
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match=r"other users may access it \(mode 0644\).*chmod 600"):
        read_plan(path, ACME)


def test_a_link_to_a_plan_is_refused(path: Path) -> None:
    write_plan(path.with_name("target"), PLAN, ACME, NOW)
    path.symlink_to("target")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_plan(path, ACME)
