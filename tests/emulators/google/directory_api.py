# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Directory API's lists of users, groups and members (https://developers.google.com/workspace/admin/directory).

The parameters, their bounds and the shapes of the answers are those of the published discovery document.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from . import field_masks, queries
from .account import Account
from .errors import ApiError, api_disabled, forbidden, insufficient_scopes, invalid_input, not_found
from .identity import Identity
from .model import CUSTOMER_ID, GROUP_SCOPE, USER_SCOPE, Group, Member, User
from .paging import PageTokens
from .quotas import Quotas

BASE = "/admin/directory/v1"
GZIP_FROM = 1024
Parameters = Mapping[str, str]
Listing = tuple[str, Sequence[User | Group | Member]]
"""What is listed, in words that tell it from other listings, and all of it."""


class DirectoryApi:
    """Answers for one account; ``enabled`` says whether the project may use the API at all."""

    def __init__(self, account: Account, identity: Identity, tokens: PageTokens, quotas: Quotas) -> None:
        self._account = account
        self._identity = identity
        self._tokens = tokens
        self._quotas = quotas
        self.enabled = True

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; POST stands for GET where the parameters are too long for an address."""
        handlers = {"/users": self.users, "/groups": self.groups, "/groups/{group_key}/members": self.members}
        return [method(BASE + path, handler) for path, handler in handlers.items() for method in (web.get, web.post)]

    async def users(self, request: web.Request) -> web.Response:
        """users.list"""
        return await self._answer(request, "users", USER_SCOPE, self._users, default=100, most=500)

    async def groups(self, request: web.Request) -> web.Response:
        """groups.list"""
        return await self._answer(request, "groups", GROUP_SCOPE, self._groups, default=200, most=200)

    async def members(self, request: web.Request) -> web.Response:
        """members.list"""
        return await self._answer(request, "members", GROUP_SCOPE, self._members, default=200, most=200)

    async def _answer(
        self,
        request: web.Request,
        collection: str,
        scope: str,
        listing: Callable[[web.Request, Parameters], Listing],
        *,
        default: int,
        most: int,
    ) -> web.Response:
        parameters = await _parameters(request)
        grant = self._identity.authorize(request)
        if not self.enabled:
            raise api_disabled()
        if scope not in grant.scopes:
            raise insufficient_scopes()
        subject = self._account.find_user(grant.subject)
        if subject is None or not subject.is_admin:
            raise forbidden()
        async with self._quotas.admit(grant.subject, collection):
            name, items = listing(request, parameters)
            size = _page_size(parameters, default, most)
            page, following = self._tokens.page(items, name, parameters.get("pageToken"), size)
        body: dict[str, Any] = {"kind": f"admin#directory#{collection}", "etag": '"emulated"'}
        body |= {collection: [item.resource() for item in page]} if page else {}
        body |= {"nextPageToken": following} if following else {}
        return _json(request, field_masks.apply(field_masks.parse(parameters.get("fields")), body))

    def _users(self, _request: web.Request, parameters: Parameters) -> Listing:
        domain = self._domain(parameters)
        clauses = queries.parse(parameters.get("query", ""), queries.check_user_clause)
        deleted = parameters.get("showDeleted") == "true"
        if deleted and clauses:
            raise invalid_input("query")
        users = [
            user
            for user in self._account.users.values()
            if (user.deletion_time is not None) == deleted
            and _in_domain(user.primary_email, domain)
            and all(queries.user_fits(clause, user) for clause in clauses)
        ]
        return f"users {domain} {parameters.get('query')} {deleted}", users

    def _groups(self, _request: web.Request, parameters: Parameters) -> Listing:
        domain = self._domain(parameters)
        clauses = queries.parse(parameters.get("query", ""), queries.check_group_clause)
        groups = [
            group
            for group in self._account.groups.values()
            if _in_domain(group.email, domain) and all(queries.group_fits(clause, group) for clause in clauses)
        ]
        return f"groups {domain} {parameters.get('query')}", groups

    def _members(self, request: web.Request, parameters: Parameters) -> Listing:
        group = self._account.find_group(request.match_info["group_key"])
        if group is None:
            raise not_found("Resource Not Found: groupKey")
        derived = parameters.get("includeDerivedMembership") == "true"
        members = self._account.derived_members(group) if derived else group.members
        return f"members {group.id} {derived}", members

    def _domain(self, parameters: Parameters) -> str | None:
        """Return the domain asked for, None for the whole account."""
        domain, customer = parameters.get("domain"), parameters.get("customer")
        if domain is None and customer is None:
            raise ApiError(400, "badRequest", "Bad Request")
        if customer is not None and customer not in ("my_customer", CUSTOMER_ID):
            raise forbidden()
        if domain is not None and domain not in self._account.domains:
            raise not_found("Domain not found.")
        return domain


async def _parameters(request: web.Request) -> Parameters:
    """Return the parameters of a GET, or of a POST that says it is one."""
    if request.method == "GET":
        return request.query
    if request.headers.get("X-HTTP-Method-Override") != "GET":
        raise ApiError(404, "notFound", "Not Found")
    return dict(parse_qsl(await request.text()))


def _page_size(parameters: Parameters, default: int, most: int) -> int:
    text = parameters.get("maxResults", str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise invalid_input("maxResults")
    return int(text)


def _in_domain(email: str, domain: str | None) -> bool:
    return domain is None or email.lower().endswith(f"@{domain}")


def _json(request: web.Request, body: Any) -> web.Response:
    """Return JSON, compressed for a client that says so twice, as Google wants it."""
    content = json.dumps(body).encode()
    response = web.Response(body=content, content_type="application/json", charset="utf-8")
    if len(content) >= GZIP_FROM and "gzip" in request.headers.get("User-Agent", ""):
        response.enable_compression(web.ContentCoding.gzip)
    return response
