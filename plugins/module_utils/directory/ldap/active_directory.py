# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider of sources of type ``active_directory``: Microsoft's domain controllers, and Samba's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.active_directory_accounts import (
    AccountStatus,
    PrimaryGroupBySid,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.active_directory_deleted import (
    read_deleted_objects,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.address import (
    ServerAddress,
    parse_address,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.connection import (
    DirectoryConnection,
    with_first_server,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.connection_options import (
    check_connection_options,
    connection_options,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.domain_controllers import (
    find_domain_controllers,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import (
    Layout,
    check_query,
    chosen_page_size,
    resolve_layout,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Searcher
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.presets import PRESETS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.probe import describe_probe
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.reading import (
    DeletedUsers,
    Dialect,
    read_connection,
    read_entries,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.root_dse import (
    RootDse,
    read_root_dse,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.update_numbers import (
    UpdateNumberTracker,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading, RecordWarning

_GLOBAL_CATALOG_PORTS = {"ldap": 3268, "ldaps": 3269}


class ActiveDirectoryProvider:
    """Reads people and groups from the first domain controller that gives a complete answer."""

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        self._name = name
        self._options = options
        self._connection_options = connection_options(options)
        self._global_catalog: bool = options["global_catalog"]
        if not options.get("servers") and not options.get("domain"):
            raise ConfigurationError(f"The source {name} needs servers, or a domain to find them")
        for url in options.get("servers") or [self._url("dc.example.org")]:
            check_connection_options(self._address(url), self._connection_options)
        check_query(options)

    def read(self, previous: Mapping[str, Any] | None = None) -> Reading:
        """Return all users and groups; raises DirectoryError where they cannot be read completely."""

        def read(connection: DirectoryConnection) -> Reading:
            return self._read(connection, read_root_dse(connection.reader), previous)

        return with_first_server(self._servers(), self._connection_options, read)

    def probe(self) -> Mapping[str, Any]:
        """Read everything and return the server, counts, samples and the users who would not be invited."""

        def probe(connection: DirectoryConnection) -> Mapping[str, Any]:
            root_dse = read_root_dse(connection.reader)
            return describe_probe(self._read(connection, root_dse, None), root_dse, connection.tls)

        return with_first_server(self._servers(), self._connection_options, probe)

    def _servers(self) -> list[ServerAddress]:
        urls = self._options.get("servers")
        if not urls:
            site = self._options.get("site")
            hosts = find_domain_controllers(self._options["domain"], site, global_catalog=self._global_catalog)
            urls = [self._url(host) for host in hosts]
        return [self._address(url) for url in urls]

    def _url(self, host: str) -> str:
        return f"ldap://{host}" if self._connection_options.start_tls else f"ldaps://{host}"

    def _address(self, url: str) -> ServerAddress:
        return parse_address(url, _GLOBAL_CATALOG_PORTS if self._global_catalog else None)

    def _read(self, connection: DirectoryConnection, root_dse: RootDse, previous: Mapping[str, Any] | None) -> Reading:
        kind = root_dse.kind()
        if kind not in ("active_directory", "samba"):
            raise ConfigurationError(
                f"{connection.address} is no Active Directory domain controller", hint="Use type: ldap for it"
            )
        connection.reader.page_size = chosen_page_size(self._options, PRESETS[kind])
        layout = resolve_layout(self._options, PRESETS[kind], root_dse, whole_forest=self._global_catalog)

        def read(searcher: Searcher) -> Reading:
            reading = self._read_domain(searcher, layout, root_dse.value("defaultNamingContext"))
            server = {"server_kind": kind, "domain_controller": root_dse.value("dnsHostName")}
            return replace(reading, details={**server, **reading.details})

        tracker = UpdateNumberTracker(connection.reader, root_dse, layout) if self._options["incremental"] else None
        return read_connection(connection, read, tracker, self._options, previous)

    def _read_domain(self, searcher: Searcher, layout: Layout, domain: str) -> Reading:
        status = AccountStatus(
            datetime.now(timezone.utc), expired_is_disabled=self._options["expired_accounts"] == "disabled"
        )
        dialect = Dialect(status, lambda searcher: self._read_deleted(searcher, layout, domain), PrimaryGroupBySid())
        with_groups = self._options.get("read_groups", True)
        reading = read_entries(searcher, layout, dialect, self._name, with_groups=with_groups)
        present = sum(user.status != "deleted" for user in reading.users)
        return replace(reading, warnings=[*reading.warnings, *self._warnings(status, present, with_groups)])

    def _read_deleted(self, searcher: Searcher, layout: Layout, domain: str) -> DeletedUsers:
        if self._global_catalog or not domain or not self._options["deleted_objects"]:
            return [], []
        return read_deleted_objects(searcher, domain, layout.external_id, self._name)

    def _warnings(self, status: AccountStatus, users: int, with_groups: bool) -> list[RecordWarning]:
        """Return what makes this reading less than it looks; raise where nobody's status is known."""
        warnings = []
        if status.without_control and status.without_control >= users:
            raise DirectoryError(
                "No account's userAccountControl can be read, so nobody can tell who is disabled",
                hint="Give the account that reads the right to read userAccountControl",
            )
        if status.without_control:
            message = f"{status.without_control} accounts show no userAccountControl and count as active"
            warnings.append(RecordWarning("status_unknown", self._name, message, self._name))
        if self._global_catalog and with_groups:
            message = "A global catalog does not hold the members of global and domain-local groups of other domains"
            warnings.append(RecordWarning("members_partial", self._name, message, self._name))
        return warnings
