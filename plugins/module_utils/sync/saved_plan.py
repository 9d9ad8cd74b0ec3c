# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The saved plan: what somebody looks at and approves, kept so that a later run can say what has changed since.

A file of JSON with one action on each line, so that two files can be compared. Each line holds what a report says of
the action, and its identity, from which the digest is computed anew when the file is read. The file approves nothing:
only the digest does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import write_private
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.private_json import PrivateFormat
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import PRODUCT, VERSION
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan, digest_of
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report import describe

FILE = PrivateFormat(
    "saved plan",
    f"{PRODUCT}/plan",
    version=1,
    hint="Give the file that plan_path wrote when the plan was made, private to the user of this run (chmod 600), or "
    "leave approved_plan out",
)


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as plain data: for each action what describe() in report.py returns, and its ``identity``."""

    digest: str
    actions: tuple[Mapping[str, Any], ...]


def saved_form(plan: Plan) -> SavedPlan:
    """Return the plan in the form in which it is saved."""
    records = ({**describe(action), "identity": action.identity()} for action in plan.actions)
    return SavedPlan(plan.digest, tuple(json.loads(json.dumps(record)) for record in records))


def write_plan(path: Path, plan: Plan, organization: str, created: str) -> None:
    """Keep the plan at ``path``, mode 0600, in one step; ``created`` is the time of the run (ISO 8601, UTC)."""
    write_private(path, _lines(saved_form(plan), organization, created))


def read_plan(path: Path, organization: str) -> SavedPlan | None:
    """Return the plan saved at ``path``, or None where there is no file.

    Raises ConfigurationError for a file that is not a plan for this organization, that others may access, or whose
    actions are not those that its digest stands for.
    """
    content = FILE.read(path, organization)
    if content is None:
        return None
    actions = content.get("actions")
    if not isinstance(actions, list) or not all(map(_is_action, actions)):
        raise FILE.unusable(path, "it has no actions, or one of them is none")
    digest = digest_of(record["identity"] for record in actions)
    if digest != content.get("digest"):
        raise FILE.unusable(path, "its actions are not those that its digest stands for")
    return SavedPlan(digest, tuple(actions))


def _is_action(record: object) -> bool:
    if not isinstance(record, dict) or not isinstance(record.get("identity"), list):
        return False
    return all(isinstance(record.get(name), str) for name in ("action", "key", "reason"))


def _lines(plan: SavedPlan, organization: str, created: str) -> Iterator[bytes]:
    header = {
        **FILE.header(organization),
        "generator": f"{PRODUCT} {VERSION}",
        "created": created,
        "digest": plan.digest,
    }
    yield b"{\n"
    for name, value in header.items():
        yield f"{json.dumps(name)}: {json.dumps(value)},\n".encode()
    yield b'"actions": [\n'
    for number, record in enumerate(plan.actions, 1):
        yield json.dumps(record).encode() + (b",\n" if number < len(plan.actions) else b"\n")
    yield b"]\n}\n"
