# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chart of a report: members and changes over the past runs, as SVG with a text and a table of the same numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.history import PastRun
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.markup import Html, element, joined
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import (
    Effect,
    effect,
    moment,
    number,
)

MOST_RUNS = 60
"""The most runs to draw; more would be too thin to be told apart."""

WIDTH, LEFT, RIGHT = 960, 56, 12
MEMBERS_TOP, MEMBERS_BOTTOM = 14, 130
CHANGES_TOP, CHANGES_BOTTOM = 168, 284
HEIGHT = 316
EFFECTS: tuple[Effect, ...] = ("given", "taken", "other")
DATES = 6
"""The most dates below the chart."""


def chart(history: Sequence[PastRun]) -> Html:
    """Return the chart of the last runs, with a legend and a table of its numbers."""
    runs = history[-MOST_RUNS:]
    return element(
        "figure",
        element(
            "div",
            element(
                "svg",
                element("title", "Members and changes over the past runs", id="chart-title"),
                element("desc", _description(runs), id="chart-text"),
                _members(runs),
                _changes(runs),
                _dates(runs),
                _areas(runs),
                viewBox=f"0 0 {WIDTH} {HEIGHT}",
                role="img",
                aria_labelledby="chart-title chart-text",
            ),
            class_="wide",
            tabindex=0,
            role="region",
            aria_label="Chart",
        ),
        element(
            "figcaption",
            element("span", "members, without revoked ones", class_="key members"),
            element("span", "access given", class_="key given"),
            element("span", "access taken", class_="key taken"),
            element("span", "other changes", class_="key other"),
            element("span", "run with failures, or stopped", class_="key trouble"),
        ),
        element("details", element("summary", "The numbers of the chart"), _table(runs)),
    )


def members(run: PastRun) -> int:
    """Return how many members the run found that were not revoked."""
    return sum(count for status, count in run.members.items() if status != "revoked")


def changes(run: PastRun, wanted: Effect) -> int:
    """Return how many changes with this effect the run made."""
    return sum(count for kind, count in run.changes.items() if effect(kind) == wanted)


def ticks(low: int, high: int, most: int = 4) -> list[int]:
    """Return round numbers at equal distances, from at most ``low`` to at least ``high``, about ``most`` of them."""
    rough = max(1.0, (high - low) / most)
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    start = math.floor(low / step)
    return [step * count for count in range(start, max(math.ceil(high / step), start + 1) + 1)]


def _scale(marks: Sequence[int], top: int, bottom: int) -> Callable[[float], float]:
    """Return the function from a value to its height in the chart."""
    return lambda value: round(bottom - (value - marks[0]) / (marks[-1] - marks[0]) * (bottom - top), 1)


def _slot(runs: Sequence[PastRun]) -> float:
    return (WIDTH - LEFT - RIGHT) / len(runs)


def _middle(runs: Sequence[PastRun], position: int) -> float:
    return round(LEFT + (position + 0.5) * _slot(runs), 1)


def _grid(marks: Sequence[int], height: Callable[[float], float]) -> Html:
    """Return a line and a number for each mark; numbers below zero count as what is taken away."""
    return joined(
        *(
            joined(
                element("line", class_="zero" if mark == 0 else "grid", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y),
                element("text", f"{abs(mark):,}", x=LEFT - 8, y=y + 4, text_anchor="end"),
            )
            for mark, y in ((mark, height(mark)) for mark in marks)
        )
    )


def _members(runs: Sequence[PastRun]) -> Html:
    counts = [members(run) for run in runs]
    marks = ticks(min(counts), max(counts))
    height = _scale(marks, MEMBERS_TOP, MEMBERS_BOTTOM)
    points = [f"{_middle(runs, position)},{height(count)}" for position, count in enumerate(counts)]
    x, y = points[-1].split(",")
    return joined(
        _grid(marks, height),
        element("polyline", class_="line", points=" ".join(points)),
        element("circle", class_="dot", cx=x, cy=y, r=4),
    )


