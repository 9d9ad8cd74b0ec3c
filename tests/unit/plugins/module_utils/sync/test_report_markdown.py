# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as Markdown, read again by a Markdown parser with tables."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report_markdown import (
    MOST_CHARACTERS,
    MOST_LINES,
    MOST_NAMES,
    as_markdown,
    code,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import visible
from ansible_collections.dirsync.bitwarden.tests.support.reports import HOSTILE, record, refusal, report
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP = {"html_inline", "html_block", "link_open", "image", "s_open", "em_open", "heading_close", "hr", "fence"}


def tokens(text: str) -> list[Token]:
    """Return all tokens, inline ones after the block that holds them."""
    return [part for token in PARSER.parse(text) for part in (token, *(token.children or ()))]


def tables(text: str) -> list[list[list[Token]]]:
    """Return the inline tokens of each cell of each row of each table."""
    found: list[list[list[Token]]] = []
    for token, following in zip(parsed := PARSER.parse(text), [*parsed[1:], None], strict=True):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("td_open", "th_open"):
            assert following is not None
            found[-1][-1].append(following)
    return found


def words_of(cell: Token) -> str:
    return "".join(part.content for part in cell.children or ())


def rows(text: str) -> list[list[str]]:
    """Return the text of the cells of the table of records."""
    return [[words_of(cell) for cell in row] for row in tables(text)[-1]]


def test_the_report_begins_with_what_matters() -> None:
    text = as_markdown(report(record(outcome="planned"), guard=["too many: bo@example.org"]))
    assert text.startswith(
        "### Stopped by the guards, nothing was written\n"
        "\n"
        "**The plan goes beyond its guards**\n"
        "\n"
        "- `too many: bo@example.org`\n"
        "\n"
        "- Directory sync of `organization.1`\n"
        "- Found there: 1,203 members (1,200 confirmed, 3 revoked), 2 groups\n"
        "- Directory: 4 active users, 2 groups, read `2026-03-01 11:59:00 UTC`\n"
        "  - `people`: `ldap` `ldaps://ldap.example.org`\n"
        "- Run: 2026-03-01 12:00:00 UTC to 2026-03-01 12:00:09 UTC\n"
        "- Plan: `sha256:5f2b`\n"
    )


def test_every_record_is_a_row_with_its_reason() -> None:
    text = as_markdown(
        report(
            record(),
            record("bo@example.org", "replace_invitation", reason="email_changed", value="bob@example.org"),
            record("staff", "set_group_members", reason="membership", joining=["ann@example.org"], leaving=["c", "d"]),
            record("eve@example.org", outcome="failed", message="It broke."),
            refusal("olga@example.org"),
        )
    )
    assert rows(text) == [
        ["Outcome", "Action", "Record", "Change", "Reason"],
        ["Failed", "Invite member", "eve@example.org", "", "New user: It broke."],
        ["Done", "Set group members", "staff", "+1: ann@example.org, -2: c, d", "Membership"],
        ["Refused", "", "olga@example.org", "", "Owner protected: owners are never touched"],
        ["Done", "Invite member", "ann@example.org", "", "New user"],
        ["Done", "Replace invitation", "bo@example.org", "bo@example.org to bob@example.org", "Email changed"],
    ]
    counts = [[words_of(cell) for cell in row] for row in tables(text)[0]]
    assert counts == [
        ["Action", "Records"],
        ["Replace invitation", "1"],
        ["Invite member", "2"],
        ["Set group members", "1"],
        ["Refused", "1"],
    ]


def test_a_run_without_records_has_no_table() -> None:
    assert tables(as_markdown(report())) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_never_more_than_a_name(name: str) -> None:
    text = as_markdown(
        report(
            record(name, value=name + "!", previous=name, external_id=name, joining=[name], message=name, role=name),
            record(),
            guard=[name],
            warnings=[{"code": "email_invalid", "record": name, "message": name, "source": name}],
            sources=[{"name": name, "type": name, "server": name}],
            created=name,
        )
    )
    found = rows(text)
    assert [len(row) for row in found] == [5, 5, 5]
    assert found[1][2].strip() == visible(name, 120).replace("|", "\u00a6").strip()
    assert found[2][2] == "ann@example.org"
    assert not {token.type for token in tokens(text)} & (MARKUP - {"heading_close"})
    assert sum(token.type == "heading_open" for token in tokens(text)) == 1


@given(st.text())
def test_a_code_span_says_what_it_was_given(text: str) -> None:
    [row] = tables("| a | b |\n| --- | --- |\n| " + code(text) + " | last |\n")[0][1:]
    [span] = [part for part in row[0].children or () if part.type == "code_inline"]
    assert span.content.strip() == visible(text, 120).replace("|", "\u00a6").strip()
    assert words_of(row[1]) == "last"


@pytest.mark.parametrize("length", [10, 250])
def test_what_does_not_fit_is_counted(length: int) -> None:
    many = [record(f"{number:05}{'x' * length}", "revoke_member") for number in range(4000)]
    text = as_markdown(report(*many))
    assert MOST_CHARACTERS - 1000 < len(text) <= MOST_CHARACTERS
    shown = len(rows(text)) - 1
    assert text.endswith(f"\n\nand {4000 - shown:,} more records; the JSON report holds them all.\n")


def test_a_report_that_fits_leaves_nothing_out() -> None:
    text = as_markdown(report(*(record(f"{number}@example.org") for number in range(500))))
    assert len(rows(text)) == 501
    assert "more record" not in text


def test_the_lists_before_the_records_are_short() -> None:
    long = "y" * 5000
    warnings: list[dict[str, Any]] = [{"record": long, "message": long}] * 300
    text = as_markdown(report(record(), guard=[long] * 300, warnings=warnings, sources=[]))
    assert text.count(f"- and {300 - MOST_LINES} more\n") == 2
    assert len(text) < MOST_CHARACTERS
    assert len(rows(text)) == 2


def test_a_large_group_is_named_in_part() -> None:
    joining = [f"{number}@example.org" for number in range(MOST_NAMES + 2)]
    change = rows(as_markdown(report(record("staff", "set_group_members", joining=joining))))[1][3]
    assert change.startswith(f"+{MOST_NAMES + 2}: 0@example.org, ")
    assert change.endswith(" and 2 more")
