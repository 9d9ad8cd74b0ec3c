# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the directory servers share: finding programs and ports, waiting for a port, starting from a shell."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

SYSTEM_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


class ServerError(Exception):
    """A directory server could not be set up, started or filled; the message holds what it printed."""


def find_program(name: str) -> str | None:
    """Return the path of a program, also where only root has its folder on the PATH."""
    return shutil.which(name, path=SYSTEM_PATH)


def free_port(address: str = "127.0.0.1") -> int:
    """Return a TCP port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def run(command: list[str], *, text: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Run a command to its end and return what it printed; ``text`` is its standard input. Raises ServerError."""
    result = subprocess.run(
        command,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    if result.returncode:
        raise ServerError(f"{Path(command[0]).name} ended with {result.returncode}: {result.stdout.strip()}")
    return result.stdout


def wait_for_port(process: subprocess.Popen[bytes], address: str, port: int, log: Path, seconds: float = 30.0) -> None:
    """Wait until ``process`` accepts connections; raise ServerError with its log if it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((address, port)) == 0:
                return
        time.sleep(0.02)
    process.kill()
    process.wait()
    raise ServerError(f"No answer on {address}:{port}: {log.read_text(errors='replace').strip()}")


def serve_until_stopped(facts: Mapping[str, object]) -> None:
    """Print the facts of a running server as one line of JSON and wait for SIGINT or SIGTERM."""
    print(json.dumps(facts), flush=True)
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    signal.sigwait(signals)
