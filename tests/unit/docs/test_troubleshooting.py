# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page on troubleshooting has an entry for every code and class of errors in the code, and none for others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.guards import GUARDS
from ansible_collections.dirsync.bitwarden.tests.support.messages import codes, error_classes, messages
from ansible_collections.dirsync.bitwarden.tests.tools.message_page import page

GUIDES = Path(__file__).resolve().parents[3] / "docs/docsite/rst"
SECTIONS = {
    "Kinds of errors": error_classes(),
    "Guards": set(GUARDS),
    "Records that were left alone": codes("Refusal", 1),
    "Warnings of a read": codes("RecordWarning", 0),
}


def entries(section: str) -> list[str]:
    """Return what the first column of the table in a section names."""
    text = (GUIDES / "guide_troubleshooting.rst").read_text()
    body = re.search(rf"^{section}\n-+\n(.*?)(?=^[^\n]+\n-{{4,}}\n|\Z)", text, re.DOTALL | re.MULTILINE)
    assert body, f"the page has no section {section}"
    return re.findall(r"^   \* - ``(\w+)``$", body[1], re.MULTILINE)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_code_has_one_entry_and_no_entry_is_stale(section: str) -> None:
    assert sorted(entries(section)) == sorted(SECTIONS[section])


def test_codes_are_found_in_every_way_that_the_code_passes_them() -> None:
    assert {"owner_protected", "rekey_off"} <= codes("Refusal", 1)
    assert {"status_unknown", "members_hidden", "email_missing"} <= codes("RecordWarning", 0)
    assert codes("Trip", 0) <= set(GUARDS)


def test_the_page_of_messages_has_each_of_them_with_its_advice() -> None:
    found = {message.what: message for message in messages()}
    assert found["The source ... names no servers"].error == "ConfigurationError"
    [hint] = found["Another run is working on ..."].hints
    assert hint.startswith("Wait until it has ended")
    rows = page().replace("\\", "").split("   * - ")
    assert sum("Another run is working on ..." in row and hint in row for row in rows) == 1
    # A row for each message, one for the head of each table, and what stands above the first.
    kinds = {message.error for message in messages()}
    assert len(rows) == len(messages()) + len(kinds) + 1
