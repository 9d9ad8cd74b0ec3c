# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The saved plan: what somebody looks at and approves, kept so that a later run can say what has changed since.

A file of JSON with one action on each line, so that two files can be compared. It approves nothing: only its digest
does, and that is computed anew from the actions when the file is read. So it may travel through other hands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import write_private
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import PRODUCT, VERSION
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberType, Role
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Plan

FORMAT = f"{PRODUCT}/plan"
FORMAT_VERSION = 1


def write_plan(path: Path, plan: Plan, organization: str, created: str) -> None:
    """Keep the plan at ``path``, mode 0600, in one step; ``created`` is the time of the run (ISO 8601, UTC)."""
    write_private(path, _lines(plan, organization, created))


def read_plan(path: Path, organization: str) -> Plan | None:
    """Return the plan saved at ``path``, without its refusals, or None where there is no file.

    Raises ConfigurationError for a file that is not a plan for this organization, or whose actions are not those that
    its digest stands for.
    """
    try:
        content: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise _unusable(path, f"it cannot be read: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _unusable(path, "it is not a saved plan")
    if content.get("version") != FORMAT_VERSION:
        raise _unusable(path, f"it has version {content.get('version')} of the format, known is {FORMAT_VERSION}")
    if content.get("organization") != organization:
        raise _unusable(path, f"it was made for {content.get('organization')}, not for {organization}")
    try:
        plan = Plan(tuple(Action(**_values(record)) for record in content["actions"]))
        intact = plan.digest == content["digest"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unusable(path, f"one of its actions is none: {error}") from error
    if not intact:
        raise _unusable(path, "its actions are not those that its digest stands for")
    return plan


def _lines(plan: Plan, organization: str, created: str) -> Iterator[bytes]:
    header = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "generator": f"{PRODUCT} {VERSION}",
        "organization": organization,
        "created": created,
        "digest": plan.digest,
    }
    yield b"{\n"
    for name, value in header.items():
        yield f"{json.dumps(name)}: {json.dumps(value)},\n".encode()
    yield b'"actions": [\n'
    for number, action in enumerate(plan.actions, 1):
        yield json.dumps(_record(action)).encode() + (b",\n" if number < len(plan.actions) else b"\n")
    yield b"]\n}\n"


def _record(action: Action) -> dict[str, Any]:
    """Return an action as plain data; what it leaves open is left out."""
    values = {field.name: _plain(getattr(action, field.name)) for field in fields(action)}
    return {**{name: value for name, value in values.items() if value not in (None, ())}, "kind": action.kind.value}


def _values(record: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of the Action that :func:`_record` turned into plain data."""
    values = {name: _frozen(value) for name, value in record.items()}
    values.update({name: _role(record[name]) for name in ("role", "previous_role") if name in record})
    return {"external_id": None, **values, "kind": Kind(record["kind"])}


def _plain(value: Any) -> Any:
    if isinstance(value, Role):
        return {"type": value.type.name.lower(), "permissions": sorted(value.permissions)}
    return value


def _role(record: dict[str, Any]) -> Role:
    return Role(MemberType[record["type"].upper()], frozenset(record["permissions"]))


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _unusable(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The saved plan {path} cannot be used: {why}",
        hint="Give the file that plan_path wrote when the plan was made, or leave approved_plan out",
    )
