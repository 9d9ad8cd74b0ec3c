# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How results, warnings and failures reach Ansible."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirsyncError,
    GuardError,
    MissingLibraryError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.runner import run_module

Run = Callable[[Callable[[Any], dict[str, Any]]], dict[str, Any]]

SPECIFICATION = {"argument_spec": {"secret": {"type": "str", "no_log": True}}, "supports_check_mode": True}


@pytest.fixture
def run(run_as_module: Callable[..., dict[str, Any]]) -> Run:
    def call(function: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return run_as_module(partial(run_module, function, **SPECIFICATION), {"secret": "hidden-value"})

    return call


def raising(error: Exception) -> Callable[[Any], dict[str, Any]]:
    def function(module: Any) -> dict[str, Any]:
        raise error

    return function


def test_a_result_and_its_warnings_reach_the_task(run: Run) -> None:
    result = run(lambda module: {"changed": True, "count": 3, "warnings": ["one e-mail is missing"]})
    assert result["changed"] is True
    assert result["count"] == 3
    assert "one e-mail is missing" in str(result["warnings"])


def test_an_expected_error_is_a_message_without_traceback(run: Run) -> None:
    error = ConfigurationError("The file /x is missing", server="", hint="Give another path")
    result = run(raising(error))
    assert result["failed"] is True
    assert result["msg"] == "The file /x is missing. Give another path."
    assert "exception" not in result


def test_a_tripped_guard_names_its_trips(run: Run) -> None:
    result = run(raising(GuardError("2 limits stopped the plan", trips=("removals: 9 of 10", "empty snapshot"))))
    assert result["guard"] == ["removals: 9 of 10", "empty snapshot"]


def test_a_missing_library_says_why_and_where(run: Run) -> None:
    result = run(raising(MissingLibraryError("ldap3>=2.9.1", "for sources of type ldap", "Version 2.8 is installed")))
    assert "Version 2.8 is installed. Failed to import the required Python library (ldap3>=2.9.1)" in result["msg"]
    assert "required for sources of type ldap" in result["msg"]


def test_an_unexpected_error_is_named_but_shows_no_secret(run: Run) -> None:
    result = run(raising(ValueError("cannot use hidden-value here")))
    assert result["failed"] is True
    assert "ValueError: cannot use" in result["msg"]
    assert "hidden-value" not in str(result)


def test_every_expected_error_is_a_failed_task(run: Run) -> None:
    assert run(raising(DirsyncError("it failed")))["failed"] is True


HOSTILE_NAME = "staff\x1b[2J\n[WARNING]: all is well\u202e"


def test_what_names_hide_is_shown_in_one_line(run: Run) -> None:
    shown = "staff\ufffd[2J [WARNING]: all is well\ufffd"
    assert shown in str(run(lambda module: {"warnings": [HOSTILE_NAME]})["warnings"])
    assert run(raising(DirsyncError(HOSTILE_NAME)))["msg"] == f"{shown}."
