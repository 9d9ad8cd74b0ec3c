# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of sources read over HTTPS."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.options import http_options, https_origin

OPTIONS = {"ca_file": "/ca.pem", "validate_certs": True, "proxy": None, "timeout": 7, "retries": 2}


def test_options_become_http_options() -> None:
    options = http_options(OPTIONS)
    assert (options.ca_file, options.timeout, options.retries) == ("/ca.pem", 7.0, 2)


def test_impossible_options_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="timeout"):
        http_options({**OPTIONS, "timeout": 0})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("example.okta.com", "https://example.okta.com"),
        (" https://Example.Okta.com/ ", "https://example.okta.com"),
        ("https://example.okta.com:443", "https://example.okta.com"),
        ("127.0.0.1:8443", "https://127.0.0.1:8443"),
    ],
)
def test_a_host_becomes_an_origin(value: str, expected: str) -> None:
    assert https_origin("org_url", value, "https://example.okta.com") == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "http://example.okta.com",
        "https://",
        "https://example.okta.com/admin",
        "https://example.okta.com/?x=1",
        "https://example.okta.com/#x",
        "https://user:password@example.okta.com",
        "https://exa mple.okta.com",
        "https://example.okta.com:port",
    ],
)
def test_anything_else_is_refused_with_an_example(value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"org_url .* Give it as https://example\.okta\.com") as caught:
        https_origin("org_url", value, "https://example.okta.com")
    assert "password" not in str(caught.value)
