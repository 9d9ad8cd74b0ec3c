# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Bitwarden server on loopback, with what tests ask of it at hand."""

from __future__ import annotations

from typing import Any

from ..common import EmulatorServer
from .emulator import BitwardenEmulator
from .organization import Organization


class BitwardenServer(EmulatorServer):
    """An :class:`EmulatorServer` of a :class:`BitwardenEmulator`; further options are those of the former."""

    def __init__(self, emulator: BitwardenEmulator, **options: Any) -> None:
        super().__init__(emulator, **options)
        self._bitwarden = emulator

    @property
    def organization(self) -> Organization:
        """The handle to fill and inspect the organization."""
        return self._bitwarden.organization

    @property
    def api_url(self) -> str:
        """The base of the API, as a cloud server has one of its own."""
        return f"{self.url}/api"

    @property
    def identity_url(self) -> str:
        """The base of the identity service, as a cloud server has one of its own."""
        return f"{self.url}/identity"

    @property
    def client_id(self) -> str:
        """The client id of the organization's API key."""
        return self._bitwarden.client_id

    @property
    def client_secret(self) -> str:
        """The client secret of the organization's API key."""
        return self._bitwarden.client_secret
