# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which provider reads which source type.

The imports are static but inside the function: AnsiballZ ships every provider, and only the chosen one and its
third-party library are loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading

SOURCE_TYPES = ("active_directory", "entra_id", "file", "google_workspace", "ldap", "okta", "onelogin")


class Provider(Protocol):
    """Reads one source; made by a provider class called with the source's name and the options of its type."""

    def read(self, previous: Mapping[str, Any] | None = None) -> Reading:
        """Return everything that the source's own query selects, completely, or raise DirectoryError.

        ``previous`` is the ``state`` of the last reading, for providers that can read increments; they fall back to
        a full read on any doubt.
        """

    def probe(self) -> Mapping[str, Any]:
        """Connect and return what an operator wants to see before the first read: server, counts, sample records."""


def provider(source_type: str, name: str, options: Mapping[str, Any]) -> Provider:
    """Return the provider of ``source_type`` for the source called ``name``.

    ``options`` are the validated options of that type, as in its argument specification, and ``user_query``,
    ``group_query`` (what a bwdc_filter leaves to the directory to select, or None, to be combined by AND with the
    type's own filter) and ``read_groups`` (False where nobody asks for groups). Raises ConfigurationError for an
    unknown type or options that cannot work, and MissingLibraryError where a library is not installed.
    """
    if source_type == "ldap":
        from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.source import LdapProvider

        return LdapProvider(name, options)
    if source_type == "active_directory":
        from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.active_directory import (
            ActiveDirectoryProvider,
        )

        return ActiveDirectoryProvider(name, options)
    if source_type == "file":
        from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.source import FileProvider

        return FileProvider(name, options)
    if source_type == "entra_id":
        from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.source import EntraIdProvider

        return EntraIdProvider(name, options)
    if source_type == "google_workspace":
        from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.source import (
            GoogleWorkspaceProvider,
        )

        return GoogleWorkspaceProvider(name, options)
    if source_type == "okta":
        from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.source import OktaProvider

        return OktaProvider(name, options)
    if source_type == "onelogin":
        from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.source import (
            OneLoginProvider,
        )

        return OneLoginProvider(name, options)
    raise ConfigurationError(
        f"The source {name} has the unknown type {source_type}", hint=f"Known types: {', '.join(SOURCE_TYPES)}"
    )
