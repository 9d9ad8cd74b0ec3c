# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of a source of type ``entra_id`` say, checked: which cloud, which credential, what to read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.bwdc_filter import Clause, parse_bwdc_filter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.options import http_options
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import HttpOptions

CLOUDS: Mapping[str, tuple[str, str]] = {
    "global": ("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "us_government_l4": ("https://login.microsoftonline.us", "https://graph.microsoft.us"),
    "us_government_l5": ("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    "china": ("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
}
"""Sign-in and Graph of each cloud (https://learn.microsoft.com/graph/deployments). Tokens do not cross clouds."""

CREDENTIALS = ("client_secret", "certificate_file", "federated_token_file", "managed_identity")


@dataclass(frozen=True, slots=True)
class Credential:
    """How the application proves who it is; exactly one of the first four is set.

    ``private_key_file`` holds the key where it is not in the certificate's file.
    """

    client_secret: str | None = field(default=None, repr=False)
    certificate_file: str | None = None
    federated_token_file: str | None = None
    managed_identity: bool = False
    private_key_file: str | None = None
    private_key_passphrase: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to reach a tenant and what to read in it.

    ``unit_clause`` is the administrative unit clause of a bwdc_filter; ``administrative_units`` is our own option.
    """

    tenant_id: str
    client_id: str | None
    credential: Credential
    authority: str
    graph_url: str
    http: HttpOptions
    connections: int = 8
    user_filter: str | None = None
    group_filter: str | None = None
    group_kinds: frozenset[str] = frozenset()
    dynamic_groups: Literal["include", "exclude", "only"] = "include"
    guests: Literal["include", "exclude", "accepted_only"] = "include"
    email_attributes: tuple[str, ...] = ("mail", "userPrincipalName")
    deleted: bool = True
    administrative_units: frozenset[str] = frozenset()
    unit_clause: Clause | None = None
    read_groups: bool = True
    incremental: bool = False
    full_read_hours: int = 24

    @property
    def reads_deleted(self) -> bool:
        """Whether deleted users are read: also to tell later who was restored, with memberships that nothing tells."""
        return self.deleted or (self.incremental and self.read_groups)

    @property
    def units(self) -> list[str]:
        """The ids of all administrative units whose members must be known."""
        return sorted(self.administrative_units | set(self.unit_clause.values if self.unit_clause else ()))


def settings_from(name: str, options: Mapping[str, Any]) -> Settings:
    """Return the settings of the source called ``name``; raises ConfigurationError where they cannot work."""
    default_authority, default_graph = CLOUDS[options["cloud"]]
    settings = Settings(
        tenant_id=options["tenant_id"].strip(),
        client_id=options["client_id"],
        credential=_credential(name, options),
        authority=_address(name, "authority", options["authority"] or default_authority),
        graph_url=_address(name, "graph_url", options["graph_url"] or default_graph),
        http=http_options(options),
        connections=options["connections"],
        user_filter=options["user_filter"],
        group_filter=options["group_filter"],
        group_kinds=frozenset(options["group_kinds"]),
        dynamic_groups=options["dynamic_groups"],
        guests=options["guests"],
        email_attributes=tuple(options["email_attributes"]),
        deleted=options["deleted"],
        administrative_units=frozenset(unit.strip().lower() for unit in options["administrative_units"]),
        unit_clause=_unit_clause(options.get("group_query")),
        read_groups=options.get("read_groups", True) or bool(options["administrative_units"]),
        incremental=options["incremental"],
        full_read_hours=options["full_read_hours"],
    )
    _check(name, settings)
    return settings


def _credential(name: str, options: Mapping[str, Any]) -> Credential:
    given = [option for option in CREDENTIALS if options[option]]
    if len(given) != 1:
        raise ConfigurationError(
            f"The source {name} has {' and '.join(given) if given else 'no credential'}",
            hint=f"Give exactly one of: {', '.join(CREDENTIALS)}",
        )
    if not options["client_id"] and not options["managed_identity"]:
        raise ConfigurationError(f"The source {name} has no client_id", hint="Give the application (client) id")
    if options["private_key_file"] and not options["certificate_file"]:
        raise ConfigurationError(f"The source {name} has a private_key_file without a certificate_file")
    return Credential(
        client_secret=(options["client_secret"] or "").strip() or None,
        certificate_file=options["certificate_file"],
        federated_token_file=options["federated_token_file"],
        managed_identity=options["managed_identity"],
        private_key_file=options["private_key_file"],
        private_key_passphrase=options["private_key_passphrase"],
    )


def _address(name: str, option: str, url: str) -> str:
    """Return an address without a trailing slash; raises ConfigurationError unless it is plain https."""
    try:
        parts = urlsplit(url.strip())
        sound = parts.scheme == "https" and parts.hostname and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        sound = False
    if not sound:
        raise ConfigurationError(
            f"{option} of the source {name} is not an https address", hint="Give it as https://login.example.org"
        )
    return url.strip().rstrip("/")


def _unit_clause(group_query: str | None) -> Clause | None:
    """Return the clause that a bwdc_filter leaves to us: the one about administrative units."""
    if not group_query:
        return None
    return parse_bwdc_filter("entra_id", "groups", group_query, "groups.bwdc_filter").clauses[0]


def _check(name: str, settings: Settings) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", settings.tenant_id):
        raise ConfigurationError(
            f"tenant_id of the source {name} is neither an id nor a domain", hint="Give it as example.onmicrosoft.com"
        )
    if settings.connections < 1:
        raise ConfigurationError(f"connections of the source {name} must be 1 or more")
    if not settings.email_attributes:
        raise ConfigurationError(f"email_attributes of the source {name} is empty")
    if settings.incremental and (settings.user_filter or settings.group_filter):
        raise ConfigurationError(
            f"The source {name} cannot be read incrementally with user_filter or group_filter",
            hint="Microsoft Graph does not filter changes: set incremental to false, or select with users and groups",
        )
    for unit in settings.units:
        if not re.fullmatch(r"[0-9a-f-]+", unit):
            raise ConfigurationError(
                f"The source {name} names the administrative unit {unit!r}, which is no object id",
                hint="Give the ids of the units, as the Entra admin center shows them",
            )
