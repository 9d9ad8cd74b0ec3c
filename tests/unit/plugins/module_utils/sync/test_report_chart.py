# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chart of past runs, read again as XML."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_chart import (
    HEIGHT,
    MOST_RUNS,
    WIDTH,
    chart,
    ticks,
)
from ansible_collections.dirsync.bitwarden.tests.support.reports import runs
from hypothesis import given
from hypothesis import strategies as st

COUNTS = st.integers(0, 2_000_000)
NOTHING: dict[str, int] = {}


def drawn(*changes: dict[str, int], members: list[int] | None = None) -> ET.Element:
    return ET.fromstring(chart(runs(*changes, members=members or [])))


def of_class(figure: ET.Element, name: str) -> list[ET.Element]:
    return [part for part in figure.iter() if part.get("class") == name and part.tag in ("rect", "path", "polyline")]


@given(st.integers(-2_000_000, 2_000_000), COUNTS)
def test_marks_are_round_numbers_around_the_values(low: int, span: int) -> None:
    marks = ticks(low, low + span)
    assert marks[0] <= low
    assert marks[-1] >= low + span
    assert 2 <= len(marks) <= 7
    [step] = {after - before for before, after in pairwise(marks)}
    assert str(step).rstrip("0") in {"1", "2", "5"}


def test_bars_are_as_high_as_the_changes() -> None:
    figure = drawn(
        {"invite_member": 4, "restore_member": 4, "update_group": 2}, {"revoke_member": 4, "delete_group": 4}
    )
    heights = {
        name: [float(column.get("height", "")) for column in of_class(figure, name)] for name in ("given", "taken")
    }
    assert heights["given"] == heights["taken"] != [0.0]
    [other] = of_class(figure, "other")
    assert float(other.get("height", "")) == pytest.approx(heights["given"][0] / 4)
    assert float(other.get("y", "")) < float(of_class(figure, "given")[0].get("y", ""))


def test_more_members_are_drawn_higher() -> None:
    [line] = of_class(drawn(NOTHING, NOTHING, NOTHING, members=[100, 150, 120]), "line")
    first, second, third = (float(point.split(",")[1]) for point in line.get("points", "").split())
    assert second < third < first


def test_runs_that_failed_or_were_stopped_are_marked() -> None:
    fine, failed, stopped = runs(NOTHING, NOTHING, NOTHING)
    failed = dataclasses.replace(failed, outcomes={"failed": 1})
    stopped = dataclasses.replace(stopped, stopped=True)
    figure = ET.fromstring(chart([fine, failed, stopped]))
    assert len(of_class(figure, "trouble")) == 2
    assert "stopped by the guards" in "".join(figure.itertext())


@given(
    st.lists(st.dictionaries(st.sampled_from(["invite_member", "revoke_member", "new_kind"]), COUNTS), min_size=1),
    st.data(),
)
def test_everything_is_drawn_inside(changes: list[dict[str, int]], data: st.DataObject) -> None:
    figure = drawn(*changes, members=data.draw(st.lists(COUNTS, min_size=len(changes), max_size=len(changes))))
    for part in figure.iter("rect"):
        x, y = float(part.get("x", "")), float(part.get("y", ""))
        width, height = float(part.get("width", "")), float(part.get("height", ""))
        assert (x >= 0, y >= 0, height >= 0) == (True, True, True)
        assert x + width <= WIDTH + 0.1
        assert y + height <= HEIGHT


def test_the_last_runs_are_shown_and_described_in_words_and_numbers() -> None:
    figure = drawn(
        *({"invite_member": 1} for _unused in range(MOST_RUNS + 5)), members=list(range(100, 105 + MOST_RUNS))
    )
    assert len(of_class(figure, "hover")) == MOST_RUNS
    [text] = (part.text for part in figure.iter("desc"))
    assert text == (
        "60 runs from 2026-01-06 03:00:00 UTC to 2026-03-09 03:00:00 UTC: from 105 to 164 members, "
        "access given 60 times, taken 0 times, 0 other changes."
    )
    rows = [["".join(cell.itertext()) for cell in row] for row in figure.iter("tr")]
    assert rows[0] == ["Run", "Members", "Revoked", "Given", "Taken", "Other", "Failed", "Stopped"]
    assert rows[1] == ["2026-03-09 03:00:00 UTC", "164", "2", "1", "0", "0", "0", ""]
    assert len(rows) == MOST_RUNS + 1


def test_runs_of_one_day_are_labelled_with_the_time() -> None:
    [run] = runs(NOTHING)
    times = [dataclasses.replace(run, time=f"2026-01-01T{hour:02}:30:00Z") for hour in range(3)]
    labels = [part.text for part in ET.fromstring(chart(times)).iter("text")]
    assert labels[-3:] == ["00:30", "01:30", "02:30"]
