# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A 389 Directory Server in a folder of its own. Setting it up needs root; the server itself runs as ``dirsrv``."""

from __future__ import annotations

import argparse
import os
import re
import shutil
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.tests.servers.process import (
    find_program,
    free_port,
    run,
    serve_until_stopped,
)

BASE_DN = "dc=example,dc=org"
_INSTANCE = "bitwarden"
_INSTALLED = Path("/etc/dirsrv")
_DEFAULTS = Path("/usr/share/dirsrv/inf/defaults.inf")

_SETUP = """\
[general]
config_version = 2
full_machine_name = localhost
strict_host_checking = False
selinux = False
systemd = False
start = True

[slapd]
instance_name = {instance}
port = {port}
secure_port = {secure_port}
root_password = {password}
self_sign_cert = True
user = dirsrv
group = dirsrv

[backend-userroot]
suffix = {base_dn}
sample_entries = no
create_suffix_entry = yes
require_index = no
"""
_FOLDERS = """\
dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups
"""


class DirectoryServer389:
    """A context manager around one instance with the suffix ``dc=example,dc=org``, ``ou=people`` and ``ou=groups``.

    The user ``dirsrv`` must be able to reach ``directory``, so it cannot lie in a folder that is private to root.
    """

    base_dn = BASE_DN
    admin_dn = "cn=Directory Manager"
    admin_password = "admin-password"

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory).resolve()
        self._port = free_port()
        self._secure_port = free_port()
        self.ldap_url = f"ldap://127.0.0.1:{self._port}"
        self.ldaps_url = f"ldaps://localhost:{self._secure_port}"
        self._environment = {"PREFIX": str(self.directory / "prefix")}

    @staticmethod
    def available() -> bool:
        """Return whether an instance can be set up here (Debian: 389-ds-base; root)."""
        return os.geteuid() == 0 and all(find_program(name) for name in ("dscreate", "dsctl", "ldapmodify"))

    @property
    def ca_file(self) -> str:
        """Return the path of the certificate authority that dscreate made."""
        return str(self.directory / "etc" / "dirsrv" / f"slapd-{_INSTANCE}" / "ca.crt")

    def __enter__(self) -> DirectoryServer389:
        self._set_up()
        return self

    def __exit__(self, *_unused: object) -> None:
        self.stop()

    def _set_up(self) -> None:
        self._make_prefix()
        setup = self.directory / "setup.inf"
        setup.write_text(
            _SETUP.format(
                instance=_INSTANCE,
                port=self._port,
                secure_port=self._secure_port,
                password=self.admin_password,
                base_dn=self.base_dn,
            )
        )
        run(["timeout", "100", "dscreate", "from-file", str(setup)], environment=self._environment)
        # Until the restart it listens on all addresses.
        listen = ["nsslapd-listenhost=127.0.0.1", "nsslapd-securelistenhost=127.0.0.1"]
        login = ["-D", self.admin_dn, "-w", self.admin_password, self.ldap_url]
        run(["dsconf", *login, "config", "replace", *listen], environment=self._environment)
        run(["dsctl", _INSTANCE, "restart"], environment=self._environment)
        self.change(_FOLDERS)

    def _make_prefix(self) -> None:
        """Copy what dscreate expects below the root of the file system; without systemd it needs a prefix."""
        root = self.directory
        written = ["run/dirsrv", "run/lock/dirsrv", "log/dirsrv", "lib/dirsrv", "shm", "var"]
        written += ["etc/dirsrv", "etc/default", "etc/tmpfiles.d"]
        for folder in ["prefix/share/dirsrv/inf", *written]:
            (root / folder).mkdir(parents=True)
        for folder in ("config", "schema"):
            shutil.copytree(_INSTALLED / folder, root / "etc" / "dirsrv" / folder)
        places = {
            "with_systemd = 1": "with_systemd = 0",
            "/etc/": f"{root}/etc/",
            "/var/log": f"{root}/log",
            "/var/lib": f"{root}/lib",
            "/run/lock": f"{root}/run/lock",
            "= /run/": f"= {root}/run/",
            "/dev/shm": f"{root}/shm",
        }
        defaults = re.sub(r"(?m)^sysconf_dir = .*$", f"sysconf_dir = {root}/etc", _DEFAULTS.read_text())
        defaults = re.sub(r"(?m)= /var$", f"= {root}/var", defaults)
        for installed, private in places.items():
            defaults = re.sub(rf"(?<!{re.escape(str(root))}){re.escape(installed)}", private, defaults)
        (root / "prefix/share/dirsrv/inf/defaults.inf").write_text(defaults)
        for folder in written:
            run(["chown", "-R", "dirsrv:dirsrv", str(root / folder.partition("/")[0])])

    def stop(self) -> None:
        """End the server."""
        run(["dsctl", _INSTANCE, "stop"], environment=self._environment)

    def change(self, ldif: str) -> None:
        """Apply LDIF change records (``changetype: ...``; without one an entry is added)."""
        login = ["-D", self.admin_dn, "-w", self.admin_password, "-H", self.ldap_url]
        run(["ldapmodify", "-a", "-x", *login], text=ldif)

    def facts(self) -> dict[str, Any]:
        """Return what a client needs to know."""
        names = ("ldap_url", "ldaps_url", "ca_file", "base_dn", "admin_dn", "admin_password")
        return {name: getattr(self, name) for name in names}


def main() -> None:
    """Serve an empty directory until interrupted."""
    parser = argparse.ArgumentParser(description="Run a 389 Directory Server in a folder of its own.")
    parser.add_argument("directory", type=Path, help="folder to create")
    with DirectoryServer389(parser.parse_args().directory) as server:
        serve_until_stopped(server.facts())


if __name__ == "__main__":
    main()
