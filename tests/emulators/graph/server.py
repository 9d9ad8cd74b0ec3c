# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entra ID and Microsoft Graph on loopback, with what tests ask of them at hand."""

from __future__ import annotations

from typing import Any

from ..common import EmulatorServer
from .application import Application
from .emulator import DEFAULT_SECRET, GraphEmulator
from .tenant import Tenant


class GraphServer(EmulatorServer):
    """An :class:`EmulatorServer` of a :class:`GraphEmulator`; always https, because msal refuses anything else."""

    def __init__(self, emulator: GraphEmulator, **options: Any) -> None:
        super().__init__(emulator, tls=True, **options)
        self.graph = emulator

    @property
    def tenant(self) -> Tenant:
        """The tenant to fill and inspect."""
        return self.graph.tenant

    @property
    def application(self) -> Application:
        """The app registration."""
        return self.graph.application

    def source_options(self, **options: Any) -> dict[str, Any]:
        """Return options of a source of type ``entra_id`` that reads this tenant with the application's secret."""
        return {
            "tenant_id": self.tenant.id,
            "client_id": self.application.client_id,
            "client_secret": DEFAULT_SECRET,
            "authority": self.url,
            "graph_url": self.url,
            "ca_file": self.ca_file,
            **options,
        }
