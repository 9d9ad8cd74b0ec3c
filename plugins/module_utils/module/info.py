# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an organization holds, as plain data for playbooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import connection_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import (
    all_groups,
    read_organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Collection,
    Member,
    Organization,
    OrganizationGroup,
    Seats,
    Server,
)


def organization_info(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of ``bitwarden_org_info`` (see its RETURN). Only reads."""
    connection = connection_from(options)
    client = BitwardenClient(connection)
    server = client.server()
    organization = read_organization(client, all_groups if options["memberships"] else lambda groups: ())
    return {
        "organization": connection.organization,
        "server": _server(server),
        "members": [_member(member) for member in sorted(organization.members, key=lambda member: member.email)],
        "groups": [_group(group) for group in sorted(organization.groups, key=lambda group: (group.name, group.id))],
        "memberships": {id_: sorted(member_ids) for id_, member_ids in sorted(organization.memberships.items())},
        "collections": [_collection(collection) for collection in client.collections()],
        "seats": _seats(client.subscription(), organization),
    }


def _server(server: Server) -> dict[str, Any]:
    return {"product": server.product, "version": server.version, "cloud_region": server.cloud_region}


def _member(member: Member) -> dict[str, Any]:
    return {
        "id": member.id,
        "email": member.email,
        "name": member.name,
        "status": member.status.name.lower(),
        "type": member.type.name.lower(),
        "external_id": member.external_id,
        "user_id": member.user_id,
        "two_factor_enabled": member.two_factor_enabled,
        "permissions": dict(member.permissions) if member.permissions is not None else None,
        "collections": _associations(member.collections),
    }


def _group(group: OrganizationGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "external_id": group.external_id,
        "collections": _associations(group.collections),
    }


def _collection(collection: Collection) -> dict[str, Any]:
    return {"id": collection.id, "external_id": collection.external_id, "groups": _associations(collection.groups)}


def _associations(associations: Iterable[Association] | None) -> list[dict[str, Any]] | None:
    if associations is None:
        return None
    return [
        {
            "id": association.id,
            "read_only": association.read_only,
            "hide_passwords": association.hide_passwords,
            "manage": association.manage,
        }
        for association in associations
    ]


def _seats(seats: Seats | None, organization: Organization) -> dict[str, int | None] | None:
    if seats is None:
        return None
    return {
        "total": seats.seats,
        "max_auto_scale": seats.max_auto_scale_seats,
        "occupied": organization.occupied_seats(),
    }
