# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every molecule scenario of the collection, through the fixture of pytest-ansible."""

from __future__ import annotations

from pytest_ansible.molecule import MoleculeScenario


def test_scenario(molecule_scenario: MoleculeScenario) -> None:
    result = molecule_scenario.test()
    assert result.returncode == 0, result.stdout
