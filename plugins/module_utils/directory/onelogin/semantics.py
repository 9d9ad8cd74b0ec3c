# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What OneLogin's users mean (https://developers.onelogin.com/api-docs/2/users/user-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import IncompleteReadError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import EmailRule, choose_email
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import User

STATUSES = {
    0: "unactivated",
    1: "active",
    2: "suspended",
    3: "locked",
    4: "password_expired",
    5: "awaiting_password_reset",
    7: "password_pending",
    8: "security_questions_required",
}
STATES = {0: "unapproved", 1: "approved", 2: "rejected", 3: "unlicensed"}

_STRICTEST_FIRST = ("ignore", "deleted", "disabled", "active")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the names of statuses and states count as, and how an e-mail is found where a user has none."""

    statuses: Mapping[str, str]
    states: Mapping[str, str]
    email_rule: EmailRule


def user_from(row: Mapping[str, Any], meaning: Meaning, source: str) -> User | None:
    """Return the user of the model, None where status or state are to be ignored; the stricter of both counts.

    A status or state that is not known counts as active, so that nobody loses access over it. Raises
    IncompleteReadError where the user came without them.
    """
    status, state = row.get("status"), row.get("state")
    if not isinstance(status, int) or not isinstance(state, int):
        raise IncompleteReadError(f"The user {row['id']} came without status or state")
    status_name, state_name = STATUSES.get(status, str(status)), STATES.get(state, str(state))
    verdicts = (meaning.statuses.get(status_name, "active"), meaning.states.get(state_name, "active"))
    verdict = min(verdicts, key=_STRICTEST_FIRST.index)
    if verdict == "ignore":
        return None
    username = row.get("username") or ""
    candidates = [row.get("email"), username if "@" in username else None]
    email = choose_email(candidates, meaning.email_rule, "" if "@" in username else username)
    name = " ".join(part for part in (row.get("firstname"), row.get("lastname")) if part) or username or None
    reason = ", ".join(
        text
        for text, usual in ((f"status {status_name}", status == 1), (f"state {state_name}", state == 1))
        if not usual
    )
    return User(str(row["id"]), email, name, verdict, source, f"OneLogin {reason}" if reason else "")  # type: ignore[arg-type]


def is_known(row: Mapping[str, Any]) -> bool:
    """Say whether the user's status and state are among those documented."""
    return row.get("status") in STATUSES and row.get("state") in STATES
