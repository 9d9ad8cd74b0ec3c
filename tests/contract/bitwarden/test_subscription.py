# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 5.3: the subscription."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient, assert_conforms
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode

PATH = "/organization/subscription"


@pytest.fixture
def cloud(connect: Callable[..., ApiClient]) -> ApiClient:
    client = connect(mode=Mode.CLOUD, rate_limits=False)
    client.server.organization.configure(seats=10, max_autoscale_seats=12)
    return client


def test_the_cloud_tells_the_seats(cloud: ApiClient) -> None:
    password_manager = cloud.get(PATH, "subscription")["passwordManager"]
    assert (password_manager["seats"], password_manager["maxAutoScaleSeats"]) == (10, 12)


def test_the_cloud_sells_seats(cloud: ApiClient) -> None:
    answer = cloud.request("PUT", PATH, {"passwordManager": {"seats": 11}})
    assert (answer.status_code, answer.json()) == (200, {"message": "Subscription updated successfully."})
    settings = cloud.server.organization.settings
    assert (settings.seats, settings.max_autoscale_seats) == (11, 12)


def test_an_update_of_nothing_is_refused(cloud: ApiClient) -> None:
    answer = cloud.request("PUT", PATH, {})
    assert answer.status_code == 400
    assert_conforms(answer.json(), "error")


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PUT", {"passwordManager": {"seats": 1}})])
def test_a_self_hosted_server_has_none(client: ApiClient, method: str, body: object) -> None:
    assert client.message(method, PATH, body) == "Only allowed when not self hosted."
