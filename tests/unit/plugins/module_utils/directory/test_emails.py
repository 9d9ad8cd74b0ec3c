# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice among a person's addresses, and the addresses that Bitwarden refuses."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import (
    EmailRule,
    choose_email,
    email_problem,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "email",
    [
        "ann@example.org",
        "ann.o'neil+vault@mail.example.org",
        "a@b.co",
        "ann@b\u00fccher.example",
        "ann@example.\u0440\u0444",
        "!#$%&'*+-/=?^_`{|}~@example.org",
        "a" * 244 + "@example.org",
    ],
)
def test_accepts_what_bitwarden_accepts(email: str) -> None:
    assert email_problem(email) is None


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("", "no @"),
        ("not-an-email", "no @"),
        ("@example.org", "before the @"),
        ("ann smith@example.org", "before the @"),
        (" ann@example.org", "before the @"),
        ("ann..smith@example.org", "before the @"),
        (".ann@example.org", "before the @"),
        ('"ann"@example.org', "before the @"),
        ("ann@home@example.org", "before the @"),
        ("Ann <ann@example.org>", "before the @"),
        ("ann@example.org,bob@example.org", "before the @"),
        ("j\u00fcrgen@example.org", "before the @"),
        ("ann@", "domain is empty"),
        ("ann@exa mple.org", "domain is empty"),
        ("ann@example..org", "domain is empty"),
        ("ann@example.org.", "domain is empty"),
        ("ann@example.org(comment)", "domain is empty"),
        ("ann@[192.0.2.1]", "domain is empty"),
        ("ann@example.org\n", "domain is empty"),
        ("ann@exa\u0000mple.org", "domain is empty"),
        ("ann@localhost", "no dot"),
        ("ann@192.0.2.1", "letters only"),
        ("ann@example.xn--p1ai", "letters only"),
        ("a" * 245 + "@example.org", "257 characters"),
    ],
)
def test_says_what_is_wrong_with_an_address(email: str, reason: str) -> None:
    assert reason in (email_problem(email) or "")


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([], None),
        ([None, "", "  "], None),
        ([" Ann@Example.ORG "], "ann@example.org"),
        ([None, "  ", "ann@example.org", "second@example.org"], "ann@example.org"),
        (["not-an-email", "ann@example.org"], "ann@example.org"),
        (["Not-an-email", "neither"], "not-an-email"),
    ],
)
def test_chooses_the_first_usable_candidate(candidates: list[str | None], expected: str | None) -> None:
    assert choose_email(candidates) == expected


@pytest.mark.parametrize("suffix", ["example.org", "@example.org", " @Example.org "])
def test_builds_an_address_where_there_is_none(suffix: str) -> None:
    assert choose_email(["  "], EmailRule(suffix=suffix), " Ann ") == "ann@example.org"


def test_a_built_address_comes_after_every_usable_candidate() -> None:
    rule = EmailRule(suffix="example.org")
    assert choose_email(["ann@example.com"], rule, "ann") == "ann@example.com"
    assert choose_email(["broken"], rule, "ann") == "ann@example.org"


@pytest.mark.parametrize(("suffix", "prefix"), [("", "ann"), ("@", "ann"), ("example.org", " "), ("example.org", None)])
def test_builds_nothing_without_both_parts(suffix: str, prefix: str | None) -> None:
    assert choose_email([], EmailRule(suffix=suffix), prefix) is None


def test_an_unusable_built_address_is_kept_only_for_the_report() -> None:
    rule = EmailRule(suffix="example.org")
    assert choose_email([], rule, "ann smith") == "ann smith@example.org"
    assert choose_email(["broken"], rule, "ann smith") == "broken"


def test_prefers_the_domains_in_their_order() -> None:
    rule = EmailRule(domains=("Example.com", "example.net"))
    values = ["a@example.org", "b@example.net", "c@example.com"]
    assert choose_email(values, rule) == "c@example.com"
    assert choose_email(values[:2], rule) == "b@example.net"
    assert choose_email(["a@example.org", "b@example.info"], rule) == "a@example.org"


@given(st.text(), st.text())
def test_never_fails_and_never_accepts_blanks_or_two_ats(left: str, right: str) -> None:
    email = f"{left}@{right}"
    if email_problem(email) is None:
        assert email.count("@") == 1
        assert not any(char.isspace() for char in email)
        assert "." in right
