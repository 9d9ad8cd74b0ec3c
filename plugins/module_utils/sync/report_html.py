# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML page that needs nothing from anywhere: no network, no fonts, no images, no JavaScript.

Its style and its small script, which adds filters and sorting, are constants; a content security policy allows these
two by their hashes and nothing else, so that even a fault in escaping could not load or run anything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence

from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.history import PastRun
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.markup import Html, element, joined, name
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_assets import SCRIPT, STYLE
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_chart import chart
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import (
    Change,
    Record,
    Report,
    effect,
    fields_of_change,
    for_attention,
    headline,
    moment,
    number,
    verdict,
    visible,
    words,
)

MOST_RECORDS = 10_000
"""The most records in the table; a browser handles these well."""

MOST_NAMES = 500
"""The most people to name who join or leave one group."""

MOST_WARNINGS = 500

COLUMNS = ("Outcome", "Action", "Record", "Change", "Reason")


def as_html(report: Report, history: Sequence[PastRun] = ()) -> str:
    """Return the page; the chart needs two past runs at least."""
    title = f"{headline(report)} - directory sync of {visible(report['organization'])}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=content_security_policy()),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="robots", content="noindex"),
        element("title", title),
        element("style", Html(STYLE)),
    )
    main = element(
        "main",
        _guards(report),
        _tiles(report),
        element("div", _kinds(report), _facts(report), class_="columns"),
        _past(history),
        _warnings(report),
        _records(report),
        id="main",
    )
    body = element(
        "body",
        element("a", "Skip to the records", class_="skip", href="#records"),
        _header(report),
        main,
        element(
            "footer",
            f"{visible(report['generator'])}. This page names people: keep it as private as the directory.",
        ),
        element("script", Html(SCRIPT)),
    )
    return "<!doctype html>\n" + element("html", head, body, lang="en") + "\n"


def content_security_policy() -> str:
    """Return the policy that allows this page's own style and script, by hash (CSP Level 3, 2.3.1), and no more."""
    style, script = (
        base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() for content in (STYLE, SCRIPT)
    )
    sources = f"style-src 'sha256-{style}'; script-src 'sha256-{script}'"
    return f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"


def _header(report: Report) -> Html:
    return element(
        "header",
        element("p", "Directory sync of ", element("strong", name(report["organization"])), class_="above"),
        element("h1", headline(report), class_=verdict(report)),
        element("p", _time(report["started"]), " to ", _time(report["finished"])),
    )


def _time(time: str) -> Html:
    return element("time", moment(time), datetime=visible(time))


def _guards(report: Report) -> Html:
    if not report["guard"]:
        return Html()
    explanation = "If the directory and the plan are right, approve this one plan by its digest: "
    return element(
        "section",
        element("h2", "The plan goes beyond its guards", id="guards"),
        element("ul", *(element("li", name(trip, 2000)) for trip in report["guard"])),
        element("p", explanation, element("code", visible(report["digest"]))),
        class_="alert",
        aria_labelledby="guards",
    )


def _tiles(report: Report) -> Html:
    outcomes = report["outcomes"]
    expected = ("planned",) if verdict(report) in ("preview", "stopped") else ("done", "failed")
    tiles = [(words(outcome), outcomes[outcome], outcome) for outcome in (*expected, "refused")]
    tiles.append(("Members before", sum(report["current"]["members"].values()), "members"))
    return element(
        "dl",
        *(
            element("div", element("dt", title), element("dd", f"{count:,}"), class_=kind if count else "none")
            for title, count, kind in tiles
        ),
        class_="tiles",
    )


def _kinds(report: Report) -> Html:
    """Return a bar for each kind of action."""
    counts = {kind: count for kind, count in report["counts"].items() if count and kind != "refused"}
    if not counts:
        rows = element("p", "Nothing has to change.")
    else:
        most = max(counts.values())
        rows = element("ul", *(_kind(kind, count, most) for kind, count in counts.items()), class_="bars")
    return element("section", element("h2", "Plan", id="plan"), rows, aria_labelledby="plan")


def _kind(kind: str, count: int, most: int) -> Html:
    length = element("rect", width=f"{max(1, count / most * 100):.1f}%", height="100%", rx=3)
    return element(
        "li",
        element("span", words(kind)),
        element("span", f"{count:,}", class_="count"),
        element("svg", length, class_=effect(kind), aria_hidden="true"),
    )


