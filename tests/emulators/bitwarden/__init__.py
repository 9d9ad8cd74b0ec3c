# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An emulator of Bitwarden's organization API (Public API) and of Vaultwarden's part of it. See README.md."""

from __future__ import annotations

from .emulator import DEFAULT_SECRET, BitwardenEmulator
from .model import Collection, Event, EventType, Group, Member, Mode, Policy, PolicyType, Role, Settings, Status
from .organization import FOUNDER, Organization
from .server import BitwardenServer

__all__ = [
    "DEFAULT_SECRET",
    "FOUNDER",
    "BitwardenEmulator",
    "BitwardenServer",
    "Collection",
    "Event",
    "EventType",
    "Group",
    "Member",
    "Mode",
    "Organization",
    "Policy",
    "PolicyType",
    "Role",
    "Settings",
    "Status",
]
