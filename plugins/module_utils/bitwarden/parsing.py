# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the JSON of the Public API to our data, and back.

Unknown properties are ignored. A missing id, or a role or status that we do not know, raises ValueError: whoever acts
on half-understood members may lock people out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import Any, Protocol, TypeVar

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.permissions import PERMISSIONS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Collection,
    Event,
    ImportedGroup,
    ImportedMember,
    Member,
    MemberStatus,
    MemberType,
    OrganizationGroup,
    Role,
    Seats,
    Server,
)


class HasId(Protocol):
    """A record with an id."""

    @property
    def id(self) -> str: ...


Record = TypeVar("Record")
RecordWithId = TypeVar("RecordWithId", bound=HasId)
Number = TypeVar("Number", bound=IntEnum)


def parse_list(answer: object, parse: Callable[[object], Record]) -> tuple[Record, ...]:
    """Return the records of a list answer, which must be complete."""
    records, token = _page(answer, parse)
    if token:
        raise ValueError("the list has a further page, which this part of the API is not known to have")
    return records


def parse_event_page(answer: object) -> tuple[tuple[Event, ...], str | None]:
    """Return one page of the event log and the token to ask for the next one with, None at the end."""
    return _page(answer, parse_event)


def distinct(records: Iterable[RecordWithId]) -> tuple[RecordWithId, ...]:
    """Return the records without repetitions; raises ValueError where one id stands for two different records."""
    by_id: dict[str, RecordWithId] = {}
    for record in records:
        if by_id.setdefault(record.id, record) != record:
            raise ValueError(f"the id {record.id} occurs twice with different contents")
    return tuple(by_id.values())


def parse_member(value: object) -> Member:
    """Return a member."""
    data = _object(value, "member")
    email = _text(data, "email", "member")
    if not email:
        raise ValueError(f"the member {data.get('id')} has no email")
    return Member(
        id=_id(data, "member"),
        email=email.lower(),
        status=_known(MemberStatus, data.get("status"), f"the member {email} has the status"),
        type=_known(MemberType, data.get("type"), f"the member {email} has the type"),
        external_id=_text(data, "externalId", "member"),
        name=_text(data, "name", "member"),
        user_id=_text(data, "userId", "member"),
        collections=_associations(data, "collections"),
        permissions=_permissions(data.get("permissions")),
        two_factor_enabled=data.get("twoFactorEnabled") is True,
    )


def parse_group(value: object) -> OrganizationGroup:
    """Return a group."""
    data = _object(value, "group")
    id_ = _id(data, "group")
    name = _text(data, "name", "group")
    if name is None:
        raise ValueError(f"the group {id_} has no name")
    return OrganizationGroup(id_, name, _text(data, "externalId", "group"), _associations(data, "collections"))


def parse_collection(value: object) -> Collection:
    """Return a collection."""
    data = _object(value, "collection")
    return Collection(_id(data, "collection"), _text(data, "externalId", "collection"), _associations(data, "groups"))


def parse_confirmation(value: object) -> None:
    """Raise ValueError for what no write is answered with."""
    if not isinstance(value, dict):
        raise ValueError("it is not an object")


def parse_ids(value: object) -> tuple[str, ...]:
    """Return a bare array of ids, without repetitions."""
    if not isinstance(value, list) or not all(isinstance(id_, str) and id_ for id_ in value):
        raise ValueError("it is not an array of ids")
    return tuple(dict.fromkeys(value))


def parse_event(value: object) -> Event:
    """Return an entry of the event log."""
    data = _object(value, "event")
    return Event(
        type=_number(data, "type", "event"),
        date=_text(data, "date", "event") or "",
        member_id=_text(data, "memberId", "event"),
        group_id=_text(data, "groupId", "event"),
        acting_user_id=_text(data, "actingUserId", "event"),
    )


def parse_seats(value: object) -> Seats:
    """Return the Password Manager seats of a subscription."""
    plan = _object(value, "subscription").get("passwordManager")
    data = plan if isinstance(plan, dict) else {}
    return Seats(_count(data.get("seats")), _count(data.get("maxAutoScaleSeats")))


def parse_server(value: object) -> Server:
    """Return what ``GET /config`` says of the server."""
    data = _object(value, "config")
    server, environment, features = (data.get(name) or {} for name in ("server", "environment", "featureStates"))
    return Server(
        version=_text(data, "version", "config") or "unknown",
        product=_text(_object(server, "server"), "name", "server") or "Bitwarden",
        cloud_region=_text(_object(environment, "environment"), "cloudRegion", "environment"),
        feature_states=_object(features, "featureStates"),
    )


def association_json(association: Association) -> dict[str, object]:
    """Return the JSON of an association."""
    return {
        "id": association.id,
        "readOnly": association.read_only,
        "hidePasswords": association.hide_passwords,
        "manage": association.manage,
    }


def permissions_json(role: Role) -> dict[str, bool] | None:
    """Return every permission of a custom role, granted or not, since the server keeps those that are left out."""
    if role.type != MemberType.CUSTOM:
        return None
    return {api_name: name in role.permissions for name, api_name in PERMISSIONS.items()}


def imported_member_json(member: ImportedMember) -> dict[str, object]:
    """Return the JSON of a member in an import; Vaultwarden requires every property."""
    return {"email": member.email, "externalId": member.external_id, "deleted": member.deleted}


def imported_group_json(group: ImportedGroup) -> dict[str, object]:
    """Return the JSON of a group in an import."""
    member_ids = list(group.member_external_ids)
    return {"name": group.name, "externalId": group.external_id, "memberExternalIds": member_ids}


def _page(answer: object, parse: Callable[[object], Record]) -> tuple[tuple[Record, ...], str | None]:
    data = _object(answer, "list")
    records = data.get("data")
    if not isinstance(records, list):
        raise ValueError("the list has no data")
    return tuple(parse(record) for record in records), _text(data, "continuationToken", "list")


def _object(value: object, kind: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"a {kind} is not an object")
    return value


def _id(data: Mapping[str, Any], kind: str) -> str:
    id_ = _text(data, "id", kind)
    if id_ is None:
        raise ValueError(f"a {kind} has no id")
    return id_


def _text(data: Mapping[str, Any], name: str, kind: str) -> str | None:
    """Return a text; an empty one says as little as a missing one."""
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"the {name} of a {kind} is not a text")
    return value or None


def _number(data: Mapping[str, Any], name: str, kind: str) -> int:
    value = _count(data.get(name))
    if value is None:
        raise ValueError(f"the {name} of a {kind} is not a number")
    return value


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _known(numbers: type[Number], value: object, subject: str) -> Number:
    for number in numbers:
        if number == value:
            return number
    raise ValueError(f"{subject} {value!r}, which this version of dirsync.bitwarden does not know")


def _associations(data: Mapping[str, Any], name: str) -> tuple[Association, ...] | None:
    values = data.get(name)
    if values is None:
        return None
    if not isinstance(values, list):
        raise ValueError(f"{name} is not an array")
    return tuple(
        Association(
            id=_id(_object(value, "association"), "association"),
            read_only=value.get("readOnly") is True,
            hide_passwords=value.get("hidePasswords") is True,
            manage=value.get("manage") is True,
        )
        for value in values
    )


def _permissions(value: object) -> Mapping[str, bool] | None:
    if value is None:
        return None
    return {name: allowed for name, allowed in _object(value, "permissions").items() if isinstance(allowed, bool)}
