# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud directories that the documentation reads, at the addresses and with the names that it prints.

Each holds ann, a member of the group Vault users, and bob, who is in no group. A proxy leads the addresses of the
vendors to the emulators, whose certificates are for these addresses.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from ansible_collections.dirsync.bitwarden.tests.doubles.redirecting_proxy import RedirectingProxy
from ansible_collections.dirsync.bitwarden.tests.emulators.common.server import EmulatorServer
from ansible_collections.dirsync.bitwarden.tests.emulators.google import GoogleServer
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer
from ansible_collections.dirsync.bitwarden.tests.emulators.graph.emulator import GraphEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import OktaServer
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.authorization import ServiceApp
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.emulator import OktaEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import ServiceAppKey
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin.emulator import OneLoginEmulator
from ansible_collections.dirsync.bitwarden.tests.support.snippets import snippet
from ansible_collections.dirsync.bitwarden.tests.support.terminal import follow

GROUP = "Vault users"
HOSTS = {
    "entra_id": ("login.microsoftonline.com", "graph.microsoft.com"),
    "google_workspace": tuple(f"{name}.googleapis.com" for name in ("sts", "iamcredentials", "oauth2", "admin")),
    "okta": ("example.okta.com",),
    "onelogin": ("example.onelogin.com",),
}


def entra_id(folder: Path) -> EmulatorServer:
    """Return a tenant with an application that has the certificate of the guide."""
    follow(snippet("guide_entra_id.rst", "openssl"), folder)
    server = GraphServer(GraphEmulator(), tls_names=HOSTS["entra_id"])
    server.application.client_id = "7f0b6e6a-6d1c-4f5e-9a34-0c7f7d7f5a11"
    server.application.certificates = [(folder / "entra.crt").read_text()]
    server.application.secrets = {}
    tenant = server.tenant
    ann, _bob = (tenant.add_user(f"{name}@example.org") for name in ("ann", "bob"))
    tenant.add_group(GROUP, [ann])
    return server


def google_workspace(folder: Path) -> EmulatorServer:
    """Return an account whose service account has the scopes of the guide, a key, and a workload acting for it."""
    server = GoogleServer(tls=True, tls_names=HOSTS["google_workspace"])
    service_account = server.google.identity.create_service_account("dirsync@example-project.iam.gserviceaccount.com")
    service_account.delegated_scopes = snippet("guide_google_workspace.rst", "https://www").text.split()
    key = server.google.identity.create_key(service_account, "https://oauth2.googleapis.com/token")
    (folder / "google.json").write_text(json.dumps(key))
    server.google.iam.write_credentials(folder)
    account = server.account
    account.add_user("directory-reader@example.org", is_admin=True)
    ann, _bob = (account.add_user(f"{name}@example.org", org_unit_path="/Staff") for name in ("ann", "bob"))
    account.add_group("vault-users@example.org", ann, name=GROUP)
    return server


def okta(folder: Path) -> EmulatorServer:
    """Return an org with an app integration that has a key."""
    key = ServiceAppKey()
    (folder / "okta.pem").write_text(key.pem)
    app = ServiceApp("0oa1example", key.app().keys)
    server = OktaServer(OktaEmulator(app=app), tls_names=HOSTS["okta"])
    ann, _bob = (server.org.add_user(f"{name}@example.org") for name in ("ann", "bob"))
    server.org.add_group(GROUP, ann)
    return server


def onelogin(folder: Path) -> EmulatorServer:
    """Return an account with an API credential."""
    server = OneLoginServer(OneLoginEmulator(), tls_names=HOSTS["onelogin"])
    ann, _bob = (server.account.add_user(f"{name}@example.org") for name in ("ann", "bob"))
    server.account.add_role(GROUP, ann)
    return server


START: dict[str, Callable[[Path], EmulatorServer]] = {
    "entra_id": entra_id,
    "google_workspace": google_workspace,
    "okta": okta,
    "onelogin": onelogin,
}


class Vendors:
    """A context manager around the services of these types of sources, whose keys lie in ``folder``."""

    def __init__(self, folder: Path, types: set[str]) -> None:
        self._folder = folder
        self._types = sorted(types & START.keys())
        self._running = ExitStack()
        self.authorities = ""
        self.environment: dict[str, str] = {}

    def __enter__(self) -> Vendors:
        """Start the services; afterwards ``environment`` leads to them, and ``authorities`` vouch for them, in PEM."""
        ports = {}
        for type_ in self._types:
            server = self._running.enter_context(START[type_](self._folder))
            # What the service calls itself, in links and where it checks for whom a token was made.
            server.emulator.base_url = f"https://{HOSTS[type_][-1]}"
            ports |= dict.fromkeys(HOSTS[type_], server.port)
            self.authorities += Path(server.ca_file or "").read_text()
        proxy = self._running.enter_context(RedirectingProxy(ports))
        self.environment = {"HTTPS_PROXY": proxy.url, "NO_PROXY": "127.0.0.1"}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.close()
