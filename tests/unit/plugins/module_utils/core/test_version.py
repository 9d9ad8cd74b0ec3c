# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version has one truth."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import PRODUCT, VERSION

CHECKOUT = Path(__file__).resolve().parents[5]


def test_version_is_that_of_the_collection() -> None:
    galaxy = yaml.safe_load((CHECKOUT / "galaxy.yml").read_text())
    assert galaxy["version"] == VERSION
    assert f"{galaxy['namespace']}.{galaxy['name']}" == PRODUCT
