# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Okta org on loopback, with what tests ask of it at hand."""

from __future__ import annotations

from typing import Any

from ..common import EmulatorServer
from .authorization import Authorization
from .emulator import DEFAULT_API_TOKEN, OktaEmulator
from .org import Org


class OktaServer(EmulatorServer):
    """An :class:`EmulatorServer` of an :class:`OktaEmulator` over TLS, as clients of Okta accept nothing else."""

    api_token = DEFAULT_API_TOKEN

    def __init__(self, emulator: OktaEmulator, **options: Any) -> None:
        super().__init__(emulator, **{"tls": True, **options})
        self._okta = emulator

    @property
    def org(self) -> Org:
        """The handle to fill and change the org."""
        return self._okta.org

    @property
    def authorization(self) -> Authorization:
        """The API tokens, the service app and the access tokens."""
        return self._okta.authorization
