# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clean machines on which the pages of the documentation are followed, and the servers that these pages name.

A machine has no network. Names of the pages, of Python's index and of Galaxy lead to servers and emulators here, with
certificates for these names, so that what the pages say works unchanged.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.emulator import BitwardenEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.model import Mode
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.common import EmulatorServer
from ansible_collections.dirsync.bitwarden.tests.emulators.registries.emulator import RegistriesEmulator
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support import packages
from ansible_collections.dirsync.bitwarden.tests.support.clean_machine import (
    ANSIBLE,
    BASE,
    COLLECTION,
    USER,
    CleanMachine,
    StartMachine,
    podman,
)

REGISTRIES = ("pypi.org", "galaxy.ansible.com")
CLOUD = ("api.bitwarden.eu", "identity.bitwarden.eu")
LDAP = ("ldap.example.org", "ldap1.example.org", "ldap2.example.org")
# The tarball of a release, and the packages that are locked in it.
TARBALL = f"""\
ansible-galaxy collection install dirsync-bitwarden-*.tar.gz
pip install --quiet --require-hashes --requirement {COLLECTION}/roles/directory_sync_schedule/files/requirements.txt
rm dirsync-bitwarden-*.tar.gz
"""


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packages.tarball(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def registries(tmp_path_factory: pytest.TempPathFactory, tarball: Path) -> Iterator[EmulatorServer]:
    """Yield Python's index and Galaxy."""
    folder = tmp_path_factory.mktemp("collections")
    others = [packages.community_tarball(name, folder) for name in ("awx.awx", "community.hashi_vault")]
    emulator = RegistriesEmulator([*packages.wheels(), tarball, *others])
    with EmulatorServer(emulator, tls=True, tls_names=REGISTRIES) as server:
        yield server


@pytest.fixture(scope="session")
def image(registries: EmulatorServer, tarball: Path) -> Iterator[str]:
    """Yield the image of a machine on which Ansible and the tarball are installed."""
    subprocess.run([packages.TOOLS / "container_base.sh"], check=True)
    with CleanMachine() as machine:
        machine.reach_web(registries)
        machine.shell(ANSIBLE)
        machine.copy(tarball, f"/home/{USER}/{tarball.name}")
        machine.shell(TARBALL)
        kept = machine.keep()
    yield kept
    podman("rmi", kept)


@pytest.fixture
def start_machine(registries: EmulatorServer) -> Iterator[StartMachine]:
    """Yield a function that starts a machine, from an image or clean, which reaches the registries."""
    with ExitStack() as running:

        def start(image: str = BASE) -> CleanMachine:
            machine = running.enter_context(CleanMachine(image))
            machine.reach_web(registries)
            return machine

        yield start


@pytest.fixture
def machine(start_machine: StartMachine, image: str) -> CleanMachine:
    """Return a machine on which Ansible and the tarball are installed."""
    return start_machine(image)


@pytest.fixture
def cloud() -> Iterator[BitwardenServer]:
    """Yield an organization in Bitwarden's cloud."""
    with BitwardenServer(BitwardenEmulator(mode=Mode.CLOUD), tls=True, tls_names=CLOUD) as server:
        yield server


@pytest.fixture
def ldap(tmp_path: Path) -> Iterator[Slapd]:
    """Yield the directory of the pages."""
    with Slapd(tmp_path / "slapd", LDAP) as server:
        yield server
