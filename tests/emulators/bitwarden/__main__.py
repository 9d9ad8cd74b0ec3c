# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the emulator as a process of its own until it is told to end (SIGTERM, SIGINT)."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from pathlib import Path

from .emulator import DEFAULT_SECRET, BitwardenEmulator
from .model import Mode
from .profile import DEFAULT_VERSION
from .server import BitwardenServer


def main() -> None:
    """Serve; what clients need to know is in the ready file as soon as the server listens."""
    arguments = _parser().parse_args()
    emulator = BitwardenEmulator(
        mode=Mode(arguments.mode),
        version=arguments.version,
        database=arguments.database,
        client_id=arguments.client_id,
        client_secret=arguments.client_secret,
        rate_limits={"auto": None, "on": True, "off": False}[arguments.rate_limits],
    )
    if arguments.seed is not None and emulator.is_new:
        emulator.load_state(json.loads(Path(arguments.seed).read_text(encoding="utf-8")))
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_unused: ended.set())
    tls = arguments.tls is not None
    with BitwardenServer(emulator, port=arguments.port, tls=tls, tls_directory=arguments.tls) as server:
        if arguments.ready_file is not None:
            _announce(Path(arguments.ready_file), server)
        ended.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Emulates a Bitwarden server with one organization on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--database", default=":memory:", help="SQLite file that keeps the organization")
    parser.add_argument("--mode", choices=[mode.value for mode in Mode], default=Mode.SELF_HOSTED.value)
    parser.add_argument("--version", default=DEFAULT_VERSION, help="server version to behave like")
    parser.add_argument("--rate-limits", choices=["auto", "on", "off"], default="auto")
    parser.add_argument("--tls", metavar="DIRECTORY", help="serve https, with certificates made in this directory")
    parser.add_argument("--client-id", help="organization.<guid>; made up when missing")
    parser.add_argument("--client-secret", default=os.environ.get("BW_CLIENTSECRET", DEFAULT_SECRET))
    parser.add_argument("--seed", metavar="FILE", help="JSON to fill a new database with")
    parser.add_argument("--ready-file", metavar="FILE", help="JSON with url, ca_file, client_id and pid")
    return parser


def _announce(path: Path, server: BitwardenServer) -> None:
    ready = {"url": server.url, "ca_file": server.ca_file, "client_id": server.client_id, "pid": os.getpid()}
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(ready), encoding="utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    main()
