# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator of Google's sign-in for service accounts and of the Directory API of Google Workspace.

It answers what the collection asks: signed assertions for tokens (with a key or through IAM), and the lists of users,
groups and members. It checks what the real service checks: signature, audience, times, scopes and subject of an
assertion; scope and age of a token; parameters, field masks and queries; page tokens; quotas. Errors have the shape and
the reasons that the service documents. See https://developers.google.com/workspace/admin/directory
"""

from __future__ import annotations

from .account import Account
from .emulator import SERVICE_ACCOUNT, GoogleEmulator
from .model import GROUP_SCOPE, USER_SCOPE, Group, Member, ServiceAccount, User
from .server import GoogleServer

__all__ = [
    "GROUP_SCOPE",
    "SERVICE_ACCOUNT",
    "USER_SCOPE",
    "Account",
    "GoogleEmulator",
    "GoogleServer",
    "Group",
    "Member",
    "ServiceAccount",
    "User",
]
