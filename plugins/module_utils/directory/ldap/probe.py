# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator wants to see of a directory before the first run: the server, its content, and what is odd there."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import email_problem
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.root_dse import RootDse
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading, User

_SAMPLES = 5
_MOST_REJECTED = 50
_ROOT_DSE_ATTRIBUTES = (
    "vendorName",
    "vendorVersion",
    "namingContexts",
    "defaultNamingContext",
    "dnsHostName",
    "supportedSASLMechanisms",
)


def describe_probe(reading: Reading, root_dse: RootDse, tls: str) -> dict[str, Any]:
    """Return the server with its root DSE, counts per base, some records, and users who would not be invited.

    ``tls`` describes how the connection was protected.
    """
    rejected = [rejection for user in reading.users if (rejection := _rejection(user))]
    return {
        "server": reading.server,
        "tls": tls,
        "root_dse": {name: list(values) for name in _ROOT_DSE_ATTRIBUTES if (values := root_dse.values(name))},
        **reading.details,
        "users": len(reading.users),
        "groups": len(reading.groups),
        "sample_users": [_sample(user) for user in reading.users[:_SAMPLES]],
        "sample_groups": [
            {"name": group.name, "external_id": group.external_id, "direct_users": len(group.users)}
            for group in reading.groups[:_SAMPLES]
        ],
        "rejected": len(rejected),
        "rejected_users": rejected[:_MOST_REJECTED],
        "warnings": [f"{warning.record}: {warning.message}" for warning in reading.warnings[:_MOST_REJECTED]],
    }


def _sample(user: User) -> dict[str, Any]:
    return {
        "external_id": user.external_id,
        "email": user.email,
        "name": user.name,
        "status": user.status,
        "status_reason": user.status_reason,
    }


def _rejection(user: User) -> dict[str, Any] | None:
    """Return the user with the reason why no invitation could reach him or her, None where one could."""
    if user.status == "deleted":
        return None
    problem = "there is no e-mail" if user.email is None else email_problem(user.email)
    return {**_sample(user), "reason": problem} if problem else None
