# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line in the system log."""

from __future__ import annotations

import re

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.journal import end_line
from ansible_collections.dirsync.bitwarden.tests.support.reports import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

PAIR = re.compile(r'([a-z_]+)=([A-Za-z0-9_.:,/@+-]+|"(?:[^"\\]|\\.)*")(?: |$)')


def test_a_line_of_pairs() -> None:
    values = {"verdict": "done", "guards": "", "error": None, "done": 3, "seconds": 1.23456, "check_mode": True}
    assert end_line(values) == "dirsync.bitwarden run ended: verdict=done done=3 seconds=1.235 check_mode=true"


@pytest.mark.parametrize("value", [*HOSTILE, "verdict=failed", "a b"])
def test_a_value_stays_one_value_on_one_line(value: str) -> None:
    assert_one_value(value)


@given(st.text())
def test_any_value_stays_one_value_on_one_line(value: str) -> None:
    assert_one_value(value)


def assert_one_value(value: str) -> None:
    line = end_line({"name": value, "done": 1})
    assert line.isascii()
    assert line.isprintable()
    found = PAIR.findall(line.removeprefix("dirsync.bitwarden run ended: "))
    assert [key for key, _unused in found] == (["name", "done"] if value else ["done"])
