# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: what was planned, done, refused and failed, one record each with a reason code, as plain data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import PRODUCT, VERSION
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Organization, Role
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Plan, Refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result, predict

FORMAT = f"{PRODUCT}/report"
FORMAT_VERSION = 1


def make_report(
    plan: Plan,
    results: Sequence[Result],
    snapshot: Snapshot,
    *,
    organization: str,
    current: Organization,
    check_mode: bool,
    started: str,
    finished: str,
    guard: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the report as plain data.

    ``current`` counts what the organization held before the run. ``records`` holds one entry for each action, with
    the outcome ``planned``, ``done`` or ``failed``, and one for each refusal, with the outcome ``refused``. ``guard``
    names the limits that stopped the plan; without results every action is reported as ``planned``.
    """
    results = results or predict(plan)
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "generator": f"{PRODUCT} {VERSION}",
        "organization": organization,
        "check_mode": check_mode,
        "started": started,
        "finished": finished,
        "digest": plan.digest,
        "snapshot": {
            "created": snapshot.created,
            "counts": snapshot.counts(),
            "sources": [
                {"name": source.name, "type": source.type, "server": source.server} for source in snapshot.sources
            ],
            "warnings": [
                {"code": warning.code, "record": warning.record, "message": warning.message, "source": warning.source}
                for warning in snapshot.warnings
            ],
        },
        "current": {
            "members": dict(Counter(member.status.name.lower() for member in current.members)),
            "groups": len(current.groups),
        },
        "guard": list(guard),
        "counts": plan.counts(),
        "outcomes": outcomes(plan, results),
        "records": [*map(_record, results), *(_refusal(refusal) for refusal in plan.refusals)],
    }


def as_json(report: Mapping[str, Any]) -> str:
    """Return the report as JSON."""
    return json.dumps(report, indent=1, ensure_ascii=False) + "\n"


def outcomes(plan: Plan, results: Sequence[Result]) -> dict[str, int]:
    """Return how many records ended in which way: planned, done, failed and refused."""
    found = Counter(result.outcome for result in results)
    return {
        "planned": found["planned"],
        "done": found["done"],
        "failed": found["failed"],
        "refused": len(plan.refusals),
    }


def describe(action: Action) -> dict[str, Any]:
    """Return an action as plain data; keys without a value are left out."""
    fields: Mapping[str, Any] = {
        "action": action.kind.value,
        "key": action.key,
        "reason": action.reason,
        "external_id": action.external_id,
        "id": action.id,
        "previous": action.previous,
        "value": action.value,
        "joining": list(action.joining),
        "leaving": list(action.leaving),
        "granting": [str(access) for access in action.granting],
        "withdrawing": [str(access) for access in action.withdrawing],
        **_role(action.role, ""),
        **_role(action.previous_role, "previous_"),
    }
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _role(role: Role | None, prefix: str) -> dict[str, Any]:
    if role is None:
        return {}
    return {f"{prefix}role": role.type.name.lower(), f"{prefix}permissions": sorted(role.permissions)}


def _record(result: Result) -> dict[str, Any]:
    record = {**describe(result.action), "outcome": result.outcome}
    return {**record, "message": result.message} if result.message else record


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {
        "action": "none",
        "key": refusal.key,
        "reason": refusal.reason,
        "external_id": refusal.external_id,
        "outcome": "refused",
        "message": refusal.message,
    }
