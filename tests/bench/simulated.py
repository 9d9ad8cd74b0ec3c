# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module as if it talked to Bitwarden's cloud, on a clock that jumps over every wait.

The emulator's clock jumps along, so that its rate limits see the same time. Whatever is not waiting takes the time that
it really takes. Usage: simulated.py MODULE ARGUMENTS EMULATOR_URL RESULT, which is the number of seconds jumped over.
"""

from __future__ import annotations

import atexit
import json
import runpy
import sys
import threading
import time
import urllib.request
from pathlib import Path

_monotonic = time.monotonic
_lock = threading.Lock()
_jumped = 0.0


def monotonic() -> float:
    """Return the clock of this process, with the time that was jumped over."""
    return _monotonic() + _jumped


def main(module: str, arguments: str, emulator: str, result: str) -> None:
    """Run the module with the clock in the place of Python's own, before anything has looked at that."""

    def sleep(seconds: float) -> None:
        global _jumped
        until = monotonic() + seconds
        with _lock:
            # Others may have jumped meanwhile: who waits beside them waits no longer than they do.
            jump = max(0.0, until - monotonic())
            _jumped += jump
            if jump:
                body = json.dumps({"advance": jump}).encode()
                request = urllib.request.Request(f"{emulator}/_emulator/clock", body, method="POST")
                urllib.request.urlopen(request).close()

    time.monotonic = monotonic
    time.sleep = sleep
    atexit.register(lambda: Path(result).write_text(str(_jumped)))

    from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden import connection

    connection._cloud_domain = lambda url: connection.REGIONS["us"]
    sys.argv = [module, arguments]
    runpy.run_path(module, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
