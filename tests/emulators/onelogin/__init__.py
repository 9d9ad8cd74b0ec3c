# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator of a OneLogin account: client credentials, users, roles, groups, paging and rate limits."""

from __future__ import annotations

from .account import Account, Group, Role, User
from .api import Habits
from .emulator import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, OneLoginEmulator
from .server import OneLoginServer

__all__ = [
    "DEFAULT_CLIENT_ID",
    "DEFAULT_CLIENT_SECRET",
    "Account",
    "Group",
    "Habits",
    "OneLoginEmulator",
    "OneLoginServer",
    "Role",
    "User",
]
