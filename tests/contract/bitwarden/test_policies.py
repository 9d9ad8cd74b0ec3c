# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reference section 5.3: policies."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import EventType, Organization


def test_configured_policies_are_listed_and_shown(client: ApiClient, organization: Organization) -> None:
    organization.set_policy(0)
    organization.set_policy(1, enabled=False, data={"minLength": 12})
    listed = client.get("/policies", "policy_list")["data"]
    assert [(policy["type"], policy["enabled"]) for policy in listed] == [(0, True), (1, False)]
    assert client.get("/policies/1", "policy") == listed[1]


def test_a_policy_that_was_never_configured_is_not_found(client: ApiClient) -> None:
    client.assert_empty_404("GET", "/policies/3")


def test_configuring(client: ApiClient, organization: Organization) -> None:
    created = client.put("/policies/1", {"enabled": True, "data": {"minLength": 12}}, "policy")
    updated = client.put("/policies/1", {"enabled": False}, "policy")
    assert updated == {**created, "enabled": False, "data": None}
    assert {event.type for event in organization.events()} == {EventType.POLICY_UPDATED}


def test_enabled_is_required(client: ApiClient) -> None:
    assert client.model_errors("PUT", "/policies/1", {}) == {"Enabled": ["The Enabled field is required."]}


@pytest.mark.parametrize("policy_type", ["23", "password"])
def test_other_types_are_invalid(client: ApiClient, policy_type: str) -> None:
    assert list(client.model_errors("GET", f"/policies/{policy_type}")) == ["type"]
