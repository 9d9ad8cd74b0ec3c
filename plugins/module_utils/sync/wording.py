# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a report is put into words, alike in Markdown and HTML; codes and names come from a report as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Kind

Record = Mapping[str, Any]
Report = Mapping[str, Any]
Effect = Literal["given", "taken", "other"]
Verdict = Literal["stopped", "failed", "preview", "done"]

JOINERS = "\u200c\u200d"
"""Invisible, but part of how words are written in Persian and Indian scripts, and of emoji."""

KNOWN_FIELDS = frozenset(
    {"action", "key", "reason", "outcome", "message", "external_id", "id", "previous", "value", "joining", "leaving"}
    | {"role", "permissions", "previous_role", "previous_permissions", "granting", "withdrawing"}
)
GIVES_ACCESS = frozenset(kind.value for kind in (Kind.INVITE_MEMBER, Kind.RESTORE_MEMBER, Kind.PROMOTE_MEMBER))
TAKES_ACCESS = frozenset(
    kind.value
    for kind in (
        Kind.DEMOTE_MEMBER,
        Kind.REVOKE_MEMBER,
        Kind.WITHDRAW_INVITATION,
        Kind.REMOVE_MEMBER,
        Kind.DELETE_GROUP,
    )
)


class Change(NamedTuple):
    """A property that changes; ``before`` is empty where a report does not tell it, ``label`` for the name itself."""

    label: str
    before: str
    after: str


def visible(text: object, limit: int = 300) -> str:
    """Return a text from outside as one line of characters that can be seen, shortened to ``limit`` characters.

    White space becomes a space; characters without a look of their own, such as control characters and those that
    turn the direction of writing, become U+FFFD, so that nothing can hide in a name.
    """
    characters = str(text)
    if not characters.isprintable():
        characters = "".join(_visible(character) for character in characters)
    return characters if len(characters) <= limit else characters[: limit - 3] + "..."


def _visible(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    return " " if character.isspace() else "\ufffd"


def words(code: str) -> str:
    """Return a code such as ``invite_member`` as words."""
    return visible(code).replace("_", " ").capitalize()


def effect(kind: str) -> Effect:
    """Return what a kind of action does to the access of people; ``other`` where it depends on the single action."""
    if kind in GIVES_ACCESS:
        return "given"
    return "taken" if kind in TAKES_ACCESS else "other"


def number(value: int, noun: str) -> str:
    """Return a number with its noun: ``1 record``, ``2,000 records``."""
    return f"{value:,} {noun}" + ("" if value == 1 else "s")


def duration(seconds: float) -> str:
    """Return a time span in the unit that fits it, without a fraction."""
    if seconds < 120:
        return number(round(seconds), "second")
    if seconds < 2 * 3600:
        return number(round(seconds / 60), "minute")
    return number(round(seconds / 3600), "hour")


def moment(time: str) -> str:
    """Return a time of a report, ISO 8601 in UTC, for people to read."""
    return visible(time).replace("T", " ").replace("Z", " UTC")


def verdict(report: Report) -> Verdict:
    """Return how the run ended, in a word."""
    if report["guard"] and not report["check_mode"]:
        return "stopped"
    if report["outcomes"]["failed"]:
        return "failed"
    return "preview" if report["check_mode"] else "done"


def headline(report: Report) -> str:
    """Return how the run ended, in a sentence without a full stop."""
    outcomes = report["outcomes"]
    ended = verdict(report)
    if ended == "stopped":
        return "Stopped by the guards, nothing was written"
    if ended == "failed":
        return f"{outcomes['failed']:,} of {number(outcomes['failed'] + outcomes['done'], 'action')} failed"
    if ended == "preview":
        planned = number(outcomes["planned"], "action") + " planned" if outcomes["planned"] else "nothing to do"
        return f"Preview: {planned}" + (", but the guards would stop the run" if report["guard"] else "")
    return number(outcomes["done"], "action") + " done" if outcomes["done"] else "Nothing to do"


def fields_of_change(record: Record) -> Iterator[Change]:
    """Yield what a record changes beside the members of a group; see describe() in report.py."""
    if record.get("value") not in (None, record["key"]):
        yield Change("", record["key"], record["value"])
    if "previous" in record:
        yield Change("external id", record["previous"], record.get("external_id", "none"))
    before, after = _role_words(record, "previous_"), _role_words(record, "")
    if before != after:
        yield Change("role", before, after)
    if "granting" in record or "withdrawing" in record:
        yield Change("collections", *(", ".join(record.get(name, ())) for name in ("withdrawing", "granting")))
    for name in sorted(record.keys() - KNOWN_FIELDS):
        value = record[name]
        yield Change(words(name).lower(), "", value if isinstance(value, str) else json.dumps(value))


def _role_words(record: Record, prefix: str) -> str:
    """Return a role in words: ``admin``, ``custom (manage groups, manage users)``; nothing where there is none."""
    role = str(record.get(f"{prefix}role", ""))
    permissions = ", ".join(permission.replace("_", " ") for permission in record.get(f"{prefix}permissions", ()))
    return f"{role} ({permissions})" if permissions else role


def for_attention(records: Iterable[Record]) -> list[Record]:
    """Return the records with those first that somebody should look at, else in the order of application.

    What failed comes first, then what takes access away from anybody, then what was refused.
    """
    return sorted(records, key=_urgency)


def _urgency(record: Record) -> int:
    if record["outcome"] == "failed":
        return 0
    if effect(record["action"]) == "taken" or record.get("leaving") or record.get("withdrawing"):
        return 1
    return 2 if record["outcome"] == "refused" else 3
