# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports that a scheduled run failed, by mail, to a webhook and to a heartbeat address: each on its own.

Usage: report_failure.py CONFIGURATION RUN. Needs nothing but Python, so that it works when the installation is broken.
What it says names the run and the host and nobody from the directory; the journal has the rest.
"""

from __future__ import annotations

import http.client
import json
import os
import platform
import shlex
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from email.message import EmailMessage
from pathlib import Path
from typing import Any

TIMEOUT_SECONDS = 20


def failure(run: str) -> dict[str, str]:
    """Return what there is to say about the failed run; systemd tells why where it knows (version 251 and newer)."""
    purpose, _dash, organization = run.removeprefix("dirsync-bitwarden-").partition("-")
    host = platform.node()
    reason = os.environ.get("MONITOR_SERVICE_RESULT", "")
    status = os.environ.get("MONITOR_EXIT_STATUS", "")
    why = f" ({reason}, status {status})" if reason else ""
    return {
        "text": f"Bitwarden organization {organization}: {purpose} failed on {host}{why}",
        "organization": organization,
        "purpose": purpose,
        "run": run,
        "host": host,
        "result": reason,
        "status": status,
    }


def mail(command: str | list[str], address: str, report: dict[str, str]) -> None:
    """Give a message to a command that takes it on its standard input, as sendmail -t does."""
    message = EmailMessage()
    message["To"] = address
    message["Subject"] = report["text"]
    message.set_content(
        f"{report['text']}.\n\nLook at what it printed, on {report['host']}:\n\n  {where_to_look(report)}\n"
    )
    words = shlex.split(command) if isinstance(command, str) else command
    subprocess.run(words, input=message.as_bytes(), check=True, timeout=TIMEOUT_SECONDS)  # noqa: S603


def where_to_look(report: dict[str, str]) -> str:
    """Return the command that shows what the run printed."""
    if Path("/run/systemd/system").exists():
        return f"journalctl -u {report['run']}"
    return f"cat /var/lib/dirsync.bitwarden/{report['organization']}/{report['purpose']}.log"


def call(address: str, report: dict[str, str] | None) -> None:
    """Post a report to an address as JSON; without one, only get the address."""
    if not address.startswith(("https://", "http://")):
        raise ValueError("neither https nor http")
    body = None if report is None else json.dumps(report).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"} if body else {})  # noqa: S310
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
        pass


def report_failure(configuration: dict[str, Any], run: str) -> list[str]:
    """Report in each configured way and return what went wrong, without the secrets that addresses hold."""
    report = failure(run)
    ways = {
        "mail_command": lambda command: mail(command, configuration.get("mail_to", "root"), report),
        "webhook_url": lambda address: call(address, report),
        "heartbeat_url": lambda address: call(address, None),
    }
    errors = []
    for name, way in ways.items():
        if not configuration.get(name):
            continue
        try:
            way(configuration[name])
        except urllib.error.URLError as error:
            errors.append(f"{name}: {error}")
        except subprocess.CalledProcessError as error:
            errors.append(f"{name}: {error.cmd[0]} ended with status {error.returncode}")
        except OSError as error:
            errors.append(f"{name}: {error.strerror or type(error).__name__}")
        except subprocess.TimeoutExpired:
            errors.append(f"{name}: no end after {TIMEOUT_SECONDS} seconds")
        except http.client.HTTPException as error:
            errors.append(f"{name}: {type(error).__name__}")
        except ValueError:
            errors.append(f"{name}: the address is not one of https or http")
    return errors


if __name__ == "__main__":
    sys.exit("\n".join(report_failure(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2])) or 0)
