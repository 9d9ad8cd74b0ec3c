# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference sections 4 and 6: the shapes of errors that no single endpoint owns."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient, assert_conforms
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode


@pytest.mark.parametrize("content", ["", "  ", "null"])
def test_an_empty_body_has_an_empty_key(client: ApiClient, content: str) -> None:
    answer = client.request("POST", "/members", headers={"Content-Type": "application/json"}, data=content)
    assert answer.status_code == 400
    assert_conforms(answer.json(), "error")
    assert answer.json()["errors"] == {"": ["Body is empty."]}


@pytest.mark.parametrize("content", ["{", "[]", '"text"', "7"])
def test_a_body_that_is_no_json_object_is_named_by_its_root(client: ApiClient, content: str) -> None:
    answer = client.request("POST", "/members", headers={"Content-Type": "application/json"}, data=content)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["$"]


def test_an_unknown_path_is_a_404_without_a_body(client: ApiClient) -> None:
    client.assert_empty_404("GET", "/no-such-thing")


def test_a_wrong_method_is_refused_without_a_body(client: ApiClient) -> None:
    answer = client.request("PATCH", "/members")
    assert (answer.status_code, answer.content) == (405, b"")


def test_the_cloud_rejects_the_user_agent_of_a_library(connect: Callable[..., ApiClient]) -> None:
    client = connect(mode=Mode.CLOUD)
    client.session.headers["User-Agent"] = "python-requests/2.32.0"
    assert client.request("GET", "/members").status_code == 400
