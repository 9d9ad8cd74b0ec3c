# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bulk import of Bitwarden, with its order and its traps (reference section 5.4).

It is not transactional: what an earlier step did stays when a later one fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from aiohttp import web

from .errors import AggregateError, BadRequestError, UnhandledServerError
from .import_model import ImportedGroup, ImportedMember, ImportRequest
from .model import EventType, Group, Member, Mode, Role, Status
from .profile import Profile
from .request_model import read_model
from .seats import PurchaseRefusedError, require_seats
from .state import State, new_id

Item = TypeVar("Item")


class ImportApi:
    """The handler of ``/public/organization/import``."""

    def __init__(self, state: State, profile: Profile) -> None:
        self._state = state
        self._profile = profile

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.post("/api/public/organization/import", self.run)]

    async def run(self, request: web.Request) -> web.Response:
        """Import members and groups."""
        imported = ImportRequest.read(await read_model(request))
        if imported.groups is None or imported.members is None:
            raise UnhandledServerError
        if self._profile.mode is Mode.CLOUD and not imported.large_import and imported.is_too_large:
            raise BadRequestError("You cannot import this much data at once.")
        if not self._state.settings.use_directory:
            raise BadRequestError("Organization cannot use directory syncing.")
        Import(self._state, self._profile, imported, imported.members, imported.groups).run()
        return web.Response()


class Import:
    """One import in progress."""

    def __init__(
        self,
        state: State,
        profile: Profile,
        request: ImportRequest,
        members: Sequence[ImportedMember],
        groups: Sequence[ImportedGroup],
    ) -> None:
        self._state = state
        self._profile = profile
        self._request = request
        self._groups = groups
        self._live = [member for member in members if not member.deleted]
        self._live_ids = {member.external_id for member in self._live}
        self._deleted_ids = {member.external_id for member in members if member.deleted}
        self._existing = _unique((member for member in state.members if member.external_id), _external_id)
        self._ids = {external_id: member.id for external_id, member in self._existing.items()}
        self._removed: list[Member] = []

    def run(self) -> None:
        """Take the steps in the server's order. Removals are logged only when all of them have succeeded."""
        self._remove_deleted()
        if self._request.overwrite_existing:
            self._remove_unlisted()
        if self._live:
            self._link_by_email()
        self._invite_unknown()
        if self._groups:
            self._import_groups()
        for member in self._removed:
            self._state.log(EventType.MEMBER_REMOVED, member_id=member.id)

    def _remove_deleted(self) -> None:
        for external_id in sorted(self._deleted_ids - self._live_ids):
            member = self._existing.get(external_id)
            if member is not None and member.type != Role.OWNER:
                self._remove(member)

    def _remove_unlisted(self) -> None:
        present = [member for member in self._existing.values() if member.id in self._state.members]
        unlisted = [
            member for member in present if member.type != Role.OWNER and member.external_id not in self._live_ids
        ]
        locked_out = any(not member.has_master_password for member in unlisted)
        if locked_out and self._profile.refuses_overwrite_without_master_password:
            raise BadRequestError(
                "Sync failed. To proceed, disable the 'Remove and re-add users during next sync' setting and try again."
            )
        for member in unlisted:
            self._remove(member)
            del self._ids[_external_id(member)]

    def _link_by_email(self) -> None:
        by_email = _unique(self._live, lambda imported: imported.email)
        linked = [
            replace(member, external_id=by_email[member.email].external_id)
            for member in self._state.members
            if member.email in by_email and not member.external_id
        ]
        for member in linked:
            if _external_id(member) in self._ids:
                raise UnhandledServerError
            self._ids[_external_id(member)] = member.id
        for member in linked:
            self._state.members.put(member)

    def _invite_unknown(self) -> None:
        unknown = [imported for imported in self._live if imported.external_id not in self._ids]
        new = [imported for imported in unknown if self._state.members.by_email(imported.email) is None]
        if not new:
            return
        staged = self._stages
        if not staged:
            self._take_seats(len(new))
        for imported in new:
            member = self._state.members.put(
                Member(
                    new_id(),
                    imported.email,
                    status=Status.STAGED if staged else Status.INVITED,
                    external_id=imported.external_id,
                )
            )
            self._ids.setdefault(imported.external_id, member.id)
            self._state.log(EventType.MEMBER_STAGED if staged else EventType.MEMBER_INVITED, member_id=member.id)

    def _take_seats(self, needed: int) -> None:
        before = self._state.settings
        try:
            require_seats(self._state, self._profile.mode, needed)
        except PurchaseRefusedError as error:
            raise AggregateError(error.message) from None
        if before.invitation_failure is not None:
            self._state.settings = before
            raise AggregateError(before.invitation_failure)

    @property
    def _stages(self) -> bool:
        flag = self._state.settings.staged_status_flag and self._profile.stages
        return flag and not self._request.invite_after_provisioning

    def _import_groups(self) -> None:
        if not self._state.settings.use_groups:
            raise BadRequestError("Organization cannot use groups.")
        if any(imported.member_external_ids is None for imported in self._groups):
            raise UnhandledServerError
        by_external_id = _unique(self._groups, lambda imported: imported.external_id)
        existing = _unique((group for group in self._state.groups if group.external_id), _external_id)
        created = [self._create(imported) for key, imported in by_external_id.items() if key not in existing]
        for group in created:
            self._state.log(EventType.GROUP_CREATED, group_id=group.id)
        known = [group for key, group in existing.items() if key in by_external_id]
        for group in known:
            self._update(group, by_external_id[_external_id(group)])
        for group in known:
            self._state.log(EventType.GROUP_UPDATED, group_id=group.id)

    def _create(self, imported: ImportedGroup) -> Group:
        group = self._state.groups.put(Group(new_id(), imported.name, imported.external_id))
        self._replace_members(group, imported)
        return group

    def _update(self, group: Group, imported: ImportedGroup) -> None:
        if group.name != imported.name:
            self._state.groups.put(replace(group, name=imported.name))
        self._replace_members(group, imported)

    def _replace_members(self, group: Group, imported: ImportedGroup) -> None:
        ids = (self._ids.get(external_id, "") for external_id in imported.member_external_ids or ())
        self._state.memberships.replace_members(group.id, (key for key in ids if key in self._state.members))

    def _remove(self, member: Member) -> None:
        self._state.remove_member(member)
        self._removed.append(member)


def _external_id(row: Member | Group) -> str:
    return row.external_id or ""


def _unique(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, Item]:
    """Return the items by key; a key that occurs twice is an exception the server does not handle."""
    result: dict[str, Item] = {}
    for item in items:
        if key(item) in result:
            raise UnhandledServerError
        result[key(item)] = item
    return result
