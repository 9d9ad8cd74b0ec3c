# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the source: clouds, credentials, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.bwdc_filter import Clause
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import settings


@pytest.mark.parametrize(
    ("cloud", "authority", "graph_url"),
    [
        ("global", "https://login.microsoftonline.com", "https://graph.microsoft.com"),
        ("us_government_l4", "https://login.microsoftonline.us", "https://graph.microsoft.us"),
        ("us_government_l5", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
        ("china", "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
    ],
)
def test_each_cloud_has_its_addresses(cloud: str, authority: str, graph_url: str) -> None:
    chosen = settings(cloud=cloud)
    assert (chosen.authority, chosen.graph_url) == (authority, graph_url)


def test_addresses_can_be_given() -> None:
    chosen = settings(authority="https://login.example.org/", graph_url="https://graph.example.org")
    assert (chosen.authority, chosen.graph_url) == ("https://login.example.org", "https://graph.example.org")


def test_units_of_a_bwdc_filter_are_added_to_our_own() -> None:
    chosen = settings(administrative_units=["AA-1"], group_query="excludeadministrativeunit:bb-2")
    assert chosen.units == ["aa-1", "bb-2"]
    assert chosen.unit_clause == Clause("excludeadministrativeunit", ("bb-2",))


def test_units_need_groups() -> None:
    assert not settings(read_groups=False).read_groups
    assert settings(read_groups=False, administrative_units=["aa"]).read_groups


def test_secrets_are_not_shown() -> None:
    shown = repr(settings(proxy="http://me:pw@proxy.example.org:1"))
    assert "s3cret" not in shown
    assert "pw@" not in shown


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"client_secret": None}, "no credential"),
        ({"managed_identity": True}, "client_secret and managed_identity"),
        ({"certificate_file": "/x.pem"}, "client_secret and certificate_file"),
        ({"client_id": None}, "no client_id"),
        ({"private_key_file": "/key.pem"}, "without a certificate_file"),
        ({"authority": "http://login.example.org"}, "authority of the source entra is not an https address"),
        ({"graph_url": "https://graph.example.org?x=1"}, "graph_url of the source entra"),
        ({"graph_url": "https://[::1"}, "graph_url of the source entra"),
        ({"tenant_id": "example.org/common"}, "tenant_id"),
        ({"tenant_id": " "}, "tenant_id"),
        ({"connections": 0}, "connections"),
        ({"email_attributes": []}, "email_attributes"),
        ({"administrative_units": ["a/../b"]}, "no object id"),
        ({"administrative_units": [" "]}, "no object id"),
        ({"incremental": True, "user_filter": "accountEnabled eq true"}, "incrementally"),
        ({"incremental": True, "group_filter": "mailEnabled eq true"}, "incrementally"),
        ({"timeout": 0}, "timeout"),
    ],
)
def test_unusable_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        settings(**options)
