# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference sections 3 and 14: what a server says about itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient, assert_conforms
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode


def _config(client: ApiClient) -> Any:
    answer = requests.get(f"{client.server.api_url}/config", headers={"User-Agent": "tests"}, timeout=10)
    assert_conforms(answer.json(), "config")
    return answer.json()


@pytest.mark.parametrize(
    ("mode", "version", "region", "server"),
    [
        (Mode.CLOUD, "2026.8.0", "US", None),
        (Mode.SELF_HOSTED, "2026.8.0", None, None),
        (
            Mode.VAULTWARDEN,
            "2026.6.0",
            None,
            {"name": "Vaultwarden", "url": "https://github.com/dani-garcia/vaultwarden"},
        ),
    ],
)
def test_the_configuration_tells_the_servers_apart_without_a_token(
    connect: Callable[..., ApiClient], mode: Mode, version: str, region: str | None, server: dict[str, str] | None
) -> None:
    config = _config(connect(mode=mode))
    assert (config["version"], config["environment"]["cloudRegion"], config["server"]) == (version, region, server)


def test_the_flag_for_staged_members_is_shown(client: ApiClient) -> None:
    assert _config(client)["featureStates"] == {"pm-34423-staged-status": False}
    client.server.organization.configure(staged_status_flag=True)
    assert _config(client)["featureStates"] == {"pm-34423-staged-status": True}


def test_the_addresses_are_those_of_this_server(client: ApiClient) -> None:
    environment = _config(client)["environment"]
    assert environment["api"] == client.server.api_url
    assert environment["identity"] == client.server.identity_url
