# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups (reference sections 5.2 and 7)."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from .associations import Associations, known, read_associations, refuse_conflicts
from .errors import BadRequestError, ResourceNotFoundError, json_response
from .lookup import find
from .model import EventType, Group
from .representation import group_json, list_json
from .request_model import RequestModel, read_model
from .state import State, new_id


class GroupsApi:
    """The handlers of ``/public/groups``."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        one = "/api/public/groups/{id}"
        return [
            web.get("/api/public/groups", self.list_all),
            web.post("/api/public/groups", self.create),
            web.get(one, self.show),
            web.put(one, self.update),
            web.delete(one, self.remove),
            web.get(one + "/member-ids", self.show_members),
            web.put(one + "/member-ids", self.replace_members),
        ]

    async def list_all(self, _request: web.Request) -> web.Response:
        """List all groups with their collections."""
        return json_response(list_json(group_json(group, group.collections) for group in self._state.groups))

    async def show(self, request: web.Request) -> web.Response:
        """Show a group."""
        group = find(self._state.groups, request)
        return json_response(group_json(group, group.collections))

    async def show_members(self, request: web.Request) -> web.Response:
        """List the membership ids of a group's members."""
        return json_response(self._state.memberships.members_of(find(self._state.groups, request).id))

    async def create(self, request: web.Request) -> web.Response:
        """Create a group. Neither the name nor the external id has to be unique."""
        name, external_id, associations = _read(await read_model(request))
        self._refuse_groups()
        refuse_conflicts(associations)
        group = self._state.groups.put(Group(new_id(), name, external_id, known(associations, self._state.collections)))
        self._state.log(EventType.GROUP_CREATED, group_id=group.id)
        return json_response(group_json(group, associations))

    async def update(self, request: web.Request) -> web.Response:
        """Replace a group's name and external id, and the collections when they are given."""
        name, external_id, associations = _read(await read_model(request))
        group = find(self._state.groups, request)
        self._refuse_groups()
        if any(association["id"] not in self._state.collections for association in associations or ()):
            raise ResourceNotFoundError
        refuse_conflicts(associations)
        collections = group.collections if associations is None else associations
        updated = self._state.groups.put(replace(group, name=name, external_id=external_id, collections=collections))
        self._state.log(EventType.GROUP_UPDATED, group_id=group.id)
        return json_response(group_json(updated, associations))

    async def replace_members(self, request: web.Request) -> web.Response:
        """Make the given members the members of the group; unknown ids are dropped, and no event is written."""
        member_ids = (await read_model(request)).guids("memberIds")
        group = find(self._state.groups, request)
        members = self._state.members
        self._state.memberships.replace_members(group.id, (key for key in member_ids or () if key in members))
        return web.Response()

    async def remove(self, request: web.Request) -> web.Response:
        """Delete a group; no event is written."""
        self._state.remove_group(find(self._state.groups, request))
        return web.Response()

    def _refuse_groups(self) -> None:
        if not self._state.settings.use_groups:
            raise BadRequestError("This organization cannot use groups.")


def _read(model: RequestModel) -> tuple[str, str | None, Associations | None]:
    name = model.text("name", required=True, maximum=100)
    external_id = model.text("externalId", maximum=300)
    associations = read_associations(model, "collections")
    model.check()
    return name or "", external_id, associations
