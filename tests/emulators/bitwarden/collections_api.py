# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collections (reference sections 5.3 and 7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiohttp import web

from .associations import Associations, known, read_associations, refuse_conflicts
from .errors import BadRequestError, NotFoundError, json_response
from .lookup import find
from .model import Collection, EventType, Group
from .representation import collection_json, list_json
from .request_model import read_model
from .state import State


class CollectionsApi:
    """The handlers of ``/public/collections``. Personal collections are hidden."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; there is none to create a collection."""
        one = "/api/public/collections/{id}"
        return [
            web.get("/api/public/collections", self.list_all),
            web.get(one, self.show),
            web.put(one, self.update),
            web.delete(one, self.remove),
        ]

    async def list_all(self, _request: web.Request) -> web.Response:
        """List all shared collections."""
        shared = (collection for collection in self._state.collections if not collection.personal)
        return json_response(list_json(collection_json(item, self._groups_with(item)) for item in shared))

    async def show(self, request: web.Request) -> web.Response:
        """Show a shared collection."""
        collection = find(self._state.collections, request)
        if collection.personal:
            raise NotFoundError
        return json_response(collection_json(collection, self._groups_with(collection)))

    async def update(self, request: web.Request) -> web.Response:
        """Replace a collection's external id, and its groups when they are given."""
        model = await read_model(request)
        external_id = model.text("externalId", maximum=300)
        associations = read_associations(model, "groups")
        model.check()
        collection = find(self._state.collections, request)
        refuse_conflicts(associations)
        self._refuse_unmanaged(collection, associations)
        updated = self._state.collections.put(replace(collection, external_id=external_id))
        if associations is not None:
            self._replace_groups(collection, known(associations, self._state.groups))
        self._state.log(EventType.COLLECTION_UPDATED, collection_id=collection.id)
        return json_response(collection_json(updated, associations))

    async def remove(self, request: web.Request) -> web.Response:
        """Delete a shared collection."""
        collection = find(self._state.collections, request)
        if collection.personal:
            raise BadRequestError("You cannot delete a collection with the type as DefaultUserCollection.")
        self._state.remove_collection(collection)
        return web.Response()

    def _groups_with(self, collection: Collection) -> Associations:
        return [
            {**association, "id": group.id}
            for group in self._state.groups
            for association in group.collections
            if association["id"] == collection.id
        ]

    def _replace_groups(self, collection: Collection, associations: Associations) -> None:
        by_group = {association["id"]: association for association in associations}
        for group in self._state.groups:
            others = [association for association in group.collections if association["id"] != collection.id]
            wanted = by_group.get(group.id)
            access = others if wanted is None else [*others, {**wanted, "id": collection.id}]
            self._put_if_changed(group, access)

    def _put_if_changed(self, group: Group, access: list[dict[str, Any]]) -> None:
        if access != group.collections:
            self._state.groups.put(replace(group, collections=access))

    def _refuse_unmanaged(self, collection: Collection, associations: Associations | None) -> None:
        if self._state.settings.admins_manage_collections:
            return
        groups = self._groups_with(collection) if associations is None else associations
        direct = [item for member in self._state.members for item in member.collections if item["id"] == collection.id]
        if not any(association["manage"] for association in [*groups, *direct]):
            raise BadRequestError("At least one member or group must have can manage permission.")
