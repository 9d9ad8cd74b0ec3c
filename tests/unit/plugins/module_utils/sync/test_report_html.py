# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a page, read again by an HTML parser: what it shows, what it cannot be made to do, who can read it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import chain

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_assets import SCRIPT, STYLE
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_html import (
    MOST_NAMES,
    MOST_RECORDS,
    MOST_WARNINGS,
    as_html,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import visible
from ansible_collections.dirsync.bitwarden.tests.support.reports import HOSTILE, record, refusal, report, runs

VOID = {"input", "meta", "wbr"}
RAW = {"script", "style"}
REFERRING = {"src", "srcset", "href", "action", "data", "poster", "background", "xlink:href"}


class Page(HTMLParser):
    """The elements of a page with their attributes, its rows of records and its visible text.

    An element that is not closed where it should be is a failure.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.raw: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        assert len(attributes) == len(attrs)
        self.elements.append((tag, attributes))
        if tag == "tr" and "data-outcome" in attributes:
            self.rows.append([])
        elif tag in ("td", "th") and self.rows and "tbody" in self._open:
            self.rows[-1].append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in RAW:
            self.raw[self._open[-1]] = self.raw.get(self._open[-1], "") + data
            return
        self.text += data
        if self.rows and self.rows[-1] and "tbody" in self._open:
            self.rows[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"comment {data}")

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each of these elements."""
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_sums_the_run_up() -> None:
    page = Page(as_html(report(record(), record(outcome="failed", message="It broke."), refusal("olga@example.org"))))
    assert "1 of 2 actions failed" in page.text
    assert page.of("h1") == [{"class": "failed"}]
    for fact in (
        "Directory sync of organization.1",
        "2026-03-01 12:00:00 UTC to 2026-03-01 12:00:09 UTC",
        "4 active users, 1 disabled, 1 deleted, 2 groups, 7 memberships",
        "people ldap ldaps://ldap.example.org",
        "1,200 confirmed, 3 revoked, 2 groups",
        "sha256:5f2b",
    ):
        assert fact in page.text


def test_every_record_is_a_row_with_its_reason() -> None:
    page = Page(
        as_html(
            report(
                record(),
                record("bo@example.org", "rekey_member", reason="same_email", previous="old", external_id="new"),
                record("staff", "update_group", reason="renamed", value="crew"),
                record("crew", "set_group_members", reason="membership", joining=["ann@x.org"], leaving=["c", "d"]),
                record("cleo@example.org", "revoke_member", "failed", "absent_from_directory", message="It broke."),
                refusal("olga@example.org"),
            )
        )
    )
    assert page.rows == [
        ["Failed", "Revoke member", "cleo@example.org", "", "Absent from directoryIt broke."],
        ["Done", "Set group members", "crew", "+1 \u22122 membersann@x.orgcd", "Membership"],
        ["Refused", "", "olga@example.org", "", "Owner protectedowners are never touched"],
        ["Done", "Invite member", "ann@example.org", "", "New user"],
        ["Done", "Rekey member", "bo@example.org", "external id old \u2192 new", "Same email"],
        ["Done", "Update group", "staff", "staff \u2192 crew", "Renamed"],
    ]


@pytest.mark.parametrize(
    ("check_mode", "headline"),
    [(False, "Stopped by the guards, nothing was written"), (True, "but the guards would stop the run")],
)
def test_guards_come_first(check_mode: bool, headline: str) -> None:
    page = Page(as_html(report(record(outcome="planned"), guard=["too many: bo@example.org"], check_mode=check_mode)))
    assert headline in page.text
    assert page.text.index("too many: bo@example.org") < page.text.index("Members before")
    assert page.rows[0][:3] == ["Planned", "Invite member", "ann@example.org"]


def test_a_run_without_records_says_so() -> None:
    page = Page(as_html(report()))
    assert "There is nothing to do and nothing was refused." in page.text
    assert page.of("form") == page.of("table") == []


@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
def test_a_name_is_never_more_than_a_name(name: str) -> None:
    def page_for(name: str) -> Page:
        made = report(
            record(name, value=name + "!", previous=name, external_id=name, joining=[name], message=name, role=name),
            guard=[name],
            warnings=[{"record": name, "message": name}],
            sources=[{"name": name, "type": name, "server": name}],
            created=name,
        )
        return Page(as_html(made, runs({}, {})))

    page, plain = page_for(name), page_for("plain")
    assert page.rows[0][2] == visible(name)
    assert Counter(tag for tag, _unused in page.elements if tag != "wbr") == Counter(
        tag for tag, _unused in plain.elements
    )
    assert [sorted(attributes) for _unused, attributes in page.elements if attributes] == [
        sorted(attributes) for _unused, attributes in plain.elements if attributes
    ]
    assert page.raw == plain.raw == {"style": STYLE, "script": SCRIPT}
    assert all(character.isprintable() or character in "\n\u200c\u200d" for character in page.text)


def test_the_page_needs_nothing_from_anywhere() -> None:
    page = Page(as_html(report(record(), refusal("olga")), runs({"invite_member": 1}, {})))
    references = [
        value for _unused, attributes in page.elements for name, value in attributes.items() if name in REFERRING
    ]
    assert references == ["#records"]
    assert not {"link", "img", "iframe", "object", "embed", "base", "use", "image"} & {
        tag for tag, _unused in page.elements
    }
    assert not re.search(r"url\(|@import|expression", STYLE)
    assert not re.search(r"fetch|XMLHttpRequest|import|eval|innerHTML|WebSocket|https?:", SCRIPT)


def test_only_its_own_style_and_script_may_run() -> None:
    page = Page(as_html(report(record()), runs({"invite_member": 1}, {})))
    [policy] = [meta["content"] for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    directives = dict(directive.strip().split(" ", 1) for directive in policy.split(";"))
    assert directives.pop("default-src") == "'none'"
    for directive, tag in (("style-src", "style"), ("script-src", "script")):
        digest = base64.b64encode(hashlib.sha256(page.raw[tag].encode()).digest()).decode()
        assert directives.pop(directive) == f"'sha256-{digest}'"
    assert set(directives.values()) == {"'none'"}
    assert not any(
        name == "style" or name.startswith("on") for _unused, attributes in page.elements for name in attributes
    )


def test_without_script_the_whole_table_is_there_and_no_dead_controls() -> None:
    page = Page(as_html(report(*(record(f"{number}@example.org") for number in range(300)))))
    assert len(page.rows) == 300
    assert all("hidden" not in attributes for attributes in page.of("tr"))
    assert [("hidden" in form) for form in page.of("form")] == [True]
    assert page.of("button") == []


def test_the_filters_offer_what_there_is() -> None:
    page = Page(as_html(report(record(), refusal("olga"), record("staff", "create_group"))))
    assert [option["value"] for option in page.of("option")] == [
        *("", "done", "refused"),
        *("", "create_group", "invite_member", "none"),
    ]
    rows = [(row["data-outcome"], row["data-action"]) for row in page.of("tr") if "data-outcome" in row]
    assert rows == [("refused", "none"), ("done", "invite_member"), ("done", "create_group")]


def test_references_between_elements_lead_somewhere() -> None:
    page = Page(
        as_html(
            report(record(), guard=["no"], warnings=[{"record": "a", "message": "b"}]), runs({"link_member": 1}, {})
        )
    )
    ids = [attributes["id"] for _unused, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [(attributes.get("aria-labelledby") or "").split() for _unused, attributes in page.elements]
    assert set(chain.from_iterable(named)) <= set(ids)
    assert {"filters", "search", "outcome", "action", "shown"} <= set(ids), "the script looks for these"
    assert page.of("html") == [{"lang": "en"}]


def test_the_chart_waits_for_a_second_run() -> None:
    assert Page(as_html(report(record()), runs({}))).of("figure") == []
    assert len(Page(as_html(report(record()), runs({}, {}))).of("figure")) == 1


def test_what_is_left_out_is_counted() -> None:
    people = [f"{number}@example.org" for number in range(MOST_NAMES + 3)]
    warnings = [{"record": "a", "message": "b"}] * (MOST_WARNINGS + 4)
    records = [record(joining=people), *(record(str(number)) for number in range(MOST_RECORDS + 4))]
    page = Page(as_html(report(*records, warnings=warnings)))
    assert len(page.rows) == MOST_RECORDS
    for more in (3, 4, 5):
        assert f"And {more} more; the JSON report holds them all." in page.text


def colours(style: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", style))


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2, 1.4.3)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


LIGHT, DARK, PRINT = (colours(block) for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL))


@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])
def test_text_and_drawings_stand_out_from_what_is_behind_them(theme: dict[str, str]) -> None:
    assert theme.keys() == LIGHT.keys()
    for back in ("page", "card"):
        for text in ("text", "muted", "accent", "planned", "done", "failed", "refused"):
            assert contrast(theme[text], theme[back]) >= 4.5, (text, back)
    for outcome in ("planned", "done", "failed", "refused"):
        assert contrast(theme[outcome], theme[f"{outcome}-tint"]) >= 4.5, outcome
    assert contrast(theme["text"], theme["failed-tint"]) >= 4.5
    for drawing in ("given", "taken", "other", "accent"):
        assert contrast(theme[drawing], theme["card"]) >= 3, drawing


def test_black_on_white_is_the_highest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
