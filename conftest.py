# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes ``ansible_collections.dirsync.bitwarden`` this checkout, for pytest and every ansible-playbook it starts.

Python and Ansible find a collection only below a folder ``ansible_collections/<namespace>/<name>``. A checkout lies
elsewhere, so a link tree points back at it: ``.venv/collections`` where ``make setup`` ran, else a temporary one.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

CHECKOUT = Path(__file__).resolve().parent
COLLECTION = Path("ansible_collections", "dirsync", "bitwarden")


def collections_folder() -> Path:
    """Return the folder that holds ``ansible_collections/dirsync/bitwarden``, made when there is none."""
    if CHECKOUT.parts[-3:] == COLLECTION.parts:
        return CHECKOUT.parents[2]
    if (CHECKOUT / ".venv").is_dir():
        folder = CHECKOUT / ".venv" / "collections"
    else:
        folder = Path(tempfile.mkdtemp(prefix="dirsync-collections-"))
        atexit.register(shutil.rmtree, folder)
    link = folder / COLLECTION
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.resolve() != CHECKOUT:
        link.unlink(missing_ok=True)
        link.symlink_to(CHECKOUT)
    return folder


FOLDER = collections_folder()
sys.path.insert(0, str(FOLDER))
os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(FOLDER)
# The ansible-playbook of this environment, also when it is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

# The same examples in every run; explore others with --hypothesis-profile=default, or ten times as many with long.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("long", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("ci")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run of the continuous integration that left something out: there everything has to be installed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") and skipped and exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} skipped: nothing may be skipped here", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
