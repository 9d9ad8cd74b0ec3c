# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every emulator shares: the server, the request record, fault injection, the clock.

An emulator of a vendor subclasses :class:`Emulator`, declares its routes and runs in an :class:`EmulatorServer`::

    with EmulatorServer(OktaEmulator(), tls=True) as server:
        server.faults.add(Fault(Kind.STATUS, When(path=r"/users$", nth=2), status=500))
        requests.get(server.url + "/api/v1/users", verify=server.ca_file)
        assert not server.recorder.writes()
"""

from __future__ import annotations

from .certificates import ServerCertificate, issue_certificate
from .clock import Clock
from .emulator import Emulator
from .faults import Fault, Faults, Kind, When
from .recorder import RecordedRequest, Recorder
from .server import EmulatorServer

__all__ = [
    "Clock",
    "Emulator",
    "EmulatorServer",
    "Fault",
    "Faults",
    "Kind",
    "RecordedRequest",
    "Recorder",
    "ServerCertificate",
    "When",
    "issue_certificate",
]
