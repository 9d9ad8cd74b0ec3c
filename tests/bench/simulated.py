# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module far from its server, or as if it talked to Bitwarden's cloud, on a clock that jumps over waiting.

The clock of the emulated cloud jumps along, so that its rate limits see the same time. Whatever is not waiting takes
the time that it really takes. The file RESULT gets the number of seconds that were jumped over.
"""

from __future__ import annotations

import argparse
import atexit
import json
import runpy
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

_monotonic = time.monotonic
_sleep = time.sleep
_lock = threading.Lock()
_jumped = 0.0


def monotonic() -> float:
    """Return the clock of this process, with the time that was jumped over."""
    return _monotonic() + _jumped


def main() -> None:
    """Run the module with the clock in the place of Python's own, before anything has looked at that."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module")
    parser.add_argument("arguments")
    parser.add_argument("result")
    parser.add_argument("--cloud", metavar="URL", help="the emulator at this address is the cloud")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that each request takes longer")
    options = parser.parse_args()
    _jump_over_waiting(options.cloud)
    atexit.register(lambda: Path(options.result).write_text(str(_jumped)))
    if options.latency:
        _delay_requests(options.latency)
    if options.cloud:
        from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden import connection

        connection._cloud_domain = lambda url: connection.REGIONS["us"]
    sys.argv = [options.module, options.arguments]
    runpy.run_path(options.module, run_name="__main__")


def _jump_over_waiting(emulator: str | None) -> None:
    def sleep(seconds: float) -> None:
        global _jumped
        until = monotonic() + seconds
        with _lock:
            # Others may have jumped meanwhile: who waits beside them waits no longer than they do.
            jump = max(0.0, until - monotonic())
            _jumped += jump
            if jump and emulator:
                body = json.dumps({"advance": jump}).encode()
                request = urllib.request.Request(f"{emulator}/_emulator/clock", body, method="POST")
                urllib.request.urlopen(request).close()

    time.monotonic = monotonic
    time.sleep = sleep


def _delay_requests(seconds: float) -> None:
    """Make requests take longer: reads really, since several wait beside each other, and writes by jumping."""
    from requests.adapters import HTTPAdapter

    send = HTTPAdapter.send

    def delayed(adapter: HTTPAdapter, request: Any, **options: Any) -> Any:
        (_sleep if request.method == "GET" else time.sleep)(seconds)
        return send(adapter, request, **options)

    HTTPAdapter.send = delayed


if __name__ == "__main__":
    main()
