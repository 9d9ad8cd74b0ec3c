# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/security.md promises of the code as a whole, and that its other promises have the tests they name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
STARTING = {
    "subprocess",
    "pty",
    "multiprocessing",
    "run_command",
    "system",
    "popen",
    "execv",
    "execve",
    "spawnv",
    "fork",
}
UNPACKING = {"zipfile", "tarfile", "shutil", "pickle", "marshal", "shelve", "eval", "exec", "unsafe_load", "full_load"}


def named_tests() -> Iterator[str]:
    """Yield the tests that the page names; one without a file is in the file named before."""
    file = ""
    for name in re.findall(r"`([^`\s]*::test_\w+)`", (ROOT / "docs" / "security.md").read_text()):
        path, _unused, test = name.partition("::")
        file = path or file
        yield f"{file}::{test}"


def used_names(path: Path) -> set[str]:
    """Return the modules that a file imports and the names and attributes that it uses."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {(node.module or "").partition(".")[0], *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Name):
            names.add(node.id)
    return names


@pytest.mark.parametrize("name", sorted(set(named_tests())))
def test_a_promise_has_the_test_that_it_names(name: str) -> None:
    file, _unused, test = name.partition("::")
    functions = ast.walk(ast.parse((ROOT / file).read_text()))
    assert test in {node.name for node in functions if isinstance(node, ast.FunctionDef)}


def test_every_promise_names_a_test() -> None:
    rows = [row for row in (ROOT / "docs" / "security.md").read_text().splitlines() if row.startswith("| ")]
    promises = [row for row in rows if not row.startswith(("| promise", "| ---"))]
    assert len(promises) > 20
    assert [row for row in promises if "::test_" not in row] == []


def test_no_program_is_started() -> None:
    assert {str(path): found for path in PLUGINS if (found := used_names(path) & STARTING)} == {}


def test_nothing_is_unpacked_or_evaluated() -> None:
    assert {str(path): found for path in PLUGINS if (found := used_names(path) & UNPACKING)} == {}
