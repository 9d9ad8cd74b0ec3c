# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a report is put into words."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import (
    Change,
    duration,
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
from ansible_collections.dirsync.bitwarden.tests.support.reports import HOSTILE, record, refusal, report

DONE = record()
FAILED = record(outcome="failed")
PLANNED = record(outcome="planned")


@pytest.mark.parametrize(
    ("made", "ended", "sentence"),
    [
        (report(), "done", "Nothing to do"),
        (report(DONE), "done", "1 action done"),
        (report(DONE, DONE, refusal("olga")), "done", "2 actions done"),
        (report(DONE, FAILED), "failed", "1 of 2 actions failed"),
        (report(check_mode=True), "preview", "Preview: nothing to do"),
        (report(PLANNED, check_mode=True), "preview", "Preview: 1 action planned"),
        (report(PLANNED, guard=["no"]), "stopped", "Stopped by the guards, nothing was written"),
        (
            report(PLANNED, PLANNED, guard=["no"], check_mode=True),
            "preview",
            "Preview: 2 actions planned, but the guards would stop the run",
        ),
    ],
)
def test_a_report_is_summed_up(made: dict[str, Any], ended: str, sentence: str) -> None:
    assert (verdict(made), headline(made)) == (ended, sentence)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_becomes_one_visible_line(text: str) -> None:
    assert visible(text).isprintable()
    assert len(visible(text)) <= 300


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zo\u00eb \u5f20\u4f1f", "Zo\u00eb \u5f20\u4f1f"),
        ("a\n\tb", "a  b"),
        ("a\u00a0b", "a b"),
        ("a\u202eb\x00", "a\ufffdb\ufffd"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
    ],
)
def test_what_is_visible_stays(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_long_text_is_shortened_and_says_so() -> None:
    assert visible("a" * 11, 10) == "a" * 7 + "..."
    assert visible("a" * 10, 10) == "a" * 10


def test_codes_numbers_and_times_are_readable() -> None:
    assert words("set_group_members") == "Set group members"
    assert (number(0, "record"), number(1, "record"), number(2000, "record")) == (
        "0 records",
        "1 record",
        "2,000 records",
    )
    assert [duration(seconds) for seconds in (1, 119, 120, 7199, 7200)] == [
        *("1 second", "119 seconds", "2 minutes", "120 minutes", "2 hours"),
    ]
    assert moment("2026-03-01T12:00:00Z") == "2026-03-01 12:00:00 UTC"


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        ({}, []),
        ({"value": "bo@example.org"}, [Change("", "ann@example.org", "bo@example.org")]),
        ({"value": "ann@example.org"}, []),
        ({"previous": "old", "external_id": "new"}, [Change("external id", "old", "new")]),
        ({"site": "Bonn", "batch": [1]}, [Change("batch", "", "[1]"), Change("site", "", "Bonn")]),
        (
            {"role": "custom", "permissions": ["manage_users", "manage_sso"], "previous_role": "admin"},
            [Change("role", "admin", "custom (manage users, manage sso)")],
        ),
        ({"role": "admin"}, [Change("role", "", "admin")]),
        ({"role": "admin", "previous_role": "admin"}, []),
        (
            {"granting": ["servers (view)", "web (edit)"], "withdrawing": ["servers (edit)"]},
            [Change("collections", "servers (edit)", "servers (view), web (edit)")],
        ),
        ({"withdrawing": ["web (edit)"]}, [Change("collections", "web (edit)", "")]),
        ({"joining": ["a"], "leaving": ["b"], "id": "m1", "external_id": "x", "message": "no"}, []),
    ],
)
def test_a_record_says_what_it_changes(fields: dict[str, Any], changes: list[Change]) -> None:
    assert list(fields_of_change(record(**fields))) == changes


def test_what_needs_attention_comes_first() -> None:
    revoked = record("cleo@example.org", "revoke_member")
    staff = record("staff", "set_group_members", joining=["a"], leaving=["b"])
    heads = record("heads", "set_group_members", joining=["a"])
    admins = record("admins", "set_group_collections", withdrawing=["servers (edit)"])
    failed = record("dora@example.org", outcome="failed")
    records = [DONE, refusal("olga@example.org"), heads, staff, admins, revoked, failed]
    assert [shown["key"].partition("@")[0] for shown in for_attention(records)] == [
        *("dora", "staff", "admins", "cleo", "olga", "ann", "heads"),
    ]


def test_actions_give_access_take_it_or_do_neither() -> None:
    assert [effect(kind) for kind in ("invite_member", "remove_member", "update_group")] == ["given", "taken", "other"]
    assert [effect(kind) for kind in ("promote_member", "demote_member")] == ["given", "taken"]
