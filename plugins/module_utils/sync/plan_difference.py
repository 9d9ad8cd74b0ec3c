# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has changed between the plan that was approved and today's: a line for each action. Pure functions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.saved_plan import SavedPlan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import visible

MOST_NAMES = 5
NO_DETAILS = frozenset({"action", "key", "reason", "id", "external_id", "previous", "identity"})
NO_CHANGES = frozenset({"action", "reason", "id", "identity"})

Record = Mapping[str, Any]


def plan_difference(approved: SavedPlan, today: SavedPlan) -> tuple[str, ...]:
    """Return what today's plan would do beside the approved one (``+``), otherwise (``~``) and no more (``-``).

    What nobody has approved comes first. Two actions are the same under another name or with other members if they do
    the same kind of thing to the same object. Reasons and the order of actions make no difference.
    """
    new, gone = _without_common(today.actions, approved.actions), _without_common(approved.actions, today.actions)
    former: dict[tuple[str, str], Record] = {}
    for record in gone:
        former.setdefault(_subject(record), record)
    changed = [(former.pop(_subject(record)), record) for record in new if _subject(record) in former]
    paired = {id(record) for pair in changed for record in pair}
    return (
        *(f"+ {_title(record)} ({_details(record)})" for record in new if id(record) not in paired),
        *(f"~ {_title(after)}: {'; '.join(_changes(before, after))}" for before, after in changed),
        *(f"- {_title(record)} ({_details(record)})" for record in gone if id(record) not in paired),
    )


def _without_common(records: Iterable[Record], others: Iterable[Record]) -> list[Record]:
    """Return the actions that do not occur among the others, each as often as it is more."""
    common = Counter(map(_identity, others))
    result = []
    for record in records:
        identity = _identity(record)
        if common[identity]:
            common[identity] -= 1
        else:
            result.append(record)
    return result


def _identity(record: Record) -> str:
    return json.dumps(record["identity"])


def _subject(record: Record) -> tuple[str, str]:
    """Return the kind of an action and the object that it is about, whatever people call that by now."""
    return record["action"], str(record.get("external_id") or record.get("id") or record["key"])


def _title(record: Record) -> str:
    return visible(f"{record['action']} {record['key']}")


def _details(record: Record) -> str:
    """Return why an action is planned, and what it changes about its object."""
    further = (name for name in record if name not in NO_DETAILS and record[name] not in ([], record["key"]))
    return "; ".join([visible(record["reason"]), *(f"{visible(name)} {_value(record[name])}" for name in further)])


def _changes(before: Record, after: Record) -> Iterator[str]:
    """Yield in which properties two actions differ that do the same kind of thing to one object."""
    for name in dict.fromkeys((*after, *before)):
        old, new = before.get(name), after.get(name)
        if old == new or name in NO_CHANGES:
            continue
        if isinstance(old, list) or isinstance(new, list):
            yield from _changed_items(visible(name), _items(old), _items(new))
        else:
            yield f"{visible(name)} {_value(old)} -> {_value(new)}"


def _changed_items(name: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    known, wanted = {json.dumps(item) for item in old}, {json.dumps(item) for item in new}
    added = [item for item in new if json.dumps(item) not in known]
    gone = [item for item in old if json.dumps(item) not in wanted]
    if added:
        yield f"also {name} {_value(added)}"
    if gone:
        yield f"not {name} {_value(gone)}"


def _items(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _value(value: object) -> str:
    """Return a value for people to read; of a list the first items."""
    if isinstance(value, list):
        more = f" and {len(value) - MOST_NAMES} more" if len(value) > MOST_NAMES else ""
        return ", ".join(map(_value, value[:MOST_NAMES])) + more
    if value is None:
        return "none"
    return visible(value if isinstance(value, str) else json.dumps(value))
