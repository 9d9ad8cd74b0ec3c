# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that reports failed runs, as systemd and cron call it, against a real web server and a real command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).parents[3] / "roles" / "directory_sync_schedule" / "files" / "report_failure.py"


class Web(HTTPServer):
    """Notes what it is asked, and answers with ``status``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[tuple[str, str, Any]] = []
        self.status = 204

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers for :class:`Web`."""

    server: Web

    def do_GET(self) -> None:
        """Note the request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.received.append((self.command, self.path, json.loads(body) if body else None))
        self.send_response(self.server.status)
        self.end_headers()

    def do_POST(self) -> None:
        """Note the request."""
        self.do_GET()

    def log_message(self, *_unused: Any) -> None:
        """Say nothing."""


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def report(folder: Path, configuration: dict[str, Any], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as the unit does."""
    path = folder / "on_failure.json"
    path.write_text(json.dumps(configuration))
    command = [sys.executable, "-I", str(PROGRAM), str(path), "dirsync-bitwarden-sync-acme-europe"]
    return subprocess.run(command, env={**os.environ, **environment}, text=True, capture_output=True, check=False)


def test_a_webhook_hears_what_failed_and_why(tmp_path: Path, web: Web) -> None:
    run = report(
        tmp_path, {"webhook_url": f"{web.url}/hook"}, MONITOR_SERVICE_RESULT="timeout", MONITOR_EXIT_STATUS="TERM"
    )
    assert (run.returncode, run.stderr) == (0, "")
    [(method, path, body)] = web.received
    assert (method, path, body["organization"], body["purpose"]) == ("POST", "/hook", "acme-europe", "sync")
    assert body["text"].startswith("Bitwarden organization acme-europe: sync failed on ")
    assert body["text"].endswith(" (timeout, status TERM)")


def test_a_heartbeat_is_only_got(tmp_path: Path, web: Web) -> None:
    assert report(tmp_path, {"heartbeat_url": f"{web.url}/fail"}).returncode == 0
    assert web.received == [("GET", "/fail", None)]


def test_a_command_gets_a_mail(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    run = report(tmp_path, {"mail_command": ["tee", str(mail)], "mail_to": "admins@example.org"})
    assert (run.returncode, run.stderr) == (0, "")
    header, _blank, body = mail.read_text().partition("\n\n")
    assert "To: admins@example.org" in header
    assert "Subject: Bitwarden organization acme-europe: sync failed on " in header
    assert "acme-europe" in body


def test_a_command_as_one_text_is_split_as_a_shell_does(tmp_path: Path) -> None:
    mail = tmp_path / "a mail"
    assert report(tmp_path, {"mail_command": f"tee '{mail}'"}).returncode == 0
    assert "To: root" in mail.read_text()
    run = report(tmp_path, {"mail_command": "false"})
    assert run.stderr == "mail_command: false ended with status 1\n"


def test_one_way_that_fails_does_not_keep_the_others_back(tmp_path: Path, web: Web) -> None:
    run = report(tmp_path, {"mail_command": ["false"], "webhook_url": "ftp://host/a-secret", "heartbeat_url": web.url})
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        "mail_command: false ended with status 1",
        "webhook_url: the address is not one of https or http",
    ]
    assert len(web.received) == 1


def test_errors_show_no_address(tmp_path: Path, web: Web) -> None:
    web.status = 403
    addresses = {"webhook_url": f"{web.url}/a-secret", "heartbeat_url": "http://127.0.0.1:1/a-secret"}
    run = report(tmp_path, {"mail_command": ["/nonexistent"], **addresses})
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        "mail_command: No such file or directory",
        "webhook_url: HTTP Error 403: Forbidden",
        "heartbeat_url: <urlopen error [Errno 111] Connection refused>",
    ]
