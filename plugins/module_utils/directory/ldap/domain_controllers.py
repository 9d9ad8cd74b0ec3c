# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding the domain controllers of a domain, as its own computers do: by SRV records in DNS (MS-ADTS 6.3.2)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.dependencies import missing_library
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryConnectionError

_HINT = "Name the domain controllers in servers, or check the DNS servers of this host"


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """One SRV record (RFC 2782)."""

    priority: int
    weight: int
    host: str


def find_domain_controllers(domain: str, site: str | None, *, global_catalog: bool) -> list[str]:
    """Return the names of the domain controllers of a DNS domain, in the order in which to try them.

    With ``site`` those of that Active Directory site only; with ``global_catalog`` those of the forest whose root is
    the domain. Raises DirectoryConnectionError where DNS knows none and MissingLibraryError without dnspython.
    """
    prefix = "_ldap._tcp" + (f".{site}._sites" if site else "") + (".gc._msdcs" if global_catalog else ".dc._msdcs")
    name = f"{prefix}.{domain}"
    records = query_service_records(name)
    if not records:
        raise DirectoryConnectionError(f"DNS has no SRV records for {name}", hint=_HINT)
    return [record.host for record in in_order(records)]


def query_service_records(name: str) -> list[ServiceRecord]:
    """Return the SRV records of a name, none where it does not exist."""
    try:
        import dns.exception
        import dns.resolver
    except ImportError as error:
        raise missing_library(
            "dnspython", "to find domain controllers by DNS (or name them in servers)", error
        ) from error
    try:
        answers = dns.resolver.resolve(name, "SRV", search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise DirectoryConnectionError(f"DNS did not answer the question for {name}: {error}", hint=_HINT) from error
    return [ServiceRecord(answer.priority, answer.weight, str(answer.target).rstrip(".")) for answer in answers]


def in_order(records: Sequence[ServiceRecord]) -> list[ServiceRecord]:
    """Return the records by priority and, within one, at random by weight (RFC 2782): the load is to be shared."""
    ordered = []
    for priority in sorted({record.priority for record in records}):
        remaining = [record for record in records if record.priority == priority]
        while remaining:
            # A weight of 0 means a small chance, not none.
            weights = [record.weight or 0.01 for record in remaining]
            (chosen,) = random.choices(remaining, weights)  # noqa: S311 (no secret depends on it)
            remaining.remove(chosen)
            ordered.append(chosen)
    return ordered
