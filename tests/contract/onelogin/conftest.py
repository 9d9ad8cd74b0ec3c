# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts for the contract tests."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.onelogin.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin.fixture import StartOneLogin, onelogin_server

__all__ = ["onelogin_server"]


@pytest.fixture
def api(onelogin_server: StartOneLogin) -> ApiClient:
    """Return a client of an account."""
    return ApiClient(onelogin_server())
