# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listings: users and roles of version 2 of the API, groups of version 1."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from .account import Account, Role, User, timestamp
from .errors import OneLoginError
from .paging import page
from .tokens import Tokens

USER_FILTERS = ("email", "username", "firstname", "lastname", "directory_id", "external_id", "samaccountname")
CUSTOM = "custom_attributes."
LARGEST_ROLE_PAGE = 650
LARGEST_MEMBER_PAGE = 100
GROUP_PAGE = 50


@dataclass(slots=True)
class Habits:
    """Where published sources disagree about the real service, or accounts differ.

    ``user_page`` is the largest page of users that the account gets; ``role_ids`` says whether listed users show their
    roles; ``inline_users`` is how many users a listed role shows at most, None for all.
    """

    user_page: int = 50
    role_ids: bool = True
    inline_users: int | None = None


class Api:
    """The handlers."""

    def __init__(self, account: Account, tokens: Tokens, habits: Habits) -> None:
        self._account = account
        self._tokens = tokens
        self.habits = habits

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/api/2/users", self.users),
            web.get("/api/2/roles", self.roles),
            web.get("/api/2/roles/{id}/users", self.role_users),
            web.get("/api/1/groups", self.groups),
        ]

    async def users(self, request: web.Request) -> web.Response:
        """List users, with the fields that are asked for."""
        self._tokens.check(request)
        query = request.query
        users = [user for user in self._account.users.values() if _fits(user, query)]
        rows, headers = page(users, query, self.habits.user_page)
        return web.json_response([_only(self._user(user), query) for user in rows], headers=headers)

    async def roles(self, request: web.Request) -> web.Response:
        """List roles, with their users when these are asked for."""
        self._tokens.check(request)
        query = request.query
        name = query.get("role_name")
        roles = [role for role in self._account.roles.values() if name is None or role.name == name]
        rows, headers = page(roles, query, LARGEST_ROLE_PAGE)
        fields = query.get("fields", "id,name").split(",")
        body = [{name: value for name, value in self._role(role).items() if name in fields} for role in rows]
        return web.json_response(body, headers=headers)

    async def role_users(self, request: web.Request) -> web.Response:
        """List the users who have a role."""
        self._tokens.check(request)
        text = request.match_info["id"]
        role = self._account.roles.get(int(text)) if text.isdecimal() else None
        if role is None:
            raise OneLoginError(404, "The resource you requested could not be found")
        users = [self._account.users[id_] for id_ in role.users]
        rows, headers = page(users, request.query, LARGEST_MEMBER_PAGE)
        body = [
            {
                "id": user.id,
                "name": f"{user.firstname} {user.lastname}",
                "username": user.username,
                "assigned": True,
                "added_at": timestamp(user.created),
            }
            for user in rows
        ]
        return web.json_response(body, headers=headers)

    async def groups(self, request: web.Request) -> web.Response:
        """List groups as version 1 of the API does: pages by cursor, described in the body."""
        self._tokens.check(request)
        after = request.query.get("after_cursor", "0")
        if not after.isdecimal():
            raise OneLoginError(400, "after_cursor is not valid")
        groups = [group for group in self._account.groups.values() if group.id > int(after)]
        rows = groups[:GROUP_PAGE]
        body = {
            "status": {"error": False, "code": 200, "type": "success", "message": "Success"},
            "pagination": {
                "before_cursor": None,
                "after_cursor": str(rows[-1].id) if len(groups) > len(rows) else None,
                "previous_link": None,
                "next_link": None,
            },
            "data": [{"id": group.id, "name": group.name, "reference": None} for group in rows],
        }
        return web.json_response(body)

    def _user(self, user: User) -> dict[str, Any]:
        value: dict[str, Any] = {
            "id": user.id,
            "username": user.username,
            "email": user.email,
            "firstname": user.firstname,
            "lastname": user.lastname,
            "status": user.status,
            "state": user.state,
            "group_id": user.group_id,
            "directory_id": None,
            "external_id": None,
            "samaccountname": None,
            "created_at": timestamp(user.created),
            "updated_at": timestamp(user.updated),
            "activated_at": timestamp(user.created),
            "last_login": None,
            "phone": "",
        }
        if self.habits.role_ids:
            value["role_ids"] = self._account.roles_of(user)
        return value

    def _role(self, role: Role) -> dict[str, Any]:
        users = list(role.users)[: self.habits.inline_users]
        return {"id": role.id, "name": role.name, "apps": [], "users": users, "admins": []}


def _fits(user: User, query: Mapping[str, str]) -> bool:
    """Say whether the user fits all filters of the query, in which ``*`` stands for anything; others are ignored."""
    for name, pattern in query.items():
        if name in USER_FILTERS:
            value = getattr(user, name, None)
        elif name.startswith(CUSTOM):
            value = user.custom_attributes.get(name.removeprefix(CUSTOM))
        else:
            continue
        if value is None or not fnmatch.fnmatch(str(value).lower(), pattern.lower()):
            return False
    return True


def _only(row: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    fields = query.get("fields")
    return row if fields is None else {name: row[name] for name in fields.split(",") if name in row}
