# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links between pages, and addresses of orgs."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.client import next_link, org_origin

NEXT = '<https://example.okta.com/api/v1/users?after=x,y&limit=200>; rel="next"'
SELF = '<https://example.okta.com/api/v1/users?limit=200>; rel="self"'
TARGET = "https://example.okta.com/api/v1/users?after=x,y&limit=200"


@pytest.mark.parametrize(
    "header", [NEXT, f"{SELF}, {NEXT}", f"{NEXT}, {SELF}", f"{SELF},{NEXT}", NEXT.replace('"', "")]
)
def test_the_next_page_is_found_among_merged_links(header: str) -> None:
    assert next_link(header) == TARGET


@pytest.mark.parametrize("header", ["", SELF, SELF.replace("self", "nextish"), "nonsense"])
def test_there_may_be_no_next_page(header: str) -> None:
    assert next_link(header) is None


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        ("example.okta.com", "https://example.okta.com"),
        ("https://example.oktapreview.com/", "https://example.oktapreview.com"),
        ("https://login.example.org", "https://login.example.org"),
        ("https://example-admin.okta.com", "https://example.okta.com"),
        ("https://example-admin.okta-emea.com/", "https://example.okta-emea.com"),
        ("https://sso-admin.example.org", "https://sso-admin.example.org"),
    ],
)
def test_org_addresses(value: str, origin: str) -> None:
    assert org_origin(value) == origin


def test_a_page_of_the_console_is_no_org() -> None:
    with pytest.raises(ConfigurationError, match="org_url"):
        org_origin("https://example-admin.okta.com/admin/users")
