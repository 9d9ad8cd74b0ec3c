# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports and past runs for tests of what is made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import VERSION
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Kind
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.history import PastRun

HOSTILE = [
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!-- ",
    "]]>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "&lt;b&gt;",
    "a|b||c\\\\|d",
    "`code`",
    "```",
    "`",
    " ` ",
    "",
    " ",
    "[click](https://evil.example.org)",
    "![](https://evil.example.org/pixel)",
    "https://evil.example.org",
    "www.evil.example.org",
    "@everyone",
    "#1",
    "**bold** _it_ ~~no~~",
    "- item",
    "# heading",
    '=HYPERLINK("https://evil.example.org")',
    "+1+1",
    "@SUM(1)",
    "line\nbreak\r\n| new | row |",
    "tab\there",
    "bell\x07 null\x00 escape\x1b[31m",
    "right\u202eto\u2066left",
    "hidden\u200bspace\ufeff",
    "lone\ud800surrogate",
    "paragraph\u2029line\u2028",
    "x" * 5000,
]
"""Names that try to be more than names."""


def record(
    key: str = "ann@example.org",
    action: str = "invite_member",
    outcome: str = "done",
    reason: str = "new_user",
    **more: Any,
) -> dict[str, Any]:
    """Return one record of a report."""
    return {"action": action, "key": key, "reason": reason, "outcome": outcome, **more}


def refusal(key: str, message: str = "owners are never touched") -> dict[str, Any]:
    """Return the record of something that the plan leaves alone."""
    return record(key, "none", "refused", "owner_protected", external_id=None, message=message)


def report(
    *records: dict[str, Any], guard: Sequence[str] = (), check_mode: bool = False, **snapshot: Any
) -> dict[str, Any]:
    """Return a report with these records; ``snapshot`` replaces parts of what it says of the directory."""
    actions = Counter(record["action"] for record in records)
    outcomes = Counter(record["outcome"] for record in records)
    return {
        "generator": f"dirsync.bitwarden {VERSION}",
        "organization": "organization.1",
        "check_mode": check_mode,
        "started": "2026-03-01T12:00:00Z",
        "finished": "2026-03-01T12:00:09Z",
        "digest": "sha256:5f2b",
        "snapshot": {
            "created": "2026-03-01T11:59:00Z",
            "counts": {
                "users": 6,
                "active": 4,
                "disabled": 1,
                "deleted": 1,
                "groups": 2,
                "memberships": 7,
                "warnings": 0,
            },
            "sources": [{"name": "people", "type": "ldap", "server": "ldaps://ldap.example.org"}],
            "warnings": [],
            **snapshot,
        },
        "current": {"members": {"confirmed": 1200, "revoked": 3}, "groups": 2},
        "guard": list(guard),
        "counts": {**{kind.value: actions[kind.value] for kind in Kind}, "refused": actions["none"]},
        "outcomes": {outcome: outcomes[outcome] for outcome in ("planned", "done", "failed", "refused")},
        "records": list(records),
    }


def runs(*changes: dict[str, int], members: Sequence[int] = ()) -> tuple[PastRun, ...]:
    """Return one past run a day with these changes, and with so many confirmed members before (10 if not given)."""
    return tuple(
        PastRun(
            "organization.1",
            f"2026-{1 + day // 28:02}-{1 + day % 28:02}T03:00:00Z",
            f"sha256:{day}",
            {"confirmed": members[day] if members else 10, "revoked": 2},
            done,
            {"planned": 0, "done": sum(done.values()), "failed": 0, "refused": 0},
            False,
        )
        for day, done in enumerate(changes)
    )
