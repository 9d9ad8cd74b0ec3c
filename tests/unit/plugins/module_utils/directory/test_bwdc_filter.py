# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter language of Directory Connector: read alike, but nothing is ignored."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.bwdc_filter import (
    BwdcFilter,
    Clause,
    parse_bwdc_filter,
)
from hypothesis import given
from hypothesis import strategies as st

QUERY_TYPES = ["google_workspace", "okta", "onelogin"]


def parse(source_type: str, kind: Any, text: str) -> BwdcFilter:
    return parse_bwdc_filter(source_type, kind, text, "users.bwdc_filter of the source corp")


@pytest.mark.parametrize("source_type", ["ldap", "active_directory", "entra_id", *QUERY_TYPES, "file"])
def test_blank_text_is_no_filter(source_type: str) -> None:
    assert parse(source_type, "users", "  ") == BwdcFilter()


@pytest.mark.parametrize(
    ("source_type", "kind", "text", "expected"),
    [
        ("ldap", "users", " (|(ou=a)(ou=b)) ", BwdcFilter(query="(&(|(ou=a)(ou=b)))")),
        ("active_directory", "groups", "(cn=a:b)", BwdcFilter(query="(&(cn=a:b))")),
        ("file", "users", "(mail=*)(uid=a*)", BwdcFilter(query="(&(mail=*)(uid=a*))")),
        (
            "google_workspace",
            "users",
            "exclude:svc@example.org|orgUnitPath='/Staff'",
            BwdcFilter((Clause("exclude", ("svc@example.org",)),), "orgUnitPath='/Staff'"),
        ),
        ("okta", "users", '|profile.department eq "IT"', BwdcFilter(query='profile.department eq "IT"')),
        ("okta", "groups", 'include:a|type eq "x:y"', BwdcFilter((Clause("include", ("a",)),), 'type eq "x:y"')),
        ("onelogin", "groups", " Include : Role A , ROLE B ,", BwdcFilter((Clause("include", ("role a", "role b")),))),
        ("onelogin", "users", "include:a@example.org|", BwdcFilter((Clause("include", ("a@example.org",)),))),
        ("entra_id", "users", "exclude:a@b.c", BwdcFilter((Clause("exclude", ("a@b.c",)),))),
        (
            "entra_id",
            "users",
            "includeGroup:ID1, id2|excludeGroup:id3|exclude:Boss@example.org|excludegroup:id4",
            BwdcFilter(
                (
                    Clause("includegroup", ("id1", "id2")),
                    Clause("excludegroup", ("id3",)),
                    Clause("exclude", ("boss@example.org",)),
                    Clause("excludegroup", ("id4",)),
                )
            ),
        ),
        (
            "entra_id",
            "groups",
            "includeAdministrativeUnit:u1, U2",
            BwdcFilter((Clause("includeadministrativeunit", ("u1", "u2")),), "includeadministrativeunit:u1,u2"),
        ),
    ],
)
def test_reads_what_directory_connector_reads(source_type: str, kind: str, text: str, expected: BwdcFilter) -> None:
    assert parse(source_type, kind, text) == expected


@pytest.mark.parametrize(
    ("source_type", "kind", "text", "reason"),
    [
        *((name, "users", "includes:a@example.org", "does not begin with") for name in [*QUERY_TYPES, "entra_id"]),
        *((name, "users", "include:a:b", "exactly one colon") for name in [*QUERY_TYPES, "entra_id"]),
        *((name, "users", "include", "exactly one colon") for name in [*QUERY_TYPES, "entra_id"]),
        *((name, "groups", "exclude: , ", "lists nothing") for name in [*QUERY_TYPES, "entra_id"]),
        *((name, "users", "include:a|b eq c|d eq e", "may not contain a [|]") for name in QUERY_TYPES),
        *((name, "users", "includeGroup:a", "does not begin with") for name in QUERY_TYPES),
        ("entra_id", "users", "|accountEnabled eq true", "does not begin with"),
        ("entra_id", "users", "include:a@b.c|exclude:b@b.c", "only includeGroup takes"),
        ("entra_id", "users", "excludeGroup:a|exclude:b@b.c", "only includeGroup takes"),
        ("entra_id", "users", "includeGroup:a|include:b@b.c", "does not begin with"),
        ("entra_id", "users", "includeGroup:a|", "does not begin with"),
        ("entra_id", "users", "includeAdministrativeUnit:a", "does not begin with"),
        ("entra_id", "groups", "includeGroup:a", "does not begin with"),
        ("entra_id", "groups", "includeadministrativeunit:a|exclude:b", "nothing may follow"),
        ("okta", "users", " | ", "does not begin with"),
    ],
)
def test_refuses_what_directory_connector_ignores(source_type: str, kind: str, text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason) as caught:
        parse(source_type, kind, text)
    assert str(caught.value).startswith("users.bwdc_filter of the source corp")


values = st.text(st.characters(exclude_characters=":|,"), min_size=1).filter(lambda text: bool(text.strip()))
value_lists = st.lists(values, min_size=1, max_size=4)
keywords = st.sampled_from(["include", "Include", "EXCLUDE", "exclude"])


@given(st.sampled_from(QUERY_TYPES), keywords, value_lists, st.none() | st.text(st.characters(exclude_characters="|")))
def test_keeps_every_value_and_the_whole_query(
    source_type: str, keyword: str, listed: list[str], query: str | None
) -> None:
    text = f"{keyword}:{','.join(listed)}" + ("" if query is None else f"|{query}")
    parsed = parse(source_type, "users", text)
    assert parsed.query == ((query or "").strip() or None)
    assert parsed.clauses == (Clause(keyword.lower(), tuple(value.lower().strip() for value in listed)),)


@given(st.sampled_from([*QUERY_TYPES, "entra_id"]), st.sampled_from(["users", "groups"]), st.text(":|,inclue aGroupx"))
def test_a_filter_that_is_not_blank_is_never_ignored(source_type: str, kind: str, text: str) -> None:
    try:
        parsed = parse(source_type, kind, text)
    except ConfigurationError:
        return
    assert parsed.clauses or parsed.query or not text.strip()
