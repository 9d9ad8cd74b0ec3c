# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulator of Entra ID's sign-in and of the part of Microsoft Graph that a directory is read from. See README.md."""

from __future__ import annotations

from .application import Application, FederatedCredential
from .emulator import DEFAULT_PERMISSIONS, DEFAULT_SECRET, GraphEmulator
from .server import GraphServer
from .tenant import Tenant

__all__ = [
    "DEFAULT_PERMISSIONS",
    "DEFAULT_SECRET",
    "Application",
    "FederatedCredential",
    "GraphEmulator",
    "GraphServer",
    "Tenant",
]