def _changes(runs: Sequence[PastRun]) -> Html:
    """Return a bar for each run: given and other upward, taken downward; a cross where something went wrong."""
    given, taken, other = ([changes(run, wanted) for run in runs] for wanted in EFFECTS)
    marks = ticks(-max(taken), max(map(sum, zip(given, other, strict=True))))
    height = _scale(marks, CHANGES_TOP, CHANGES_BOTTOM)
    bars = []
    for position, run in enumerate(runs):
        x, up = _middle(runs, position), given[position]
        for low, high, kind in ((0, up, "given"), (up, up + other[position], "other"), (-taken[position], 0, "taken")):
            if low != high:
                bars.append(_bar(x, _slot(runs), height(high), height(low), kind))
        if run.stopped or run.outcomes.get("failed"):
            bars.append(element("path", class_="trouble", d=f"M{x - 4} {CHANGES_TOP - 18}l8 8m0 -8l-8 8"))
    return joined(_grid(marks, height), *bars)


def _bar(x: float, slot: float, top: float, bottom: float, kind: str) -> Html:
    width = round(min(slot * 0.7, 22), 1)
    return element("rect", class_=kind, x=round(x - width / 2, 1), y=top, width=width, height=round(bottom - top, 1))


def _dates(runs: Sequence[PastRun]) -> Html:
    """Return some dates, or times of day where all runs are of one day."""
    one_day = runs[0].time[:10] == runs[-1].time[:10]
    step = math.ceil(len(runs) / DATES)
    return joined(
        *(
            element(
                "text",
                runs[position].time[11:16] if one_day else runs[position].time[:10],
                x=_middle(runs, position),
                y=HEIGHT - 8,
                text_anchor="middle",
            )
            for position in range(step // 2, len(runs), step)
        )
    )


def _areas(runs: Sequence[PastRun]) -> Html:
    """Return what tells the numbers of a run to a pointer that rests on it."""
    slot = _slot(runs)
    return joined(
        *(
            element(
                "rect",
                element("title", _sentence(run)),
                class_="hover",
                x=round(LEFT + position * slot, 1),
                y=0,
                width=round(slot, 1),
                height=CHANGES_BOTTOM,
            )
            for position, run in enumerate(runs)
        )
    )


def _sentence(run: PastRun) -> str:
    ended = "stopped by the guards" if run.stopped else f"{run.outcomes.get('failed', 0):,} failed"
    given, taken, other = (changes(run, wanted) for wanted in EFFECTS)
    done = f"access given {given:,}, taken {taken:,}, other changes {other:,}"
    return f"{moment(run.time)}: {number(members(run), 'member')}; {done}; {ended}"


def _description(runs: Sequence[PastRun]) -> str:
    span = f"{number(len(runs), 'run')} from {moment(runs[0].time)} to {moment(runs[-1].time)}"
    change = f"from {members(runs[0]):,} to {number(members(runs[-1]), 'member')}"
    given, taken, other = (sum(changes(run, wanted) for run in runs) for wanted in EFFECTS)
    return f"{span}: {change}, access given {given:,} times, taken {taken:,} times, {other:,} other changes."


def _table(runs: Sequence[PastRun]) -> Html:
    titles = ("Run", "Members", "Revoked", "Given", "Taken", "Other", "Failed", "Stopped")
    rows = (
        (
            moment(run.time),
            *(f"{count:,}" for count in (members(run), run.members.get("revoked", 0))),
            *(f"{changes(run, wanted):,}" for wanted in EFFECTS),
            f"{run.outcomes.get('failed', 0):,}",
            "yes" if run.stopped else "",
        )
        for run in reversed(runs)
    )
    return element(
        "table",
        element("thead", element("tr", *(element("th", title, scope="col") for title in titles))),
        element("tbody", *(element("tr", *(element("td", cell) for cell in row)) for row in rows)),
        class_="numbers",
    )
