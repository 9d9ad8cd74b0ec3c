# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has changed between the plan that was approved and today's: a line for each action. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import visible

MOST_NAMES = 5
NO_DETAILS = frozenset({"kind", "key", "reason", "id", "external_id", "previous"})


def plan_difference(approved: Plan, today: Plan) -> tuple[str, ...]:
    """Return what today's plan would do beside the approved one (``+``), otherwise (``~``) and no more (``-``).

    What nobody has approved comes first. Two actions are the same under another name or with other members if they do
    the same kind of thing to the same object. Reasons and the order of actions make no difference.
    """
    new, gone = _without_common(today.actions, approved.actions), _without_common(approved.actions, today.actions)
    former: dict[tuple[Kind, str], Action] = {}
    for action in gone:
        former.setdefault(_subject(action), action)
    changed = [(former.pop(_subject(action)), action) for action in new if _subject(action) in former]
    paired = {id(action) for pair in changed for action in pair}
    return (
        *(f"+ {_title(action)}{_details(action)}" for action in new if id(action) not in paired),
        *(f"~ {_title(after)}: {'; '.join(_changes(before, after))}" for before, after in changed),
        *(f"- {_title(action)}{_details(action)}" for action in gone if id(action) not in paired),
    )


def _without_common(actions: Iterable[Action], others: Iterable[Action]) -> list[Action]:
    """Return the actions that do not occur among the others, each as often as it is more."""
    common = Counter(action.identity() for action in others)
    result = []
    for action in actions:
        if common[action.identity()]:
            common[action.identity()] -= 1
        else:
            result.append(action)
    return result


def _subject(action: Action) -> tuple[Kind, str]:
    """Return the kind of an action and the object that it is about, whatever people call that by now."""
    return action.kind, action.external_id or action.id or action.key


def _title(action: Action) -> str:
    return f"{action.kind.value} {visible(action.key)}"


def _details(action: Action) -> str:
    """Return why an action is planned, and what it changes about its object."""
    parts = [action.reason]
    for name in (field.name for field in fields(action)):
        value = getattr(action, name)
        if name not in NO_DETAILS and value not in (None, (), action.key):
            parts.append(f"{name} {_names(value) if isinstance(value, tuple) else visible(value)}")
    return f" ({'; '.join(parts)})"


def _changes(before: Action, after: Action) -> Iterator[str]:
    """Yield in which properties two actions differ that do the same kind of thing to one object."""
    for name in (field.name for field in fields(after)):
        old, new = getattr(before, name), getattr(after, name)
        if old == new or name in ("id", "reason"):
            continue
        if isinstance(new, tuple):
            yield from _changed_names(name, old, new)
        else:
            yield f"{name} {_scalar(old)} -> {_scalar(new)}"


def _changed_names(name: str, old: Sequence[object], new: Sequence[object]) -> Iterator[str]:
    added = [item for item in new if item not in set(old)]
    gone = [item for item in old if item not in set(new)]
    if added:
        yield f"also {name} {_names(added)}"
    if gone:
        yield f"not {name} {_names(gone)}"


def _names(names: Sequence[object]) -> str:
    named = ", ".join(visible(name) for name in names[:MOST_NAMES])
    return named + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")


def _scalar(value: object) -> str:
    return "none" if value is None else visible(value)
