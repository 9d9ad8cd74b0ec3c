# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources of Microsoft Graph v1.0 that a directory is read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ..common import Clock
from .answers import Answer, GraphError, not_found
from .delta import Delta
from .listing import ApiRequest, Listings, require
from .schema import GROUP, HIDDEN_MEMBERS_PERMISSIONS, UNIT, USER
from .tenant import DirectoryObject, Tenant

Handler = Callable[..., Answer]


class Api:
    """Answers GET requests for users, groups, members, deleted users, administrative units and delta queries."""

    def __init__(self, tenant: Tenant, clock: Clock, address: Callable[[], str]) -> None:
        self.listings = Listings(clock)
        self.delta = Delta(tenant, clock)
        self._address = address
        self._tenant = tenant
        self._routes: list[tuple[re.Pattern[str], Handler]] = [
            (re.compile(r"/users"), self._users),
            (re.compile(r"/users/(?:microsoft\.graph\.)?delta(?:\(\))?"), self._users_delta),
            (re.compile(r"/groups"), self._groups),
            (re.compile(r"/groups/(?:microsoft\.graph\.)?delta(?:\(\))?"), self._groups_delta),
            (re.compile(r"/groups/([^/]+)/members"), self._members),
            (re.compile(r"/directory/deleted[iI]tems/microsoft\.graph\.user"), self._deleted_users),
            (re.compile(r"/directory/administrativeUnits/([^/]+)/members"), self._unit_members),
            (re.compile(r"/directory/administrativeUnits"), self._units),
        ]

    def answer(self, method: str, target: str, headers: Mapping[str, str], permissions: frozenset[str]) -> Answer:
        """Return the answer to a request; ``target`` is relative to the version. Raises GraphError."""
        request = ApiRequest.parse(target, headers, permissions)
        for pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match:
                if method != "GET":
                    raise GraphError(405, "Request_BadRequest", "Specified HTTP method is not allowed.")
                return handler(request, *match.groups())
        raise GraphError(
            400, "BadRequest", f"Resource not found for the segment '{request.path.strip('/').partition('/')[0]}'."
        )

    def _users(self, request: ApiRequest) -> Answer:
        require(request.permissions, USER)
        return self.listings.answer(request, self._address(), self._tenant.of_kind("user"), "user")

    def _groups(self, request: ApiRequest) -> Answer:
        require(request.permissions, GROUP)
        return self.listings.answer(request, self._address(), self._tenant.of_kind("group"), "group")

    def _deleted_users(self, request: ApiRequest) -> Answer:
        require(request.permissions, USER)
        return self.listings.answer(request, self._address(), self._tenant.deleted_of_kind("user"), "user")

    def _users_delta(self, request: ApiRequest) -> Answer:
        require(request.permissions, USER)
        return self.delta.answer(request, self._address(), "user")

    def _groups_delta(self, request: ApiRequest) -> Answer:
        require(request.permissions, GROUP)
        return self.delta.answer(request, self._address(), "group")

    def _members(self, request: ApiRequest, group_id: str) -> Answer:
        require(request.permissions, GROUP)
        group = self._object(group_id, "group")
        hidden = group.properties.get("visibility") == "HiddenMembership"
        if hidden and not request.permissions & HIDDEN_MEMBERS_PERMISSIONS:
            return self.listings.answer(request, self._address(), [])
        return self.listings.answer(request, self._address(), self._members_of(group))

    def _units(self, request: ApiRequest) -> Answer:
        require(request.permissions, UNIT)
        units = self._tenant.of_kind("administrativeUnit")
        return self.listings.answer(request, self._address(), units, "administrativeUnit")

    def _unit_members(self, request: ApiRequest, unit_id: str) -> Answer:
        require(request.permissions, UNIT)
        unit = self._object(unit_id, "administrativeUnit")
        hidden = unit.properties.get("visibility") == "HiddenMembership"
        visible = not hidden or request.permissions & HIDDEN_MEMBERS_PERMISSIONS
        return self.listings.answer(request, self._address(), self._members_of(unit) if visible else [])

    def _object(self, object_id: str, kind: str) -> DirectoryObject:
        found = self._tenant.objects.get(object_id)
        if found is None or found.kind != kind:
            raise not_found(object_id)
        return found

    def _members_of(self, container: DirectoryObject) -> list[DirectoryObject]:
        members = [self._tenant.objects[member] for member in container.members if member in self._tenant.objects]
        return sorted(members, key=lambda item: item.number)
