# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Samba Active Directory domain controller in a folder of its own, on a loopback address of its own.

Domain controllers have fixed ports, so this needs root, and an address nobody else uses.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.tests.emulators.common.certificates import issue_certificate
from ansible_collections.dirsync.bitwarden.tests.servers.process import (
    ServerError,
    find_program,
    run,
    serve_until_stopped,
    wait_for_port,
)

REALM = "AD.EXAMPLE.TEST"
BASE_DN = "DC=ad,DC=example,DC=test"


class SambaDomain:
    """A context manager around a domain ``ad.example.test`` with one controller, ``dc1``.

    It holds what every new domain holds; ``load`` adds entries. Its CA also vouches for the address and localhost.
    Without ``strong_authentication`` it accepts passwords in cleartext.
    """

    base_dn = BASE_DN
    domain = REALM.lower()
    host_name = f"dc1.{REALM.lower()}"
    administrator = f"Administrator@{REALM.lower()}"
    password = "Passw0rd!Admin"

    def __init__(self, directory: Path, *, strong_authentication: bool = True) -> None:
        self.directory = Path(directory).resolve()
        self._strong_authentication = strong_authentication
        self.address = f"127.{random.randint(64, 127)}.{random.randint(0, 255)}.{random.randint(1, 254)}"
        self.ldap_url = f"ldap://{self.address}:389"
        self.ldaps_url = f"ldaps://{self.address}:636"
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def available() -> bool:
        """Return whether a domain can be set up here (Debian: samba-ad-provision and what it suggests; root)."""
        programs = ("samba", "samba-tool", "ldbadd", "ldbmodify")
        setup = Path("/usr/share/samba/setup/provision.ldif")
        return os.geteuid() == 0 and all(find_program(name) for name in programs) and setup.exists()

    @property
    def ca_file(self) -> str:
        """Return the path of the certificate authority that signed the controller's certificate."""
        return str(self.directory / "tls" / "ca.pem")

    def __enter__(self) -> SambaDomain:
        self._provision()
        self.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self.stop()

    def _provision(self) -> None:
        state = self.directory / "state"
        for folder in ("ncalrpc", "winbindd", "ntp"):
            (state / folder).mkdir(parents=True)
        names = (self.host_name, "localhost", self.address)
        certificate = issue_certificate(self.directory / "tls", names)
        options = {
            "interfaces": f"{self.address}/8",
            "bind interfaces only": "yes",
            "server services": "ldap cldap kdc winbindd rpc",
            "dcerpc endpoint servers": "-",
            "tls enabled": "yes",
            "tls certfile": certificate.certificate_file,
            "tls keyfile": certificate.key_file,
            "tls cafile": certificate.ca_file,
            "pid directory": str(state),
            "lock directory": str(state),
            "ncalrpc dir": str(state / "ncalrpc"),
            "winbindd socket directory": str(state / "winbindd"),
            "ntp signd socket directory": str(state / "ntp"),
            "log file": str(self.directory / "samba.%m.log"),
        }
        run(
            [
                "samba-tool",
                *("domain", "provision", f"--targetdir={self.directory}"),
                *(f"--realm={REALM}", "--domain=ADTEST", "--host-name=dc1", f"--host-ip={self.address}"),
                *(f"--adminpass={self.password}", "--server-role=dc", "--dns-backend=NONE"),
                *("--use-rfc2307", "--function-level=2008_R2"),
                *(f"--option={name}={value}" for name, value in options.items()),
            ]
        )
        configuration = self._configuration
        # Provisioning drops these two.
        services = "server services = ldap, cldap, kdc"
        if not self._strong_authentication:
            services += "\n\tldap server require strong auth = no"
        text = re.sub(r"server services = .*", services, configuration.read_text())
        configuration.write_text(text)

    @property
    def _configuration(self) -> Path:
        return self.directory / "etc" / "smb.conf"

    def start(self) -> None:
        """Start the controller and return once it answers over TLS."""
        samba = find_program("samba")
        if samba is None:
            raise ServerError("samba is not installed")
        log = self.directory / "samba.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [samba, "-F", "-M", "single", "-s", str(self._configuration), "--no-process-group"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_for_port(self.process, self.address, 636, log)

    def stop(self) -> None:
        """End the controller with everything it started; no effect when it does not run."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(30)
            self.process = None

    def load(self, ldif: str) -> None:
        """Add entries, past the access rules and password rules that LDAP clients are bound to."""
        self._edit("ldbadd", ldif)

    def change(self, ldif: str) -> None:
        """Apply LDIF change records."""
        self._edit("ldbmodify", ldif)

    def delete(self, dn: str) -> None:
        """Delete an entry, which moves it to the deleted objects."""
        run(["ldbdel", "-H", self._database, f"--configfile={self._configuration}", dn])

    def tool(self, *arguments: str) -> str:
        """Run samba-tool on this domain's database and return what it printed."""
        return run(["samba-tool", *arguments, "-H", self._database, "-s", str(self._configuration)])

    @property
    def _database(self) -> str:
        return str(self.directory / "private" / "sam.ldb")

    def _edit(self, program: str, ldif: str) -> None:
        run([program, "-H", self._database, f"--configfile={self._configuration}"], text=ldif)

    def facts(self) -> dict[str, Any]:
        """Return what a client needs to know."""
        names = ("ldap_url", "ldaps_url", "ca_file", "base_dn", "domain", "administrator", "password")
        return {name: getattr(self, name) for name in names}


def main() -> None:
    """Serve an empty domain until interrupted."""
    parser = argparse.ArgumentParser(description="Run a Samba domain controller in a folder of its own.")
    parser.add_argument("directory", type=Path, help="folder to create")
    with SambaDomain(parser.parse_args().directory) as domain:
        serve_until_stopped(domain.facts())


if __name__ == "__main__":
    main()
