# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the API represents the objects of an organization (reference section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from .model import PERMISSIONS, Collection, Event, Group, Member, Policy, Role


def member_json(
    member: Member, collections: list[dict[str, Any]] | None, *, with_account: bool = True
) -> dict[str, Any]:
    """Return a member. Without account data (POST, PUT of somebody invited) the fields of the account are unset."""
    return {
        "object": "member",
        "id": member.id,
        "userId": member.user_id,
        "name": member.name if with_account else None,
        "email": member.email,
        "twoFactorEnabled": member.two_factor_enabled and with_account,
        "status": member.status,
        "collections": collections,
        "ssoExternalId": member.sso_external_id if with_account else None,
        "type": member.type,
        "externalId": member.external_id,
        "resetPasswordEnrolled": member.reset_password_enrolled,
        "permissions": permissions_json(member),
    }


def permissions_json(member: Member) -> dict[str, bool] | None:
    """Return all permissions of a custom member, None for every other type."""
    if member.type != Role.CUSTOM:
        return None
    granted = member.permissions or {}
    return {name: granted.get(name, False) for name in PERMISSIONS}


def group_json(group: Group, collections: list[dict[str, Any]] | None) -> dict[str, Any]:
    """Return a group."""
    return {
        "object": "group",
        "id": group.id,
        "collections": collections,
        "name": group.name,
        "externalId": group.external_id,
    }


def collection_json(collection: Collection, groups: list[dict[str, Any]] | None) -> dict[str, Any]:
    """Return a collection; ``groups`` are the associations of the groups that have access."""
    return {
        "object": "collection",
        "id": collection.id,
        "groups": groups,
        "externalId": collection.external_id,
    }


def policy_json(policy: Policy) -> dict[str, Any]:
    """Return a policy."""
    return {
        "object": "policy",
        "id": policy.id,
        "type": policy.type,
        "enabled": policy.enabled,
        "data": policy.data,
    }


def event_json(event: Event) -> dict[str, Any]:
    """Return an event. There is no field that tells which system acted."""
    return {
        "object": "event",
        "type": event.type,
        "itemId": None,
        "collectionId": event.collection_id,
        "groupId": event.group_id,
        "policyId": event.policy_id,
        "memberId": event.member_id,
        "actingUserId": event.acting_user_id,
        "installationId": None,
        "date": date_json(event.date),
        "device": None,
        "ipAddress": None,
        "secretId": None,
        "projectId": None,
        "serviceAccountId": None,
    }


def list_json(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return a list object without paging."""
    return {"object": "list", "data": list(items)}


def date_json(seconds: float) -> str:
    """Return a UTC date as .NET writes it, for instance ``2026-01-31T08:00:00.123456Z``."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
