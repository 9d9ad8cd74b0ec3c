# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for pip's bootstrap script in ansible-test, which cannot be downloaded everywhere.

ansible-test runs it with GET_PIP naming a file ``get_pip_<version>.py`` and expects that version of pip afterwards.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

found = re.search(r"get_pip_([0-9_]+)\.py", os.environ["GET_PIP"])
if found is None:
    sys.exit(f"GET_PIP names no version of pip: {os.environ['GET_PIP']}")
pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--root-user-action=ignore"]
subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
subprocess.check_call([*pip, f"pip=={found.group(1).replace('_', '.')}"])
