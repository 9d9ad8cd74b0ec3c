# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The difference that ``--diff`` shows: only what the plan changes, by name, as YAML, capped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Access, Organization, Role
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import GROUP_KINDS, Action, Kind, Plan

MOST_OBJECTS = 200
MOST_NAMES = 50

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.@/-]*(?: [A-Za-z0-9_.@/-]+)*")
RESERVED = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
Fields = dict[str, object]


def make_diff(plan: Plan, organization: Organization) -> list[dict[str, str]]:
    """Return Ansible's diff structure: one entry for the members and one for the groups, if they change."""
    entries = []
    for title, of_groups in (("members", False), ("groups", True)):
        actions = [action for action in plan.actions if (action.kind in GROUP_KINDS) == of_groups]
        if actions:
            before, after = _states(actions, organization)
            names = sorted(before.keys() | after.keys())
            entries.append(
                {
                    "before_header": f"{title} of the organization",
                    "after_header": f"{title} after this plan",
                    "before": _text(before, names),
                    "after": _text(after, names),
                }
            )
    return entries


def _states(actions: Sequence[Action], organization: Organization) -> tuple[dict[str, Fields], dict[str, Fields]]:
    """Return the changed fields of each changed object, by its name, before and after."""
    statuses = {member.id: member.status.name.lower() for member in organization.members}
    objects: dict[str, set[str | None]] = {}
    for action in actions:
        objects.setdefault(action.key, set()).add(action.id or action.external_id)
    before: dict[str, Fields] = {}
    after: dict[str, Fields] = {}
    for action in actions:
        name = action.key if len(objects[action.key]) == 1 else f"{action.key} ({action.external_id})"
        old, new = _fields(action, statuses.get(action.id or "", ""))
        if old is not None:
            before.setdefault(name, {}).update(old)
        if new is not None:
            after.setdefault(name, {}).update(new)
    return before, after


def _fields(action: Action, status: str) -> tuple[Fields | None, Fields | None]:
    """Return what one action changes: fields before and after, None where the object does not exist."""
    external_id: Fields = {"external_id": action.external_id}
    changes: Mapping[Kind, Callable[[], tuple[Fields | None, Fields | None]]] = {
        Kind.LINK_MEMBER: lambda: ({"external_id": action.previous}, external_id),
        Kind.REKEY_MEMBER: lambda: ({"external_id": action.previous}, external_id),
        Kind.RESTORE_MEMBER: lambda: ({"status": "revoked"}, {"status": "restored"}),
        Kind.PROMOTE_MEMBER: lambda: (_role(action.previous_role), _role(action.role)),
        Kind.DEMOTE_MEMBER: lambda: (_role(action.previous_role), _role(action.role)),
        Kind.REPLACE_INVITATION: lambda: (
            {"email": action.key, **_role(action.previous_role)},
            {"email": action.value, **_role(action.role)},
        ),
        Kind.INVITE_MEMBER: lambda: (None, {"status": "invited", **external_id, **_role(action.role)}),
        Kind.STAGE_MEMBER: lambda: (None, {"status": "staged", **external_id, **_role(action.role)}),
        Kind.REINVITE_MEMBER: lambda: ({"status": status}, {"status": "reinvited"}),
        Kind.CREATE_GROUP: lambda: (None, {**external_id, **_accesses(action.granting)}),
        Kind.UPDATE_GROUP: lambda: _group_update(action),
        Kind.SET_GROUP_MEMBERS: lambda: _group_members(action),
        Kind.SET_GROUP_COLLECTIONS: lambda: (_accesses(action.withdrawing), _accesses(action.granting)),
        Kind.REVOKE_MEMBER: lambda: ({"status": status}, {"status": "revoked"}),
        Kind.WITHDRAW_INVITATION: lambda: ({"status": status, **external_id}, None),
        Kind.REMOVE_MEMBER: lambda: ({"status": status, **external_id}, None),
        Kind.DELETE_GROUP: lambda: (external_id, None),
    }
    return changes[action.kind]()


def _role(role: Role | None) -> Fields:
    if role is None:
        return {}
    fields: Fields = {"type": role.type.name.lower()}
    if role.permissions:
        fields["permissions"] = tuple(sorted(role.permissions))
    return fields


def _accesses(accesses: Sequence[Access]) -> Fields:
    return {"collections": tuple(map(str, accesses))} if accesses else {}


def _group_members(action: Action) -> tuple[Fields | None, Fields]:
    old: Fields = {"members": action.leaving} if action.leaving else {}
    new: Fields = {"members": action.joining} if action.joining else {}
    return (old if action.id else None), new


def _group_update(action: Action) -> tuple[Fields, Fields]:
    old: Fields = {}
    new: Fields = {}
    if action.value != action.key:
        old["name"], new["name"] = action.key, action.value
    if action.reason != "renamed":
        old["external_id"], new["external_id"] = action.previous, action.external_id
    return old, new


def _text(state: Mapping[str, Fields], names: Sequence[str]) -> str:
    """Return as YAML what ``state`` holds of the first MOST_OBJECTS of the names."""
    lines = []
    for name in names[:MOST_OBJECTS]:
        if name in state:
            lines.append(f"{_scalar(name)}:")
            for field, value in state[name].items():
                lines += _lines(field, value)
    if len(names) > MOST_OBJECTS:
        lines.append(f"# and {len(names) - MOST_OBJECTS} more; the report holds them all")
    return "".join(line + "\n" for line in lines)


def _lines(name: str, value: object) -> list[str]:
    if not isinstance(value, tuple):
        return [f"  {name}: {_scalar(value)}"]
    lines = [f"  {name}:"] + [f"    - {_scalar(item)}" for item in value[:MOST_NAMES]]
    if len(value) > MOST_NAMES:
        lines.append(f"    # and {len(value) - MOST_NAMES} more")
    return lines


def _scalar(value: object) -> str:
    """Return a YAML scalar: plain where that is safe, else quoted as JSON, which is YAML too (YAML 1.2, 1.3).

    Characters without a look of their own are escaped (YAML 1.2, 5.7), so that nothing can hide in a name.
    """
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in RESERVED:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)
