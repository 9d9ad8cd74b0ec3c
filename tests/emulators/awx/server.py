# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An AWX controller on loopback, with what tests ask of it at hand."""

from __future__ import annotations

from typing import Any

from ..common import EmulatorServer
from .emulator import DEFAULT_TOKEN, AwxEmulator
from .store import Store


class AwxServer(EmulatorServer):
    """An :class:`EmulatorServer` of an :class:`AwxEmulator`."""

    token = DEFAULT_TOKEN

    def __init__(self, emulator: AwxEmulator, **options: Any) -> None:
        super().__init__(emulator, **options)
        self._awx = emulator

    @property
    def store(self) -> Store:
        """The objects of the controller."""
        return self._awx.store
