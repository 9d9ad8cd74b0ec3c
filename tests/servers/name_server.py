# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS server for one domain controller, and programs that ask it instead of the name servers of this machine.

DNS has a fixed port, and the name servers of a program are those of /etc/resolv.conf, so this needs root.
"""

from __future__ import annotations

import socketserver
from pathlib import Path

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from ansible_collections.dirsync.bitwarden.tests.support.loopback import LoopbackServer


class NameServer(LoopbackServer):
    """Answers at the ``address`` of the only controller of ``domain``, dc1; other names do not exist."""

    def __init__(self, domain: str, address: str) -> None:
        host = f"dc1.{domain}."
        records = {
            (f"_ldap._tcp.dc._msdcs.{domain}.", "SRV"): f"0 100 389 {host}",
            (host, "A"): address,
        }
        handler = type("Handler", (_Answer,), {"records": records})
        super().__init__(socketserver.ThreadingUDPServer((address, 53), handler))
        self._address = address

    def command(self, folder: Path, *command: str) -> list[str]:
        """Return the command line that runs a command with this name server; ``folder`` takes its configuration."""
        configuration = folder / "resolv.conf"
        configuration.write_text(f"nameserver {self._address}\n")
        script = f'mount --bind {configuration} /etc/resolv.conf && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", script, "sh", *command]


class _Answer(socketserver.DatagramRequestHandler):
    records: dict[tuple[str, str], str]

    def handle(self) -> None:
        query = dns.message.from_wire(self.rfile.read())
        [question] = query.question
        name = question.name.to_text().lower()
        answer = dns.message.make_response(query)
        record = self.records.get((name, dns.rdatatype.to_text(question.rdtype)))
        if record is not None:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", question.rdtype, record))
        elif name not in {known for known, _type in self.records}:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.wfile.write(answer.to_wire())
