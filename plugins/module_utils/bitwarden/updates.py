# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a member or a group becomes with a change, so that a PUT, which resets what it leaves out, loses nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.parsing import (
    association_json,
    permissions_json,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Member,
    MemberType,
    OrganizationGroup,
    Role,
)


def with_role(member: Member, role: Role) -> Member:
    """Return the member in a role; permissions that only the server knows stay as they are."""
    permissions = permissions_json(role)
    if permissions is not None:
        permissions = {**(member.permissions or {}), **permissions}
    return replace(member, type=role.type, permissions=permissions)


def with_accesses(
    group: OrganizationGroup, granting: Sequence[Association], withdrawing: Collection[str]
) -> OrganizationGroup:
    """Return the group with accesses that come or change, and without those to the collections with these ids."""
    if not granting and not withdrawing:
        return group
    accesses = {access.id: access for access in group.collections or () if access.id not in withdrawing}
    accesses.update({access.id: access for access in granting})
    return replace(group, collections=tuple(accesses.values()))


def require_collections(record: Member | OrganizationGroup, name: str) -> None:
    """Raise BitwardenError where the server did not tell a record's collections, all of which a PUT would withdraw."""
    if record.collections is None:
        raise BitwardenError(
            f"{name} was not changed: the server does not tell its collections, and the change would withdraw them",
            hint="Change it by hand, or update the server",
        )


def member_json(member: Member) -> dict[str, object]:
    """Return the body of a PUT that makes a member so; it leaves out the groups, which the server keeps."""
    return {
        "type": member.type.value,
        "externalId": member.external_id,
        "permissions": member.permissions if member.type is MemberType.CUSTOM else None,
        "collections": associations_json(member.collections or ()),
    }


def associations_json(associations: Sequence[Association]) -> list[dict[str, object]]:
    """Return the JSON of associations."""
    return [association_json(association) for association in associations]
