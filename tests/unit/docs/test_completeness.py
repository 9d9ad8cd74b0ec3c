# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every block of code in the pages is executed by one test, or is among the few that have a reason not to be."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.tests.support.executed import EXECUTED, NOT_EXECUTED, claimed
from ansible_collections.dirsync.bitwarden.tests.support.snippets import CHECKOUT, PAGES, Snippet, snippets

CLAIMS = {
    **EXECUTED,
    "NOT_EXECUTED": {page: tuple(reasons) for page, reasons in NOT_EXECUTED.items()},
}


@pytest.mark.parametrize("snippet", snippets(), ids=str)
def test_a_block_is_executed_by_one_test(snippet: Snippet) -> None:
    """Write a test that executes the block, and name both in tests/support/executed.py."""
    tests = [test for test, claims in CLAIMS.items() if claimed(snippet, claims)]
    assert len(tests) == 1, f"{snippet} is executed by {tests or 'no test'}"


def test_every_claim_is_about_one_block() -> None:
    for claims in CLAIMS.values():
        for place, named in claims.items():
            on_page = [snippet for snippet in snippets() if snippet.place == place]
            for words in named:
                found = [snippet for snippet in on_page if words in snippet.text]
                assert len(found) == 1 or (words == "" and found), f"{words!r} is in {len(found)} blocks of {place}"


@pytest.mark.parametrize("name", EXECUTED)
def test_the_tests_are_there_and_take_their_blocks_from_the_table(name: str) -> None:
    path, _unused, test = name.partition("::")
    text = (CHECKOUT / path).read_text()
    assert test in {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    pages = {place.removeprefix("guide_").removesuffix(".rst") for place in EXECUTED[name]}
    readers = {f'Reader("{page}", ' for page in pages}
    assert re.search(rf'\b(executed_by|yaml_of)\(\s*"{test}"', text) or all(reader in text for reader in readers)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_block_of_a_page_is_overlooked(page: Path) -> None:
    text = page.read_text()
    if page.suffix == ".md":
        marked = len(re.findall(r"^ *```", text, re.MULTILINE)) / 2
    else:
        # Two colons begin a block as well, but one without a language.
        assert re.findall(r"^(?!\s*\.\.).*::$", text, re.MULTILINE) == []
        marked = len(re.findall(r"(code-block|code|sourcecode|literalinclude|parsed-literal)::", text))
    assert len([snippet for snippet in snippets() if snippet.page == page]) == marked
