# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sources that are read over HTTP, each with a small directory on an emulated service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.entra_id import entra_id_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.google_workspace import (
    google_workspace_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.okta import okta_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.onelogin import onelogin_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.source import EntraIdProvider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.source import OktaProvider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.source import OneLoginProvider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.registry import provider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import TokenCache
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.emulators.common import EmulatorServer
from ansible_collections.dirsync.bitwarden.tests.emulators.google import GoogleServer
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphEmulator, GraphServer, Tenant
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import DEFAULT_CLIENT_ID, OktaEmulator, OktaServer, Org
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import ServiceAppKey
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginEmulator, OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import fill

WAITING = tuple(
    each.__init__ for each in (HttpClient, Pacer, TokenCache, EntraIdProvider, OktaProvider, OneLoginProvider)
)
"""Who waits for the services."""


@dataclass(frozen=True)
class WebSource:
    """A running service and how to read it, on top of ``state`` if there is one; ``secrets`` must show up nowhere."""

    type: str
    server: EmulatorServer
    options: Mapping[str, Any]
    secrets: Sequence[str]
    state: Mapping[str, Any] | None = None

    def read(self, *, retries: int = 2, patience: float = 5.0) -> Reading:
        """Return one complete reading, signing in anew; ``patience`` are the seconds of each wait for an answer."""
        request: dict[str, Any] = {"user_query": None, "group_query": None, "read_groups": True}
        request |= {"retries": retries, "timeout": patience}
        return provider(self.type, "people", {**self.options, **request}).read(self.state)


def _entra_id() -> tuple[WebSource, Tenant]:
    server = GraphServer(GraphEmulator()).start()
    fill(server.tenant, users=12, groups=4, members=5)
    options = server.source_options()
    source = WebSource("entra_id", server, _checked(entra_id_spec(), options), [options["client_secret"]])
    return source, server.tenant


def _google_workspace() -> WebSource:
    server = GoogleServer(tls=True).start()
    # A campaign asks more often in a minute than Google lets anybody.
    server.google.quotas.queries_per_minute = None
    users = [server.account.add_user(f"user{number}@example.org") for number in range(12)]
    for number in range(4):
        server.account.add_group(f"group{number}@example.org", *users[number : number + 5])
    key = server.google.create_key()
    options = {"service_account_json": key, "subject": "admin@example.org"}
    options |= {"api_url": server.url, "ca_file": server.ca_file}
    secrets = key["private_key"].splitlines()[1:-1]
    return WebSource("google_workspace", server, _checked(google_workspace_spec(), options), secrets)


def _okta(*, service_app: bool = False) -> tuple[WebSource, Org]:
    key = ServiceAppKey()
    server = OktaServer(OktaEmulator(app=key.app())).start()
    # Changes of the last minutes are read again, whether they were seen or not.
    server.clock.advance(-3600)
    users = [server.org.add_user(f"user{number}@example.org") for number in range(201)]
    for number in range(4):
        server.org.add_group(f"group{number}", *users[number : number + 5])
    server.clock.advance(3600)
    credentials = {"client_id": DEFAULT_CLIENT_ID, "private_key": key.pem, "key_id": "emulated-key"}
    options = {"org_url": server.url, "ca_file": server.ca_file}
    options |= credentials if service_app else {"api_token": server.api_token}
    secrets = [server.api_token, *key.pem.splitlines()[1:-1]]
    return WebSource("okta", server, _checked(okta_spec(), options), secrets), server.org


def _onelogin() -> WebSource:
    server = OneLoginServer(OneLoginEmulator()).start()
    users = [server.account.add_user(f"user{number}@example.org") for number in range(12)]
    for number in range(4):
        server.account.add_role(f"role{number}", *users[number : number + 5])
    options = {"host": server.url, "client_id": server.client_id, "client_secret": server.client_secret}
    options["ca_file"] = server.ca_file
    return WebSource("onelogin", server, _checked(onelogin_spec(), options), [server.client_secret])


def _with_changes(source: WebSource, change: Callable[[], None]) -> WebSource:
    """Return a source of which only what changed since an earlier read is read."""
    source = replace(source, options={**source.options, "incremental": True})
    source = replace(source, state=source.read().state)
    change()
    assert source.read().details["incremental"] is True
    return source


def _changed_entra_id() -> WebSource:
    source, tenant = _entra_id()
    users, groups = ([item.id for item in tenant.of_kind(kind)] for kind in ("user", "group"))

    def change() -> None:
        tenant.update(users[0], accountEnabled=False)
        tenant.delete(users[1])
        tenant.remove_member(groups[0], users[2])
        tenant.add_group("new", [tenant.add_user("new"), *users[3:5]])
        tenant.delete(groups[1])

    return _with_changes(source, change)


def _changed_okta() -> WebSource:
    source, org = _okta()
    users, groups = list(org.users.values()), list(org.groups.values())

    def change() -> None:
        org.set_status(users[0], "SUSPENDED")
        org.set_status(users[1], "DEPROVISIONED")
        org.remove_member(groups[1], users[2])
        org.add_group("new", org.add_user("new@example.org"), users[4])
        org.delete_group(groups[2])

    return _with_changes(source, change)


WEB_SOURCES: dict[str, Callable[[], WebSource]] = {
    "entra_id": lambda: _entra_id()[0],
    "entra_id, changes": _changed_entra_id,
    "google_workspace": _google_workspace,
    "okta with a token": lambda: _okta()[0],
    "okta as a service app": lambda: _okta(service_app=True)[0],
    "okta, changes": _changed_okta,
    "onelogin": _onelogin,
}


def _checked(specification: dict[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    checked = ArgumentSpecValidator(specification).validate(options)
    assert checked.error_messages == []
    result: dict[str, Any] = checked.validated_parameters
    return result
