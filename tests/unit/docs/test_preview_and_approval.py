# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to previews explains every kind of action, in the order in which they are carried out."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Kind

GUIDE = Path(__file__).parents[3] / "docs" / "docsite" / "rst" / "guide_preview_and_approval.rst"


def test_every_kind_of_action_is_explained() -> None:
    section = GUIDE.read_text().partition("What the actions mean\n")[2].partition("When guards stop a plan\n")[0]
    rows = re.findall(r"^   \* - (``.*)$", section, re.MULTILINE)
    assert re.findall(r"``(\w+)``", " ".join(rows)) == [kind.value for kind in Kind]
