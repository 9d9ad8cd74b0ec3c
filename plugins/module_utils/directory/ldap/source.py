# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider of sources of type ``ldap``: any directory that follows the standards, and what its kind adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.address import parse_address
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.connection import (
    DirectoryConnection,
    with_first_server,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.connection_options import (
    check_connection_options,
    connection_options,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.context_csn import ContextCsnTracker
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import (
    check_query,
    chosen_page_size,
    resolve_layout,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Searcher
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.presets import PRESETS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.probe import describe_probe
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.reading import (
    Dialect,
    read_connection,
    read_deleted_bases,
    read_entries,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.root_dse import (
    RootDse,
    ServerKind,
    read_root_dse,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.status import AttributeStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading


class LdapProvider:
    """Reads people and groups from the first of ``servers`` that gives a complete answer."""

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        self._name = name
        self._options = options
        self._connection_options = connection_options(options)
        self._addresses = [parse_address(url) for url in options["servers"]]
        if not self._addresses:
            raise ConfigurationError(f"The source {name} names no servers")
        for address in self._addresses:
            check_connection_options(address, self._connection_options)
        check_query(options)

    def read(self, previous: Mapping[str, Any] | None = None) -> Reading:
        """Return all users and groups; raises DirectoryError where they cannot be read completely."""

        def read(connection: DirectoryConnection) -> Reading:
            return self._read(connection, read_root_dse(connection.reader), previous)

        return with_first_server(self._addresses, self._connection_options, read)

    def probe(self) -> Mapping[str, Any]:
        """Read everything and return the server, counts, samples and the users who would not be invited."""

        def probe(connection: DirectoryConnection) -> Mapping[str, Any]:
            root_dse = read_root_dse(connection.reader)
            return describe_probe(self._read(connection, root_dse, None), root_dse, connection.tls)

        return with_first_server(self._addresses, self._connection_options, probe)

    def _read(self, connection: DirectoryConnection, root_dse: RootDse, previous: Mapping[str, Any] | None) -> Reading:
        kind = self._server_kind(root_dse)
        connection.reader.page_size = chosen_page_size(self._options, PRESETS[kind])
        layout = resolve_layout(self._options, PRESETS[kind], root_dse)

        def read(searcher: Searcher) -> Reading:
            dialect = Dialect(
                AttributeStatus(layout.disabled_when, layout.lock_attribute),
                lambda searcher: read_deleted_bases(searcher, layout, self._name),
            )
            with_groups = self._options.get("read_groups", True)
            reading = read_entries(searcher, layout, dialect, self._name, with_groups=with_groups)
            return replace(reading, details={"server_kind": kind, **reading.details})

        tracker = ContextCsnTracker(connection.reader, root_dse, layout) if self._options["incremental"] else None
        return read_connection(connection, read, tracker, self._options, previous)

    def _server_kind(self, root_dse: RootDse) -> ServerKind:
        chosen = self._options["server_kind"]
        if chosen != "auto":
            return cast(ServerKind, chosen)
        kind = root_dse.kind()
        if kind in ("active_directory", "samba"):
            raise ConfigurationError(
                f"The source {self._name} reads an Active Directory",
                hint="Use type: active_directory, which knows its disabled and deleted accounts, primary groups and "
                "large groups; server_kind: generic reads it without all that",
            )
        return kind
