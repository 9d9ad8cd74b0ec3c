# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Vaultwarden: the import is its only organization endpoint, with rules of its own (reference section 14)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from .errors import RocketError, VaultwardenError
from .model import Group, Member, PolicyType, Role, Status
from .state import State, new_id

UNPROCESSABLE = RocketError(
    422,
    "Unprocessable Entity",
    "The request was well-formed but was unable to be followed due to semantic errors.",
)
BAD_REQUEST = RocketError(
    400, "Bad Request", "The request could not be understood by the server due to malformed syntax."
)
NO_SUCH_PATH = RocketError(404, "Not Found", "The requested resource could not be found.")
UNAUTHORIZED = RocketError(401, "Unauthorized", "The request requires user authentication.")


@dataclass(frozen=True, slots=True)
class ImportedMember:
    """A member of the request, every field of which is mandatory."""

    email: str
    external_id: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class ImportedGroup:
    """A group of the request, every field of which is mandatory."""

    name: str
    external_id: str
    member_external_ids: list[str]


class VaultwardenImportApi:
    """The handler of ``/public/organization/import``. It stops where it fails and keeps what it did."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.post("/api/public/organization/import", self.run)]

    async def run(self, request: web.Request) -> web.Response:
        """Import members, then groups where they are enabled, then remove unlisted members when told."""
        try:
            body = json.loads(await request.read())
        except ValueError:
            raise BAD_REQUEST from None
        groups = [_read_group(item) for item in _field(body, "groups", list)]
        members = [_read_member(item) for item in _field(body, "members", list)]
        overwrite = _field(body, "overwriteExisting", bool)
        for imported in members:
            self._import_member(imported)
        if self._state.settings.vaultwarden_groups_enabled:
            for group in groups:
                self._import_group(group)
        if overwrite:
            self._remove_unlisted({imported.external_id for imported in members})
        return web.Response()

    def _import_member(self, imported: ImportedMember) -> None:
        member = self._state.members.by_email(imported.email)
        if imported.deleted:
            if member is not None:
                self._put(self._revoked(member), imported)
        elif member is not None:
            self._put(self._restored(member), imported)
        else:
            self._invite(imported)

    def _put(self, member: Member, imported: ImportedMember) -> None:
        self._state.members.put(replace(member, external_id=imported.external_id))

    def _invite(self, imported: ImportedMember) -> None:
        settings = self._state.settings
        email = imported.email.lower()
        accepted = not settings.vaultwarden_mail_enabled and email in settings.accounts
        unmailed = settings.vaultwarden_mail_enabled and email in settings.undeliverable
        if unmailed and not settings.vaultwarden_keeps_unmailed:
            raise VaultwardenError("Error sending invite")
        self._state.members.put(
            Member(
                new_id(),
                email,
                status=Status.ACCEPTED if accepted else Status.INVITED,
                external_id=imported.external_id,
                user_id=new_id(),
            )
        )
        if unmailed:
            raise VaultwardenError("Failed to send mail: the address was refused")

    def _revoked(self, member: Member) -> Member:
        if member.status == Status.REVOKED or self._is_last_owner(member):
            return member
        return replace(member, status=Status.REVOKED, revoked_from=member.status)

    def _restored(self, member: Member) -> Member:
        if member.status != Status.REVOKED or self._is_refused_by_policy(member):
            return member
        earlier = Status.INVITED if member.revoked_from is None else member.revoked_from
        return replace(member, status=earlier, revoked_from=None)

    def _is_refused_by_policy(self, member: Member) -> bool:
        exempt = member.type in (Role.OWNER, Role.ADMIN) or member.two_factor_enabled
        return not exempt and self._state.policy_enabled(PolicyType.TWO_FACTOR)

    def _import_group(self, imported: ImportedGroup) -> None:
        group = next((item for item in self._state.groups if item.external_id == imported.external_id), None)
        if group is None:
            group = self._state.groups.put(Group(new_id(), imported.name, imported.external_id))
        wanted = set(imported.member_external_ids)
        members = (member.id for member in self._state.members if member.external_id in wanted)
        self._state.memberships.replace_members(group.id, members)

    def _remove_unlisted(self, listed: set[str]) -> None:
        for member in self._state.members:
            if member.external_id is not None and member.external_id not in listed and not self._is_last_owner(member):
                self._state.remove_member(member)

    def _is_last_owner(self, member: Member) -> bool:
        is_confirmed_owner = member.type == Role.OWNER and member.status == Status.CONFIRMED
        return is_confirmed_owner and not self._state.has_confirmed_owner_except(member.id)


def _read_group(item: Any) -> ImportedGroup:
    ids = _field(item, "memberExternalIds", list)
    if not all(isinstance(value, str) for value in ids):
        raise UNPROCESSABLE
    return ImportedGroup(_field(item, "name", str), _field(item, "externalId", str), ids)


def _read_member(item: Any) -> ImportedMember:
    return ImportedMember(
        _field(item, "email", str),
        _field(item, "externalId", str),
        _field(item, "deleted", bool),
    )


def _field(item: Any, name: str, kind: type) -> Any:
    if not isinstance(item, dict) or not isinstance(item.get(name), kind):
        raise UNPROCESSABLE
    return item[name]
