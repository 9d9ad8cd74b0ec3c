# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers and clients for the contract tests."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.okta.client import ApiClient, ServiceClient, SignIn
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import Org
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import (
    ServiceAppKey,
    StartOkta,
    okta_server,
    service_app_key,
)

__all__ = ["okta_server", "service_app_key"]


@pytest.fixture
def api(okta_server: StartOkta) -> ApiClient:
    """Return a client with the API token."""
    return ApiClient(okta_server())


@pytest.fixture
def org(api: ApiClient) -> Org:
    """Return the org of ``api``."""
    return api.server.org


@pytest.fixture
def service(okta_server: StartOkta, service_app_key: ServiceAppKey) -> SignIn:
    """Return a function that starts a server, with the given options of its service app, and returns its client."""

    def start(**options: Any) -> ServiceClient:
        return ServiceClient(okta_server(app=service_app_key.app(**options)), service_app_key)

    return start
