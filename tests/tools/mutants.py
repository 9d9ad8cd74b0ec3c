# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation testing: changes a sample of the code on which safety rests, and counts the changes that the tests notice.

Each module is changed in a copy of the checkout, place after place, and its tests run after each change. Ends with
status 1 where they notice fewer than KILL_RATE of all changes. Survivors are printed: each is a test that is missing,
or a change that makes no difference.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome

CHECKOUT = Path(__file__).resolve().parents[2]
MODULE_UTILS = "plugins/module_utils/"
KILL_RATE = 0.85
ALIKE = ("Eq_Is", "NotEq_IsNot", "Is_Eq", "IsNot_NotEq")
"""Equality against identity: the same for the constants that this code compares, which Python has once."""

MOST_SECONDS = 300.0
MOST_BYTES = 4 << 30

TESTS = {
    "sync/plan.py": ("sync/test_plan.py", "sync/test_convergence_properties.py"),
    "sync/matching.py": ("sync/test_members.py", "sync/test_groups.py"),
    "sync/members.py": (
        "sync/test_members.py",
        "sync/test_plan.py",
        "sync/test_invitations.py",
        "sync/test_staging.py",
    ),
    "sync/groups.py": ("sync/test_groups.py", "sync/test_plan.py"),
    "sync/guards.py": ("sync/test_guards.py",),
    "directory/membership.py": ("directory/test_membership.py",),
    "directory/dn.py": ("directory/test_dn.py",),
}
"""The modules that are changed, and the unit tests that have to notice it."""


def main(arguments: Sequence[str]) -> int:
    """Try every module, or the one that is named, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=30, help="how many places of each module are changed")
    parser.add_argument("--module", choices=TESTS, help="change this module in place; its copy of the checkout only")
    options = parser.parse_args(arguments)
    if options.module:
        for line in survivors_and_count(options.module, options.sample):
            print(line)
        return 0
    noticed = tried = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        reports = pool.map(lambda module: in_a_copy(module, options.sample), TESTS)
        for module, (*survivors, count) in zip(TESTS, reports, strict=True):
            killed, of = map(int, count.split("/"))
            noticed, tried = noticed + killed, tried + of
            print("\n".join([*survivors, f"{module}: {count} changes noticed"]), flush=True)
    print(f"mutants: {noticed} of {tried} changes noticed, {noticed / tried:.0%}; wanted {KILL_RATE:.0%}")
    return 0 if noticed >= KILL_RATE * tried else 1


def in_a_copy(module: str, sample: int) -> list[str]:
    """Return the lines of survivors_and_count(), found in a copy of the checkout."""
    staged = str(CHECKOUT / "tests/tools/staged.sh")
    command = [staged, sys.executable, "-B", "tests/tools/mutants.py", f"--module={module}", f"--sample={sample}"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


def survivors_and_count(module: str, sample: int) -> Iterator[str]:
    """Yield the difference of each change that no test noticed, then ``noticed/tried``."""
    path = Path(MODULE_UTILS, module)
    tests = " ".join(f"tests/unit/{MODULE_UTILS}{name}" for name in TESTS[module])
    # A loop that does not end any more must not take all memory before its time is up.
    command = f"prlimit --as={MOST_BYTES} {sys.executable} -B -m pytest --quiet --exitfirst -p no:cacheprovider {tests}"
    with use_db(":memory:", WorkDB.Mode.create) as work:
        init([path], work, {})
        mutations = [mutation for item in work.work_items for mutation in item.mutations]
    chosen = sampled(effective(mutations, path), sample)
    noticed = 0
    for mutation in chosen:
        result = mutate_and_test([mutation], command, MOST_SECONDS)
        if result.test_outcome == TestOutcome.SURVIVED:
            yield result.diff or f"{mutation.operator_name} at {mutation.start_pos}"
        else:
            noticed += 1
    yield f"{noticed}/{len(chosen)}"


def effective(mutations: Sequence[MutationSpec], path: Path) -> list[MutationSpec]:
    """Return the mutations that make a difference when the code runs, unlike those of annotations and decorators."""
    idle = [
        range(part.lineno, (part.end_lineno or part.lineno) + 1)
        for node in ast.walk(ast.parse(path.read_text()))
        for part in _idle_parts(node)
    ]
    return [
        mutation
        for mutation in mutations
        if not mutation.operator_name.endswith(tuple(f"Operator_{pair}" for pair in ALIKE))
        and not any(mutation.start_pos[0] in lines for lines in idle)
    ]


def _idle_parts(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield from node.decorator_list
    if isinstance(node, ast.FunctionDef):
        yield from (
            part
            for part in (node.returns, *(arg.annotation for arg in ast.walk(node.args) if isinstance(arg, ast.arg)))
            if part
        )
    if isinstance(node, ast.AnnAssign) and node.value is None:
        yield node.annotation


def sampled(mutations: Sequence[MutationSpec], size: int) -> list[MutationSpec]:
    """Return that many of the mutations, the same ones in every run."""
    chooser = random.Random(size)
    return chooser.sample(list(mutations), min(size, len(mutations)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