def _facts(report: Report) -> Html:
    snapshot, current = report["snapshot"], report["current"]
    counts = snapshot["counts"]
    directory = [
        number(counts["active"], "active user"),
        f"{counts['disabled']:,} disabled",
        f"{counts['deleted']:,} deleted",
        number(counts["groups"], "group"),
        number(counts["memberships"], "membership"),
    ]
    held = [f"{count:,} {words(status).lower()}" for status, count in sorted(current["members"].items())]
    held.append(number(current["groups"], "group"))
    sources = [
        element("li", element("strong", name(source["name"])), " ", name(source["type"]), " ", name(source["server"]))
        for source in snapshot["sources"]
    ]
    facts = [
        ("Directory", joined(", ".join(directory), element("ul", *sources) if sources else "")),
        ("Read", _time(snapshot["created"])),
        ("Organization before", joined(", ".join(held))),
        ("Plan", element("code", visible(report["digest"]))),
    ]
    return element(
        "section",
        element("h2", "Facts", id="facts"),
        element("dl", *(joined(element("dt", title), element("dd", fact)) for title, fact in facts), class_="facts"),
        aria_labelledby="facts",
    )


def _past(history: Sequence[PastRun]) -> Html:
    if len(history) < 2:
        return Html()
    return element("section", element("h2", "Past runs", id="past"), chart(history), aria_labelledby="past")


def _warnings(report: Report) -> Html:
    warnings = report["snapshot"]["warnings"]
    if not warnings:
        return Html()
    lines = [
        element("li", element("strong", name(warning["record"])), " ", name(warning["message"], 500))
        for warning in warnings[:MOST_WARNINGS]
    ]
    return element(
        "section",
        element("h2", "Warnings", id="warnings"),
        element(
            "details",
            element("summary", number(len(warnings), "warning") + " from reading the directory"),
            element("ul", *lines),
            _omitted(len(warnings) - len(lines)),
        ),
        aria_labelledby="warnings",
    )


def _records(report: Report) -> Html:
    records = for_attention(report["records"])
    if not records:
        content = element("p", "There is nothing to do and nothing was refused.")
    else:
        shown = records[:MOST_RECORDS]
        content = joined(_filters(shown), _table(shown), _omitted(len(records) - len(shown)))
    return element("section", element("h2", "Records", id="records", tabindex=-1), content, aria_labelledby="records")


def _omitted(count: int) -> Html:
    return element("p", f"And {count:,} more; the JSON report holds them all.") if count > 0 else Html()


def _filters(records: Sequence[Record]) -> Html:
    """Return the controls that the script brings to life; without it they stay hidden."""
    return element(
        "form",
        element("label", "Search ", element("input", type="search", id="search", placeholder="Name, reason, change")),
        _choice("outcome", records),
        _choice("action", records),
        element("output", number(len(records), "record"), id="shown"),
        id="filters",
        hidden="",
        role="search",
        aria_label="Filter the records",
    )


def _choice(field: str, records: Iterable[Record]) -> Html:
    values = sorted({record[field] for record in records})
    options = (element("option", words(value), value=visible(value)) for value in values)
    return element(
        "label", f"{words(field)} ", element("select", element("option", "All", value=""), *options, id=field)
    )


def _table(records: Sequence[Record]) -> Html:
    return element(
        "table",
        element("thead", element("tr", *(element("th", column, scope="col") for column in COLUMNS))),
        element("tbody", *map(_row, records)),
        class_="records",
        aria_labelledby="records",
    )


def _row(record: Record) -> Html:
    outcome, action = visible(record["outcome"]), visible(record["action"])
    changes = [*map(_change, fields_of_change(record)), *_people(record)]
    reason = [element("span", words(record["reason"]))]
    if record.get("message"):
        reason.append(element("span", name(record["message"], 2000), class_="message"))
    return element(
        "tr",
        element("td", element("span", words(outcome), class_=f"outcome {outcome}")),
        element("td", "" if action == "none" else words(action)),
        element("th", name(record["key"]), scope="row"),
        element("td", *changes),
        element("td", *reason),
        data_outcome=outcome,
        data_action=action,
    )


def _change(change: Change) -> Html:
    values = joined(*(name(value) for value in (change.before, change.after) if value), separator=" \u2192 ")
    return element("div", joined(f"{change.label} ".lstrip(), values))


def _people(record: Record) -> list[Html]:
    """Return who joins and who leaves a group."""
    joining, leaving = record.get("joining", ()), record.get("leaving", ())
    if not joining and not leaving:
        return []
    numbers = [f"+{len(joining):,}"] * bool(joining) + [f"\u2212{len(leaving):,}"] * bool(leaving)
    lists = (
        joined(
            element("ul", *(element("li", name(person)) for person in people[:MOST_NAMES]), class_=kind),
            _omitted(len(people) - MOST_NAMES),
        )
        for people, kind in ((joining, "joining"), (leaving, "leaving"))
        if people
    )
    return [element("details", element("summary", " ".join(numbers), " members"), *lists)]
