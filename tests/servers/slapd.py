# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenLDAP's slapd in a folder of its own, run by an ordinary user.

From Python, ``with Slapd(folder) as slapd: slapd.load(ldif)``; from a shell, this file run as a module with a folder
and ``--ldif FILE`` prints the addresses and credentials as JSON and serves until it is interrupted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ansible_collections.dirsync.bitwarden.tests.emulators.common.certificates import LOOPBACK_NAMES, issue_certificate
from ansible_collections.dirsync.bitwarden.tests.servers.process import (
    ServerError,
    find_program,
    free_port,
    run,
    serve_until_stopped,
    wait_for_port,
)

BASE_DN = "dc=example,dc=org"
_SCHEMA = Path("/etc/ldap/schema")
_ADDRESS = "127.0.0.1"
_LOCAL_USER = "gidNumber={gid}+uidNumber={uid},cn=peercred,cn=external,cn=auth"

_CONFIGURATION = """\
dn: cn=config
objectClass: olcGlobal
cn: config
olcTLSCACertificateFile: {client_ca_file}
olcTLSCertificateFile: {certificate_file}
olcTLSCertificateKeyFile: {key_file}
olcTLSVerifyClient: try

dn: cn=module{{0}},cn=config
objectClass: olcModuleList
cn: module{{0}}
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb
olcModuleLoad: memberof
olcModuleLoad: ppolicy
olcModuleLoad: syncprov

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file://{schema}/core.ldif
include: file://{schema}/cosine.ldif
include: file://{schema}/inetorgperson.ldif
include: file://{schema}/nis.ldif

dn: olcDatabase={{-1}}frontend,cn=config
objectClass: olcDatabaseConfig
objectClass: olcFrontendConfig
olcDatabase: {{-1}}frontend
olcAccess: to dn.base="" by * read
olcAccess: to dn.base="cn=Subschema" by * read
olcSizeLimit: 500

dn: olcDatabase={{0}}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {{0}}config
olcAccess: to * by dn.exact={local_user} manage by * none

dn: olcDatabase={{1}}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {{1}}mdb
olcDbDirectory: {database}
olcDbMaxSize: 2147483648
olcDbNoSync: TRUE
olcSuffix: {base_dn}
olcRootDN: {admin_dn}
olcRootPW: {admin_password}
olcDbIndex: objectClass eq
olcDbIndex: uid,cn,mail eq,sub
olcDbIndex: member,entryUUID,entryCSN,modifyTimestamp eq
olcLimits: {{0}}dn.exact="{local_user}" size=unlimited
olcLimits: {{1}}dn.exact="{reader_dn}" size=unlimited
olcAccess: to attrs=userPassword by anonymous auth by * none
olcAccess: to attrs=entry,children,objectClass by dn.exact="cn=blind,{base_dn}" read by * break
olcAccess: to * by dn.exact={local_user} manage by dn.exact="cn=blind,{base_dn}" none by * read

dn: olcOverlay={{0}}memberof,olcDatabase={{1}}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcMemberOf
olcOverlay: {{0}}memberof

dn: olcOverlay={{1}}syncprov,olcDatabase={{1}}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcSyncProvConfig
olcOverlay: {{1}}syncprov

dn: olcOverlay={{2}}ppolicy,olcDatabase={{1}}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcPPolicyConfig
olcOverlay: {{2}}ppolicy
"""

_BASE_ENTRIES = """\
dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: cn=reader,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {reader_password}

dn: cn=blind,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: blind
userPassword: {reader_password}

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups
"""


