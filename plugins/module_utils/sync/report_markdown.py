# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in GitHub Flavored Markdown, short enough for a comment on a pull request.

Everything that comes from outside stands in code spans: in them, and only in them, nothing is markup, no address
becomes a link, and nobody is mentioned (GFM 6.1, 6.9; https://github.github.com/gfm/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import (
    Change,
    Record,
    Report,
    fields_of_change,
    for_attention,
    headline,
    moment,
    number,
    visible,
    words,
)

MOST_CHARACTERS = 60_000
"""GitHub takes 65,536 characters in a comment; the rest is left to whoever posts it."""

MOST_LINES = 20
"""The most guards, sources and warnings to name."""

MOST_NAMES = 5
"""The most people to name who join or leave one group."""


def as_markdown(report: Report) -> str:
    """Return the report as Markdown of at most MOST_CHARACTERS characters; what does not fit is counted."""
    text = "\n".join(_opening(report)) + "\n"
    records = for_attention(report["records"])
    if not records:
        return text
    text += "\n| Outcome | Action | Record | Change | Reason |\n| --- | --- | --- | --- | --- |\n"
    room = MOST_CHARACTERS - len(text) - len(_omitted(len(records)))
    rows: list[str] = []
    for record in records:
        row = _row(record)
        room -= len(row)
        if room < 0:
            return text + "".join(rows) + _omitted(len(records) - len(rows))
        rows.append(row)
    return text + "".join(rows)


def code(text: object, limit: int = 120) -> str:
    """Return a text from outside as a code span that neither ends early nor breaks a table.

    A vertical bar cannot be written in the code spans of a table in all cases; a broken bar stands for it.
    """
    content = visible(text, limit).replace("|", "\u00a6") or " "
    fence = "`" * (1 + max(map(len, re.findall("`+", content)), default=0))
    # One space on either side is taken off again.
    return f"{fence} {content} {fence}" if content[0] in "` " or content[-1] in "` " else f"{fence}{content}{fence}"


def _opening(report: Report) -> Iterator[str]:
    """Yield the lines before the records."""
    yield f"### {headline(report)}"
    yield from _list("The plan goes beyond its guards", [code(trip, 500) for trip in report["guard"]])
    yield ""
    yield from _facts(report)
    yield from _list(
        "Warnings from reading the directory",
        [f"{code(warning['record'])}: {code(warning['message'], 200)}" for warning in report["snapshot"]["warnings"]],
    )
    kinds = [(words(kind), count) for kind, count in report["counts"].items() if count]
    if kinds:
        yield ""
        yield "| Action | Records |"
        yield "| --- | ---: |"
        yield from (f"| {kind} | {count:,} |" for kind, count in kinds)


def _facts(report: Report) -> Iterator[str]:
    snapshot, current = report["snapshot"], report["current"]
    yield f"- Directory sync of {code(report['organization'])}"
    members = ", ".join(f"{count:,} {words(status).lower()}" for status, count in sorted(current["members"].items()))
    found = number(sum(current["members"].values()), "member") + (f" ({members})" if members else "")
    yield f"- Found there: {found}, {number(current['groups'], 'group')}"
    counts = snapshot["counts"]
    wanted = f"{number(counts['active'], 'active user')}, {number(counts['groups'], 'group')}"
    yield f"- Directory: {wanted}, read {code(moment(snapshot['created']))}"
    yield from (
        f"  - {code(source['name'])}: {code(source['type'])} {code(source['server'])}"
        for source in snapshot["sources"][:MOST_LINES]
    )
    yield f"- Run: {moment(report['started'])} to {moment(report['finished'])}"
    yield f"- Plan: {code(report['digest'])}"


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"**{title}**"
        yield ""
        yield from (f"- {line}" for line in lines[:MOST_LINES])
        if len(lines) > MOST_LINES:
            yield f"- and {len(lines) - MOST_LINES:,} more"


def _row(record: Record) -> str:
    """Return one row of the table of records."""
    changes = [_change(change) for change in fields_of_change(record)]
    changes += [_people(sign, record.get(field, ())) for field, sign in (("joining", "+"), ("leaving", "-"))]
    reason = words(record["reason"]) + (f": {code(record['message'], 300)}" if record.get("message") else "")
    action = "" if record["action"] == "none" else words(record["action"])
    cells = [words(record["outcome"]), action, code(record["key"]), ", ".join(filter(None, changes)), reason]
    return "| " + " | ".join(cells) + " |\n"


def _change(change: Change) -> str:
    values = [code(value) for value in (change.before, change.after) if value]
    return f"{change.label} {' to '.join(values)}".lstrip()


def _people(sign: str, people: Sequence[str]) -> str:
    if not people:
        return ""
    more = f" and {len(people) - MOST_NAMES:,} more" if len(people) > MOST_NAMES else ""
    return f"{sign}{len(people):,}: " + ", ".join(code(person) for person in people[:MOST_NAMES]) + more


def _omitted(count: int) -> str:
    return f"\nand {number(count, 'more record')}; the JSON report holds them all.\n"
