# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A OneLogin account on loopback, with what tests ask of it at hand."""

from __future__ import annotations

from typing import Any

from ..common import EmulatorServer
from .account import Account
from .api import Habits
from .emulator import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, OneLoginEmulator
from .tokens import Tokens


class OneLoginServer(EmulatorServer):
    """An :class:`EmulatorServer` of a :class:`OneLoginEmulator` over TLS."""

    client_id = DEFAULT_CLIENT_ID
    client_secret = DEFAULT_CLIENT_SECRET

    def __init__(self, emulator: OneLoginEmulator, **options: Any) -> None:
        super().__init__(emulator, **{"tls": True, **options})
        self._onelogin = emulator

    @property
    def account(self) -> Account:
        """The handle to fill and change the account."""
        return self._onelogin.account

    @property
    def habits(self) -> Habits:
        """What differs between accounts."""
        return self._onelogin.api.habits

    @property
    def tokens(self) -> Tokens:
        """The credential and its access token."""
        return self._onelogin.tokens
