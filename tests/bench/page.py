# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of whole syncs for readers: docs/benchmarks.md with a table, and docs/benchmarks.svg with a plot."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[2] / "docs"
Row = Mapping[str, Any]

CONDITIONS = {
    "near": "server and directory on the same machine",
    "far": "50 ms on every request to the server and to the directory",
    "cloud": "Bitwarden's cloud, with its rate limits and its import",
}
SYNCS = {"first": "first sync", "unchanged": "nothing changed", "changed": "1 % joined, 1 % left"}

# REUSE-IgnoreStart
HEADER = """\
<!--
Copyright (c) 2026 dirsync.bitwarden contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->
"""
# REUSE-IgnoreEnd

STYLE = """\
text { font: 13px sans-serif; fill: #1f2328; }
.grid { stroke: #d0d7de; }
.near { fill: #0969da; } .far { fill: #bc4c00; } .cloud { fill: #8250df; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .grid { stroke: #30363d; } }
"""
LEFT, WIDTH, TOP, BAR, GAP = 250, 520, 60, 14, 12


def write_page(rows: Sequence[Row], folder: Path = DOCS) -> None:
    """Write both files anew from the rows (see Row in whole_system.py)."""
    (folder / "benchmarks.md").write_text(HEADER + _markdown(rows))
    (folder / "benchmarks.svg").write_text(HEADER + _plot(rows))


def _markdown(rows: Sequence[Row]) -> str:
    lines = [
        "",
        "# Benchmarks of whole syncs",
        "",
        "From OpenLDAP to an organization, written by `make bench CASES=whole_system`. Both modules run as the role",
        "runs them. Directory, emulated server and modules share one machine with"
        f" {os.cpu_count()} cores (Python {platform.python_version()}),",
        "so that wall times depend on what else it does; processor time, memory and calls do not. Waiting for rate",
        "limits and for the 50 ms of a server far away is jumped over by the clock, and counted as wall time.",
        "",
        *[f"- **{name}**: {text}." for name, text in CONDITIONS.items()],
        "",
        "![Wall time of each sync](benchmarks.svg)",
        "",
        "| users | groups | condition | sync | wall s | waiting s | processor s | peak MB | reads | writes |",
        "| ---: | ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    return "\n".join([*lines, *map(_line, rows)]) + "\n"


def _line(row: Row) -> str:
    cells = [f"{row['users']:,}", f"{row['groups']:,}", row["condition"], SYNCS[row["sync"]]]
    cells += [f"{row[name]:,.1f}" for name in ("wall", "waited", "cpu")]
    cells += [f"{row[name]:,.0f}" for name in ("peak_mb", "reads", "writes")]
    return f"| {' | '.join(cells)} |"


def _plot(rows: Sequence[Row]) -> str:
    """Return bars of wall time on a logarithmic axis, one group for each size and sync."""
    decades = range(math.floor(math.log10(min(row["wall"] for row in rows))), 5)
    axis = [decade for decade in decades if 10**decade <= 10 * max(row["wall"] for row in rows)]

    def x(seconds: float) -> float:
        return LEFT + WIDTH * (math.log10(seconds) - axis[0]) / (axis[-1] - axis[0])

    parts, y, last = [], TOP, None
    for row in sorted(rows, key=lambda row: (row["users"], list(SYNCS).index(row["sync"]))):
        group = (row["users"], row["sync"])
        if group != last:
            y += GAP
            parts.append(f'<text x="{LEFT - 8}" y="{y + BAR - 2}" text-anchor="end">{_label(row)}</text>')
            last = group
        width = max(1.0, x(row["wall"]) - LEFT)
        parts.append(f'<rect class="{row["condition"]}" x="{LEFT}" y="{y}" width="{width:.0f}" height="{BAR - 2}"/>')
        parts.append(f'<text x="{LEFT + width + 5:.0f}" y="{y + BAR - 3}">{row["wall"]:,.1f} s</text>')
        y += BAR
    grid = [
        f'<line class="grid" x1="{x(10**decade):.0f}" y1="{TOP}" x2="{x(10**decade):.0f}" y2="{y}"/>'
        f'<text x="{x(10**decade):.0f}" y="{TOP - 6}" text-anchor="middle">{10**decade:g} s</text>'
        for decade in axis
    ]
    legend = [
        f'<rect class="{name}" x="{LEFT + 130 * number}" y="14" width="12" height="12"/>'
        f'<text x="{LEFT + 130 * number + 18}" y="25">{name}</text>'
        for number, name in enumerate(CONDITIONS)
    ]
    size = f'width="{LEFT + WIDTH + 100}" height="{y + 20}" viewBox="0 0 {LEFT + WIDTH + 100} {y + 20}"'
    title = "<title>Wall time of whole syncs</title>"
    body = "\n".join([title, f"<style>{STYLE}</style>", *grid, *legend, *parts])
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>\n{body}\n</svg>\n'


def _label(row: Row) -> str:
    return f"{row['users']:,} users, {SYNCS[row['sync']]}"
