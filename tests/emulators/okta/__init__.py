# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator of an Okta org: OAuth 2.0 for service apps with DPoP, users, groups, paging and rate limits."""

from __future__ import annotations

from .authorization import ApiToken, ServiceApp
from .emulator import DEFAULT_API_TOKEN, DEFAULT_CLIENT_ID, OktaEmulator
from .model import WINDOWS_CLASS, Group, User
from .org import Org
from .server import OktaServer

__all__ = [
    "DEFAULT_API_TOKEN",
    "DEFAULT_CLIENT_ID",
    "WINDOWS_CLASS",
    "ApiToken",
    "Group",
    "OktaEmulator",
    "OktaServer",
    "Org",
    "ServiceApp",
    "User",
]
