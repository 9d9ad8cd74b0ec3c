# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files a report is written to, and in which format."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_files import (
    check_report_paths,
    write_reports,
)
from ansible_collections.dirsync.bitwarden.tests.support.reports import record, report, runs


def test_the_ending_chooses_the_format(tmp_path: Path) -> None:
    paths = [tmp_path / "report.json", tmp_path / "report.md", tmp_path / "report.html"]
    check_report_paths(paths)
    made = report(record())
    write_reports(paths, made, runs({}, {}))
    as_json, as_markdown, as_html = (path.read_text() for path in paths)
    assert json.loads(as_json) == made
    assert as_markdown.startswith("### 1 action done\n")
    assert as_html.startswith("<!doctype html>\n")
    assert "<figure" in as_html
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


def test_a_name_that_cannot_be_encoded_does_not_stop_the_report(tmp_path: Path) -> None:
    paths = [tmp_path / "report.json", tmp_path / "report.md", tmp_path / "report.html"]
    made = report(record("lone\ud800surrogate"))
    write_reports(paths, made, ())
    assert json.loads(paths[0].read_text()) == made
    assert "lone\ufffdsurrogate" in paths[1].read_text()
    assert "lone\ufffdsurrogate" in paths[2].read_text()


@pytest.mark.parametrize("name", ["report", "report.txt", "report.JSON", "json"])
def test_an_unknown_format_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"Let the path end in \.json, \.md, \.html"):
        check_report_paths([tmp_path / name])


def test_a_missing_folder_is_found_early(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        check_report_paths([tmp_path / "report.json", tmp_path / "missing" / "report.json"])
