# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listings of the Core API: users, groups, and the users of a group."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from .authorization import ApiToken, Authorization
from .errors import not_found
from .filters import parse_filter
from .model import Group, User
from .org import Org
from .paging import page
from .representation import group_json, user_json

USER_ATTRIBUTES = (
    "id",
    "status",
    "lastUpdated",
    "profile.login",
    "profile.email",
    "profile.firstName",
    "profile.lastName",
)
GROUP_ATTRIBUTES = ("id", "type", "lastUpdated", "lastMembershipUpdated")
USER_PAGE = 200
LARGEST_GROUP_PAGE = 10_000
MEMBER_PAGE = 1_000
OMIT_CREDENTIALS = "omitCredentials"


class Listings:
    """The handlers; what a restricted API token may not see is left out without a word, as Okta does."""

    def __init__(self, org: Org, authorization: Authorization) -> None:
        self._org = org
        self._authorization = authorization

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/api/v1/users", self.users),
            web.get("/api/v1/groups", self.groups),
            web.get("/api/v1/groups/{id}/users", self.group_users),
        ]

    async def users(self, request: web.Request) -> web.Response:
        """List users: without the deprovisioned ones, unless a filter asks for them."""
        token = self._authorization.check(request, "okta.users.read")
        users = self._visible_users(token)
        text = request.query.get("filter")
        if text is None:
            users = [user for user in users if user.status != "DEPROVISIONED"]
        else:
            condition = parse_filter(text, USER_ATTRIBUTES, ("lastUpdated",))
            users = [user for user in users if condition(_user_row(user))]
        return self._users_page(request, users, USER_PAGE)

    async def groups(self, request: web.Request) -> web.Response:
        """List groups, with their statistics when asked for."""
        token = self._authorization.check(request, "okta.groups.read")
        groups = self._visible_groups(token)
        text = request.query.get("filter")
        if text is not None:
            condition = parse_filter(text, GROUP_ATTRIBUTES, ("lastUpdated", "lastMembershipUpdated"))
            groups = [group for group in groups if condition(_group_row(group))]
        base_url = self._authorization.issuer
        usual = LARGEST_GROUP_PAGE
        rows, headers = page(groups, request, base_url, most=LARGEST_GROUP_PAGE, usual=usual)
        stats = request.query.get("expand") == "stats"
        body = [
            group_json(group, base_url, users_count=len(self._org.members_of(group)) if stats else None)
            for group in rows
        ]
        return web.json_response(body, headers=headers)

    async def group_users(self, request: web.Request) -> web.Response:
        """List the users of a group."""
        token = self._authorization.check(request, "okta.groups.read")
        group_id = request.match_info["id"]
        group = next((group for group in self._visible_groups(token) if group.id == group_id), None)
        if group is None:
            raise not_found(group_id, "UserGroup")
        return self._users_page(request, self._org.members_of(group), MEMBER_PAGE)

    def _users_page(self, request: web.Request, users: Sequence[User], most: int) -> web.Response:
        base_url = self._authorization.issuer
        rows, headers = page(users, request, base_url, most=most, usual=most)
        credentials = OMIT_CREDENTIALS not in request.headers.get("Content-Type", "")
        return web.json_response([user_json(user, base_url, credentials=credentials) for user in rows], headers=headers)

    def _visible_groups(self, token: ApiToken | None) -> list[Group]:
        groups = list(self._org.groups.values())
        if token is None or token.visible_groups is None:
            return groups
        return [group for group in groups if group.id in token.visible_groups]

    def _visible_users(self, token: ApiToken | None) -> list[User]:
        if token is None or token.visible_groups is None:
            return list(self._org.users.values())
        visible = {user.id: user for group in self._visible_groups(token) for user in self._org.members_of(group)}
        return list(visible.values())


def _user_row(user: User) -> dict[str, str | float]:
    names = ("login", "email", "firstName", "lastName")
    profile = {f"profile.{name}": user.profile[name] for name in names}
    return {"id": user.id, "status": user.status, "lastUpdated": user.last_updated, **profile}


def _group_row(group: Group) -> dict[str, str | float]:
    return {
        "id": group.id,
        "type": group.type,
        "lastUpdated": group.last_updated,
        "lastMembershipUpdated": group.last_membership_updated,
    }
