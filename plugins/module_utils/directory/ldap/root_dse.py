# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root DSE (RFC 4512, 5.1): what kind of server this is and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import ANY_ENTRY, Search
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.reader import SearchReader

ServerKind = Literal["openldap", "389ds", "freeipa", "active_directory", "samba", "generic"]

_ATTRIBUTES = (
    "namingContexts",
    "defaultNamingContext",
    "vendorName",
    "vendorVersion",
    "objectClass",
    "supportedCapabilities",
    "supportedControl",
    "supportedSASLMechanisms",
    "dnsHostName",
    "highestCommittedUSN",
    "dsServiceName",
    "ipaDomainLevel",
    "ipaTopologyPluginVersion",
    "configurationNamingContext",
    "rootDomainNamingContext",
)
# LDAP_CAP_ACTIVE_DIRECTORY_OID (MS-ADTS, 3.1.1.3.4.3)
_ACTIVE_DIRECTORY = "1.2.840.113556.1.4.800"
_INTERNAL_SUFFIXES = ("cn=changelog", "o=ipaca", "cn=schema", "cn=config", "cn=monitor")


@dataclass(frozen=True, slots=True)
class RootDse:
    """What the server says about itself; ``attributes`` are keyed in lower case."""

    attributes: dict[str, tuple[str, ...]]

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of an attribute, empty where the server has none."""
        return self.attributes.get(name.lower(), ())

    def value(self, name: str) -> str:
        """Return the first value of an attribute, or an empty text."""
        return next(iter(self.values(name)), "")

    def kind(self) -> ServerKind:
        """Return the kind of server, ``generic`` where nothing gives it away."""
        vendor = f"{self.value('vendorName')} {self.value('vendorVersion')}".lower()
        if "samba" in vendor:
            return "samba"
        if _ACTIVE_DIRECTORY in self.values("supportedCapabilities"):
            return "active_directory"
        if self.values("ipaDomainLevel") or self.values("ipaTopologyPluginVersion"):
            return "freeipa"
        if "389" in vendor or "fedora" in vendor or "red hat" in vendor:
            return "389ds"
        if "OpenLDAProotDSE" in self.values("objectClass"):
            return "openldap"
        return "generic"

    def base_dn(self) -> str:
        """Return the only base that the server holds, or its default one.

        Raises ConfigurationError where there are several without a default, or none is shown.
        """
        contexts = [name for name in self.values("namingContexts") if name and name.lower() not in _INTERNAL_SUFFIXES]
        default = self.value("defaultNamingContext")
        if default or len(contexts) == 1:
            return default or contexts[0]
        held = f"The server holds {', '.join(contexts)}" if contexts else "The server does not show what it holds"
        raise ConfigurationError("base_dn is needed", hint=held)


def read_root_dse(reader: SearchReader) -> RootDse:
    """Return the server's root DSE; an empty one where it shows none."""
    found = reader.read_entry(Search("", ANY_ENTRY, _ATTRIBUTES, scope="base"))
    rows = found[1] if found else []
    return RootDse(
        {
            name.lower(): tuple(value.decode("utf-8", "replace") for value in values)
            for name, values in zip(_ATTRIBUTES, rows, strict=False)
            if values
        }
    )
