# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which options make which connection, and which none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import connection_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError

MakeOptions = Callable[..., dict[str, Any]]
US = ("https://api.bitwarden.com", "https://identity.bitwarden.com")
EU = ("https://api.bitwarden.eu", "https://identity.bitwarden.eu")
GUID = "5f0b3c8e-8f4f-4c11-9f5c-3a6f4f2d7a10"


@pytest.mark.parametrize(
    ("given", "addresses"),
    [
        ({}, US),
        ({"region": "eu"}, EU),
        ({"server_url": "https://vault.bitwarden.com"}, US),
        ({"server_url": "https://vault.bitwarden.eu/"}, EU),
        ({"server_url": "https://bitwarden.eu", "region": "us"}, EU),
        ({"server_url": "https://VAULT.Bitwarden.COM:443/"}, US),
        ({"api_url": "https://api.bitwarden.com/", "identity_url": "https://identity.bitwarden.com/"}, US),
    ],
)
def test_cloud(make_options: MakeOptions, given: dict[str, Any], addresses: tuple[str, str]) -> None:
    connection = connection_from(make_options(**given))
    assert (connection.api_url, connection.identity_url) == addresses
    assert connection.cloud


@pytest.mark.parametrize(
    ("server_url", "base"),
    [
        ("https://vault.example.org", "https://vault.example.org"),
        (" https://Vault.Example.ORG:443/ \n", "https://vault.example.org"),
        ("https://vault.example.org:8443//", "https://vault.example.org:8443"),
        ("https://example.org/Vault/", "https://example.org/Vault"),
        ("https://[2001:DB8::1]:443", "https://[2001:db8::1]"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://bitwarden.com.example.org", "https://bitwarden.com.example.org"),
        ("https://notbitwarden.com", "https://notbitwarden.com"),
    ],
)
def test_self_hosted(make_options: MakeOptions, server_url: str, base: str) -> None:
    connection = connection_from(make_options(server_url=server_url))
    assert (connection.api_url, connection.identity_url) == (f"{base}/api", f"{base}/identity")
    assert not connection.cloud


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"server_url": "vault.example.org"}, "server_url is not a web address"),
        ({"server_url": "//vault.example.org"}, "server_url is not a web address"),
        ({"server_url": "ftp://vault.example.org"}, "server_url is not a web address"),
        ({"server_url": "https://"}, "server_url is not a web address"),
        ({"server_url": "https://vault example.org"}, "server_url is not a web address"),
        ({"server_url": "https://vault.example.org:port"}, "server_url is not a web address"),
        ({"server_url": "https://[vault"}, "server_url is not a web address"),
        ({"server_url": "https://me:word@vault.example.org"}, "neither a user, a password"),
        ({"server_url": "https://vault.example.org/?next=1"}, "nor a fragment"),
        ({"server_url": "https://vault.example.org/#/login"}, "nor a fragment"),
        ({"server_url": "http://vault.example.org"}, "server_url must be https"),
        ({"server_url": "http://localhost.example.org"}, "server_url must be https"),
        ({"server_url": "https://vault.example.org/api"}, "server_url must not end in api"),
        ({"server_url": "https://vault.example.org/identity/"}, "server_url must not end in identity"),
        ({"api_url": "https://a.example.org"}, "need each other"),
        ({"identity_url": "https://i.example.org"}, "need each other"),
        ({"api_url": "http://a.example.org", "identity_url": "https://i.example.org"}, "api_url must be https"),
        ({"api_url": "https://a.example.org", "identity_url": "http://i.example.org"}, "identity_url must be https"),
        ({"server_url": "https://v.example.org", "api_url": "https://a.example.org"}, "not both"),
        ({"client_id": f"user.{GUID}"}, "key of another kind"),
        ({"client_id": f"installation.{GUID}"}, "key of another kind"),
        ({"client_id": GUID}, "followed by a GUID"),
        ({"client_id": "organization."}, "followed by a GUID"),
        ({"client_id": f"organization.{GUID}0"}, "followed by a GUID"),
        ({"client_id": ""}, "followed by a GUID"),
        ({"client_secret": " \n"}, "client_secret is empty"),
        ({"timeout": 0}, "timeout"),
        ({"retries": -1}, "retries"),
        ({"proxy": "proxy.example.org"}, "proxy"),
    ],
)
def test_impossible_options(make_options: MakeOptions, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        connection_from(make_options(**given))


def test_passwords_in_addresses_are_not_quoted(make_options: MakeOptions) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connection_from(make_options(server_url="https://me:pa55word@vault.example.org"))
    assert "pa55word" not in str(caught.value)


def test_key_is_normalised(make_options: MakeOptions) -> None:
    connection = connection_from(
        make_options(client_id=f" Organization.{GUID.upper()}\n", client_secret="the-secret\n")
    )
    assert connection.client_id == f"organization.{GUID}"
    assert connection.organization == GUID
    assert connection.client_secret == "the-secret"


def test_secret_is_not_shown(make_options: MakeOptions) -> None:
    connection = connection_from(make_options(client_secret="pa55word", proxy="http://u:pa55word@proxy.example.org:1"))
    assert "pa55word" not in repr(connection)


def test_http_options_are_passed_on(make_options: MakeOptions) -> None:
    http = connection_from(
        make_options(
            user_agent="tool/1",
            ca_file="/ca.pem",
            validate_certs=False,
            proxy="http://p.example.org",
            timeout=7,
            retries=1,
        )
    ).http
    assert (http.user_agent, http.ca_file, http.validate_certs, http.proxy) == (
        "tool/1",
        "/ca.pem",
        False,
        "http://p.example.org",
    )
    assert (http.timeout, http.retries) == (7.0, 1)
    assert connection_from(make_options()).http.user_agent.startswith("dirsync.bitwarden/")
