# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source of the guide is added to a copy of this collection as the guide says, and the module reads it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import yaml
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by
from ansible_collections.dirsync.bitwarden.tests.support.snippets import CHECKOUT

ARGUMENTS = "plugins/module_utils/core/arguments/source.py"
REGISTRY = "plugins/module_utils/directory/registry.py"
PACKAGE = "ansible_collections.dirsync.bitwarden.plugins.module_utils"


def edit(file: Path, *changes: tuple[str, str]) -> None:
    """Put each text before the one place in a file that begins with these words."""
    text = file.read_text()
    for before, added in changes:
        assert text.count(before) == 1, (file, before)
        text = text.replace(before, added + before)
    file.write_text(text)


def test_a_source_is_added_and_read_as_the_guide_says(tmp_path: Path) -> None:
    provider, branch, options = executed_by("test_a_source_is_added_and_read_as_the_guide_says")
    collection = tmp_path / "ansible_collections" / "dirsync" / "bitwarden"
    for name in ("plugins", "meta"):
        shutil.copytree(CHECKOUT / name, collection / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "galaxy.yml", collection)
    for block in (provider, options):
        (collection / block.caption).parent.mkdir(exist_ok=True)
        (collection / block.caption).write_text(block.text)
    edit(
        collection / REGISTRY,
        (")\n\n\nclass Provider", ', "passwd"'),
        ("    raise ConfigurationError(", indent(branch.text, "    ")),
    )
    edit(
        collection / ARGUMENTS,
        ("\nCREDENTIALS", f"from {PACKAGE}.core.arguments.passwd import passwd_spec\n"),
        ("    }\n    options = {", '        "passwd": passwd_spec(),\n'),
    )
    (tmp_path / "passwd").write_text("ann:x:1001:100:Ann Example:/home/ann:/bin/sh\n")
    (tmp_path / "group").write_text("staff:x:50:ann\n")
    source = {"name": "local", "type": "passwd", "passwd": {"folder": str(tmp_path), "email_domain": "example.org"}}
    task = {"dirsync.bitwarden.directory_facts": {"sources": [source], "snapshot": str(tmp_path / "snapshot.json")}}
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [task]}
    play["vars"] = {"ansible_python_interpreter": sys.executable}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    run = subprocess.run(
        ["ansible-playbook", "-i", "localhost,", "-c", "local", "play.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(tmp_path)},
    )
    assert run.returncode == 0, run.stdout + run.stderr
    snapshot = json.loads((tmp_path / "snapshot.json").read_text())
    assert [user["email"] for user in snapshot["users"]] == ["ann@example.org"]
    assert [(group["name"], group["members"]) for group in snapshot["groups"]] == [("staff", ["1001"])]