class Slapd:
    """A context manager around one slapd with the suffix ``dc=example,dc=org`` below ``directory``.

    It starts with ``ou=people``, ``ou=groups``, the account ``reader_dn`` and ``cn=blind`` (sees that entries exist,
    but none of their attributes). Only the reader and, over ldapi, the user who runs it may read more than 500 entries.
    ``names`` are those in its certificate.
    """

    base_dn = BASE_DN
    admin_dn = f"cn=admin,{BASE_DN}"
    admin_password = "admin-password"
    reader_dn = f"cn=reader,{BASE_DN}"
    reader_password = "reader-password"

    def __init__(self, directory: Path, names: tuple[str, ...] = LOOPBACK_NAMES) -> None:
        self.names = names
        self.directory = Path(directory).resolve()
        self.ldap_url = f"ldap://{_ADDRESS}:{free_port()}"
        self.ldaps_url = f"ldaps://{_ADDRESS}:{free_port()}"
        self.ldapi_url = f"ldapi://{quote(str(self.directory / 'ldapi'), safe='')}"
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def available() -> bool:
        """Return whether slapd, its tools and its schema are installed (Debian: slapd and ldap-utils)."""
        return bool(find_program("slapd") and find_program("ldapmodify") and (_SCHEMA / "core.ldif").exists())

    @property
    def ca_file(self) -> str:
        """Return the path of the certificate authority that signed the server's certificate."""
        return str(self.directory / "tls" / "ca.pem")

    @property
    def client_certificate(self) -> tuple[str, str]:
        """Return the paths of a certificate that the server accepts from clients, and of its key."""
        return str(self.directory / "client" / "server.pem"), str(self.directory / "client" / "server-key.pem")

    def __enter__(self) -> Slapd:
        self._set_up()
        self.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self.stop()

    def _set_up(self) -> None:
        slapd = find_program("slapd")
        if slapd is None:
            raise ServerError("slapd is not installed")
        (self.directory / "configuration").mkdir(parents=True)
        (self.directory / "database").mkdir()
        # AppArmor (Ubuntu) confines the installed program, by its path, to the system's own directory database.
        shutil.copy(slapd, self.directory / "slapd")
        certificate = issue_certificate(self.directory / "tls", self.names)
        client = issue_certificate(self.directory / "client", ("client.example.org",))
        configuration = _CONFIGURATION.format(
            schema=_SCHEMA,
            database=self.directory / "database",
            base_dn=self.base_dn,
            admin_dn=self.admin_dn,
            admin_password=self.admin_password,
            reader_dn=self.reader_dn,
            local_user=_LOCAL_USER.format(uid=os.getuid(), gid=os.getgid()),
            client_ca_file=client.ca_file,
            certificate_file=certificate.certificate_file,
            key_file=certificate.key_file,
        )
        self._add_offline(configuration, "-n0")
        self._add_offline(_BASE_ENTRIES.format(reader_password=self.reader_password), "-b", self.base_dn)

    def start(self) -> None:
        """Start the server and return once it answers."""
        log = self.directory / "slapd.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    str(self.directory / "slapd"),
                    *("-d", "0"),
                    *("-F", str(self.directory / "configuration")),
                    *("-h", f"{self.ldap_url} {self.ldaps_url} {self.ldapi_url}"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_for_port(self.process, _ADDRESS, int(self.ldaps_url.rpartition(":")[2]), log)

    def stop(self) -> None:
        """End the server in an orderly way; no effect when it does not run."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def kill(self) -> None:
        """Kill the server at once, with its connections."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def load(self, ldif: Path | str) -> None:
        """Add the entries of an LDIF file, or of LDIF text, with slapadd; the server restarts on the same ports.

        Fast (100,000 entries in seconds), but the memberof overlay does not see these entries.
        """
        self.stop()
        if isinstance(ldif, Path):
            self._add_offline("", "-b", self.base_dn, "-l", str(ldif))
        else:
            self._add_offline(ldif, "-b", self.base_dn)
        self.start()

    def change(self, ldif: str) -> None:
        """Apply LDIF change records (``changetype: ...``; without one an entry is added) to the running server."""
        run(["ldapmodify", "-a", "-Q", "-Y", "EXTERNAL", "-H", self.ldapi_url], text=ldif)

    def limit(self, limits: Mapping[str, str]) -> None:
        """Replace the limits of all accounts but the local user's, as in ``{reader_dn: "size=100 size.pr=50"}``."""
        limits = {_LOCAL_USER.format(uid=os.getuid(), gid=os.getgid()): "size=unlimited", **limits}
        values = "\n".join(f'olcLimits: {{{n}}}dn.exact="{dn}" {limit}' for n, (dn, limit) in enumerate(limits.items()))
        self.change(
            f"dn: olcDatabase={{1}}mdb,cn=config\nchangetype: modify\nreplace: olcLimits\n{values}\n",
        )

    def _add_offline(self, ldif: str, *selection: str) -> None:
        configuration = str(self.directory / "configuration")
        run([str(self.directory / "slapd"), "-Tadd", "-q", "-F", configuration, *selection], text=ldif)

    def facts(self) -> dict[str, Any]:
        """Return what a client needs to know."""
        names = ("ldap_url", "ldaps_url", "ldapi_url", "ca_file", "base_dn")
        names += ("admin_dn", "admin_password", "reader_dn", "reader_password")
        return {name: getattr(self, name) for name in names}


def main() -> None:
    """Serve an LDIF file until interrupted."""
    parser = argparse.ArgumentParser(description="Run slapd in a folder of its own until interrupted.")
    parser.add_argument("directory", type=Path, help="folder to create")
    parser.add_argument("--ldif", type=Path, help="entries to load, below dc=example,dc=org")
    arguments = parser.parse_args()
    with Slapd(arguments.directory) as slapd:
        if arguments.ldif:
            slapd.load(arguments.ldif)
        serve_until_stopped(slapd.facts())


if __name__ == "__main__":
    main()
