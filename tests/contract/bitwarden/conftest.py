# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers and clients for the contract tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.bitwarden.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer, Organization
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server

__all__ = ["bitwarden_server"]


@pytest.fixture
def connect(bitwarden_server: StartBitwarden) -> Callable[..., ApiClient]:
    """Return a function that starts a server with the given options and returns a client of it."""

    def start(**options: Any) -> ApiClient:
        return ApiClient(bitwarden_server(**options))

    return start


@pytest.fixture
def client(connect: Callable[..., ApiClient]) -> ApiClient:
    """Return a client of a self-hosted server."""
    return connect()


@pytest.fixture
def server(client: ApiClient) -> BitwardenServer:
    """Return the server of ``client``."""
    return client.server


@pytest.fixture
def organization(server: BitwardenServer) -> Organization:
    """Return the organization of ``client``."""
    return server.organization
