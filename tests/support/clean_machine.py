# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clean machine: a container of Debian 12 with systemd, a user and no network but names that it is given."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from ansible_collections.dirsync.bitwarden.tests.emulators.common import EmulatorServer
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.names import Names

TOOLS = Path(__file__).parents[1] / "tools"
BASE = "localhost/dirsync-base:latest"
USER = "ann"
COLLECTION = "~/.ansible/collections/ansible_collections/dirsync/bitwarden"

# Ansible as most people install it, which the guides presume.
ANSIBLE = """\
python3 -m venv ~/ansible
echo '. ~/ansible/bin/activate' >>~/.profile
. ~/ansible/bin/activate
pip install --quiet ansible-core
"""

# A session goes on where the one before it ended: in its folder, with what it exported.
_SESSION = r"""[ ! -e ~/.session ] || . ~/.session
trap 'export -p >~/.session; printf "cd %q\n" "$PWD" >>~/.session' EXIT
set -e -o pipefail
"""


class CleanMachine:
    """Runs from ``with`` to its end. ``image`` is one that :meth:`keep` made, or Debian as it is installed."""

    def __init__(self, image: str = BASE) -> None:
        self._image = image
        self.name = f"dirsync-{uuid.uuid4().hex[:12]}"
        self._open = ExitStack()

    def __enter__(self) -> CleanMachine:
        start = "mount --make-rshared / && exec /sbin/init"
        self._open.callback(podman, "rm", "--force", "--ignore", "--time=0", self.name)
        options = ["--detach", f"--name={self.name}", "--privileged", "--network=none", "--systemd=always"]
        podman("run", *options, self._image, "sh", "-c", start)
        pid = podman("inspect", "--format={{.State.Pid}}", self.name)
        self._names = self._open.enter_context(Names(int(pid)))
        if self._image == BASE:
            self.root(f"useradd --create-home --shell /bin/bash {USER}")
        return self

    def __exit__(self, *_unused: object) -> None:
        self._open.close()

    def reach(self, names: Sequence[str], port: int, server: int, ca_file: str | None = None) -> None:
        """Let these names lead to the port ``server`` of this machine, and trust the authority behind ``ca_file``."""
        self.root(f"echo '{self._names.give(port, server)} {' '.join(names)}' >>/etc/hosts")
        if ca_file:
            self.root("cat >>/etc/ssl/certs/ca-certificates.crt", Path(ca_file).read_text())

    def reach_web(self, server: EmulatorServer) -> None:
        """Let the names in the certificate of an emulator lead to it."""
        self.reach(server.tls_names, 443, server.port, server.ca_file)

    def reach_directory(self, slapd: Slapd) -> None:
        """Let the names in the certificate of a directory server lead to it, for ldaps."""
        self.reach(slapd.names, 636, int(slapd.ldaps_url.rpartition(":")[2]), slapd.ca_file)

    def root(self, script: str, text: str = "") -> str:
        """Run a script as root and return what it printed."""
        return podman("exec", "--interactive", self.name, "bash", "-e", "-o", "pipefail", "-c", script, text=text)

    def shell(self, script: str, text: str = "", status: int = 0) -> str:
        """Type lines at the user's shell, and ``text`` at what they ask; return what they printed."""
        login = ["--interactive", f"--user={USER}", f"--env=HOME=/home/{USER}", f"--workdir=/home/{USER}"]
        return podman("exec", *login, self.name, "bash", "-l", "-c", _SESSION + script, text=text, status=status)

    def write(self, path: str, text: str) -> None:
        """Write a file as the user, below the folder in which the last session ended."""
        self.shell(f"mkdir -p $(dirname {path}) && cat >{path}", text)

    def copy(self, source: Path, target: str) -> None:
        """Copy a file or folder of this machine; the user owns it."""
        podman("cp", str(source), f"{self.name}:{target}")
        self.root(f"chown -R {USER}: {target}")

    def fetch(self, source: str, target: Path) -> None:
        """Copy a file or folder of the machine to this one."""
        podman("cp", f"{self.name}:{source}", str(target))

    def keep(self) -> str:
        """Make an image of the machine as it is, and return its name."""
        image = f"localhost/{self.name}"
        podman("commit", "--quiet", "--pause=false", self.name, image)
        return image


class StartMachine(Protocol):
    """Starts a machine that reaches the package registries; it is gone with the test."""

    def __call__(self, image: str = BASE) -> CleanMachine:
        """Return a running machine."""


def podman(*arguments: str, text: str = "", status: int = 0) -> str:
    """Run podman, which has to end with this status, and return what it printed."""
    done = subprocess.run(
        ["podman", *arguments],
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "CONTAINERS_CONF": str(TOOLS / "containers.conf")},
    )
    assert done.returncode == status, f"status {done.returncode} of {arguments[-1]}\n{done.stdout}"
    return done.stdout
