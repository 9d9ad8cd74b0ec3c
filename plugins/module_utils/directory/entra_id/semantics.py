# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the records of a tenant mean: who is active, which e-mail counts, who is in which group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryAuthenticationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import choose_email
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.client import Record
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.records import TenantRecords
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.settings import Settings
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.membership import Listing, bitset, flatten
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import DirectGroup, Reading, User

INITIAL_DOMAIN = "onmicrosoft.com"
GUEST = "guest"
EXTERNAL_MARK = "#ext#"


def reading_of(records: TenantRecords, settings: Settings, source: str, details: Mapping[str, Any]) -> Reading:
    """Return the reading of the source called ``source``; counts of what was passed over are added to ``details``.

    Raises DirectoryAuthenticationError where the properties of users are hidden.
    """
    users = [_user(record, settings, source, deleted=False) for record in _admitted(records.users, settings)]
    deleted = _admitted(records.deleted, settings) if settings.deleted else []
    gone = [record for record in deleted if record["id"] not in records.users]
    users += [_user(record, settings, source, deleted=True) for record in gone]
    places = {user.external_id: place for place, user in enumerate(users)}
    groups = _groups(records, settings, places)
    outside = {member for members in records.members.values() for member in members.users} - places.keys()
    others = {member for members in records.members.values() for member in members.others}
    reading = Reading(
        users=users,
        groups=groups,
        server=f"{settings.graph_url} tenant {settings.tenant_id}",
        details={
            **details,
            "members_not_listed": len(outside),
            "members_other_than_users": len(others),
            "groups_vanished": records.vanished,
        },
    )
    return _within_units(reading, records, settings)


def _user(record: Record, settings: Settings, source: str, *, deleted: bool) -> User:
    status, reason = ("deleted", f"deleted {record.get('deletedDateTime')}") if deleted else _status(record)
    return User(
        external_id=record["id"],
        email=choose_email(_emails(record, settings.email_attributes, deleted=deleted)),
        name=record.get("displayName"),
        status=status,  # type: ignore[arg-type]
        source=source,
        status_reason=reason,
    )


def _status(record: Record) -> tuple[str, str]:
    enabled = record.get("accountEnabled")
    if not isinstance(enabled, bool):
        raise DirectoryAuthenticationError(
            f"Microsoft Graph hides whether the account of {record.get('displayName') or record['id']} is enabled",
            hint="Grant the application permission User.Read.All, with admin consent",
        )
    return ("active", "") if enabled else ("disabled", "accountEnabled: false")


def _emails(record: Record, attributes: Sequence[str], *, deleted: bool) -> Iterator[str]:
    """Yield a user's addresses, best first.

    An address of the tenant's initial domain counts only where there is no other, and of two such the
    userPrincipalName. That of a guest is no address: it has ``#EXT#`` and the home address mangled. Nor is that of a
    deleted user: Entra puts the object id before it.
    """
    values = {name: record.get(name) or "" for name in attributes}
    if deleted and values.get("userPrincipalName", "").lower().startswith(record["id"].replace("-", "").lower()):
        del values["userPrincipalName"]
    usable = {name: value for name, value in values.items() if value and "#" not in value}
    initial = [name for name, value in usable.items() if INITIAL_DOMAIN in value.lower()]
    yield from (value for name, value in usable.items() if name not in initial)
    yield from (usable[name] for name in sorted(initial, reverse=True))


def _admitted(users: Mapping[str, Record], settings: Settings) -> list[Record]:
    """Return the users without the guests that are not wanted."""
    return [record for record in users.values() if not _is_guest(record) or _admits(settings, record)]


def _admits(settings: Settings, guest: Record) -> bool:
    if settings.guests == "accepted_only":
        return guest.get("externalUserState") != "PendingAcceptance"
    return settings.guests == "include"


def _is_guest(record: Record) -> bool:
    kind = record.get("userType")
    return str(kind).lower() == GUEST if kind else EXTERNAL_MARK in (record.get("userPrincipalName") or "").lower()


def _groups(records: TenantRecords, settings: Settings, places: Mapping[str, int]) -> list[DirectGroup]:
    """Return the groups that were listed, then those that are only nested in them."""
    order = [*records.groups, *(group for group in records.members if group not in records.groups)]
    positions = {group: position for position, group in enumerate(order)}
    return [
        DirectGroup(
            external_id=group,
            name=str(records.groups.get(group, {}).get("displayName") or ""),
            users=sorted(places[user] for user in records.members[group].users if user in places),
            groups=sorted(positions[child] for child in records.members[group].groups if child in positions),
            listed=group in records.groups and _wanted(records.groups[group], records, settings),
        )
        for group in order
    ]


def _wanted(group: Record, records: TenantRecords, settings: Settings) -> bool:
    """Say whether a group counts by itself, as opposed to passing its members on to those that it is nested in."""
    if settings.group_kinds and _kind(group) not in settings.group_kinds:
        return False
    dynamic = "DynamicMembership" in (group.get("groupTypes") or ())
    if settings.dynamic_groups != "include" and dynamic != (settings.dynamic_groups == "only"):
        return False
    units = settings.administrative_units
    if units and not any(group["id"] in records.units[unit].groups for unit in units):
        return False
    clause = settings.unit_clause
    if clause is None:
        return True
    inside = any(group["id"] in records.units[unit].groups for unit in clause.values)
    return inside == clause.keyword.startswith("include")


def _kind(group: Record) -> str:
    """Return the kind of a group (https://learn.microsoft.com/graph/api/resources/groups-overview)."""
    if "Unified" in (group.get("groupTypes") or ()):
        return "microsoft_365"
    if group.get("mailEnabled"):
        return "mail_enabled_security" if group.get("securityEnabled") else "distribution"
    return "security"


def _within_units(reading: Reading, records: TenantRecords, settings: Settings) -> Reading:
    """Leave out users who are neither in one of ``administrative_units`` nor in a group of one, unless deleted."""
    if not settings.administrative_units:
        return reading
    direct = {user for unit in settings.administrative_units for user in records.units[unit].users}
    bits = bitset(
        (n for n, user in enumerate(reading.users) if user.status == "deleted" or user.external_id in direct),
        len(reading.users),
    )
    for group, members in zip(reading.groups, flatten(reading), strict=True):
        if group.listed:
            bits |= members
    kept = Listing(range(len(reading.users))).of(bits)
    moved = {place: number for number, place in enumerate(kept)}
    return replace(
        reading,
        users=[reading.users[place] for place in kept],
        groups=[replace(group, users=[moved[n] for n in group.users if n in moved]) for group in reading.groups],
    )
