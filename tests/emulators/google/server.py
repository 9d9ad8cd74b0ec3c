# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator on loopback, with what tests ask of it at hand."""

from __future__ import annotations

from typing import Any

from ..common import EmulatorServer
from .account import Account
from .emulator import GoogleEmulator


class GoogleServer(EmulatorServer):
    """An :class:`EmulatorServer` of a :class:`GoogleEmulator`; further options are those of the former."""

    def __init__(self, emulator: GoogleEmulator | None = None, **options: Any) -> None:
        self.google = emulator or GoogleEmulator()
        super().__init__(self.google, **options)

    @property
    def account(self) -> Account:
        """The handle to fill and change the account."""
        return self.google.account
