# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every molecule scenario of the collection, through the fixture of pytest-ansible."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_ansible.molecule import MoleculeScenario


@pytest.mark.timeout(1800)
def test_scenario(
    molecule_scenario: MoleculeScenario,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    # Molecule's own choice is one folder for all checkouts of the same name, with what a killed run left there.
    monkeypatch.setenv("MOLECULE_EPHEMERAL_DIRECTORY", str(tmp_path))
    result = molecule_scenario.test()
    output = "".join(capfd.readouterr())
    assert result.returncode == 0, output
    # Molecule only warns of a step that it leaves out.
    assert "Missing playbook" not in output, output
