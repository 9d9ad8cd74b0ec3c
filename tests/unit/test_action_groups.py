# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action groups of meta/runtime.yml name the modules there are, so that ``module_defaults`` reach all of them."""

from __future__ import annotations

from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
SHARES_NO_OPTION = ["directory_connector_info"]


def test_every_module_that_shares_options_is_in_one_action_group() -> None:
    groups = yaml.safe_load((CHECKOUT / "meta/runtime.yml").read_text())["action_groups"]
    grouped = sorted(module for modules in groups.values() for module in modules)
    assert sorted(grouped + SHARES_NO_OPTION) == sorted(
        path.stem for path in (CHECKOUT / "plugins/modules").glob("*.py")
    )
