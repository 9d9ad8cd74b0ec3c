# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of the Directory API that a reading needs.

google-api-python-client builds each request from the discovery document that it brings along, and the request for the
next page from the page before. The shared HTTP client sends them: other than httplib2, which that library would use,
it may be shared by all threads, and it knows our retries, pacing, proxies and authorities.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.dependencies import (
    missing_library,
    require_version,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    HttpError,
    HttpStatusError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.errors import directory_error
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.throttling import (
    directory_pacer,
    is_throttling,
    reasons,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request, Response
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.token import TokenCache
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import DEFAULT_USER_AGENT

REASON = "for sources of type google_workspace"
OLDEST_CLIENT = "2.50"
"""Versions from 2.0 on bring the discovery documents along; those before this one need setuptools too."""

USER_PAGE = 500
GROUP_PAGE = 200
MEMBER_PAGE = 200

USER_FIELDS = "id,primaryEmail,name/fullName,suspended,suspensionReason,archived,isGuestUser"
ALIAS_FIELDS = "aliases,nonEditableAliases"
DELETED_FIELDS = "id,primaryEmail,name/fullName,deletionTime"
GROUP_FIELDS = "id,email,name"
MEMBER_FIELDS = "id,email,type"

Row = Mapping[str, Any]


class Transport:
    """What google-api-python-client takes for httplib2's ``Http``: authorised, and safe to share between threads."""

    def __init__(self, http: HttpClient, token: TokenCache) -> None:
        self._http = http
        self._token = token
        self._pacer = directory_pacer()

    def request(self, uri: str, method: str, body: str | None, headers: Mapping[str, str]) -> tuple[Response, bytes]:
        """Return the answer and its body, which is JSON; every call of ours only reads, whatever its method.

        Google compresses only for a User-Agent that says ``gzip``, as the library's does.
        """
        sent = {name: value for name, value in headers.items() if name != "content-length"}
        sent["user-agent"] = f"{DEFAULT_USER_AGENT} {headers['user-agent']}"
        content = body.encode() if body else None
        request = Request(method, uri, content=content, headers=sent, idempotent=True, token=self._token)
        response = self._http.send(request, self._pacer)
        response.json()
        return response, response.content


class DirectoryClient:
    """Lists what one account holds; ``account`` is the parameter ``customer`` or ``domain``.

    Every method raises DirectoryError where a call fails in spite of all repetitions, and IncompleteReadError where
    an answer is not what the API promises.
    """

    def __init__(
        self, transport: Transport, api_url: str, account: Mapping[str, str], subject: str, *, aliases: bool = False
    ) -> None:
        try:
            from googleapiclient.discovery import build
        except ImportError as error:
            raise missing_library("google-api-python-client", REASON, error) from error
        require_version("google-api-python-client", REASON, minimum=OLDEST_CLIENT)
        options = {"api_endpoint": f"{api_url}/"}
        service = build("admin", "directory_v1", http=transport, static_discovery=True, client_options=options)
        self._users, self._groups, self._members = service.users(), service.groups(), service.members()
        self._account = account
        self._subject = subject
        self._user_fields = f"{USER_FIELDS},{ALIAS_FIELDS}" if aliases else USER_FIELDS

    def users(self, query: str | None = None, page_size: int = USER_PAGE) -> Iterator[list[Row]]:
        """Yield the pages of the users that the query finds, deleted ones excepted."""
        search = {"query": query} if query else {}
        return self._pages(
            "users",
            self._users,
            {**self._account, **search, "maxResults": page_size, "projection": "basic"},
            self._user_fields,
        )

    def deleted_users(self) -> Iterator[list[Row]]:
        """Yield the pages of the users that were deleted and can still be restored; no query applies to them."""
        return self._pages(
            "users",
            self._users,
            {**self._account, "showDeleted": "true", "maxResults": USER_PAGE},
            DELETED_FIELDS,
        )

    def groups(self, query: str | None = None, page_size: int = GROUP_PAGE) -> Iterator[list[Row]]:
        """Yield the pages of the groups that the query finds."""
        search = {"query": query} if query else {}
        return self._pages("groups", self._groups, {**self._account, **search, "maxResults": page_size}, GROUP_FIELDS)

    def members(self, group_id: str, *, derived: bool = False, foreign: bool = False) -> list[Row] | None:
        """Return the direct members of a group, with ``derived`` also those of its nested groups.

        None where the group does not exist (any more), or, if it may be a ``foreign`` one, cannot be read.
        """
        parameters = {"groupKey": group_id, "maxResults": MEMBER_PAGE}
        if derived:
            parameters["includeDerivedMembership"] = True
        try:
            pages = self._raw_pages("members", self._members, parameters, MEMBER_FIELDS)
            return [row for page in pages for row in page]
        except HttpError as error:
            if _is_absent(error, foreign):
                return None
            doing = f"Reading the members of the group {group_id}"
            raise directory_error(error, doing, subject=self._subject) from error

    def _pages(self, collection: str, resource: Any, parameters: Mapping[str, Any], fields: str) -> Iterator[list[Row]]:
        try:
            yield from self._raw_pages(collection, resource, parameters, fields)
        except HttpError as error:
            doing = f"Listing the {collection} of {' '.join(self._account.values())}"
            query = parameters.get("query")
            raise directory_error(error, doing, subject=self._subject, query=query) from error

    def _raw_pages(
        self, collection: str, resource: Any, parameters: Mapping[str, Any], fields: str
    ) -> Iterator[list[Row]]:
        """Yield the pages of a listing to its end; each answer must say of what kind it is."""
        request = resource.list(**parameters, fields=f"kind,nextPageToken,{collection}({fields})")
        tokens: set[str] = set()
        while request is not None:
            # A copy, because a request with a long query becomes a POST when executed, which has no next page.
            page = copy.copy(request).execute()
            yield _rows(page, collection)
            token = page.get("nextPageToken")
            if token in tokens:
                raise IncompleteReadError(f"Google repeats a page of {collection}, so that the listing has no end")
            tokens.add(token)
            request = resource.list_next(request, page)


def _is_absent(error: HttpError, foreign: bool) -> bool:
    """Say whether a group does not exist, or, where it may be a foreign one, is not ours to read.

    Only Google's own 404 tells: that of something in between would empty the group.
    """
    if not isinstance(error, HttpStatusError):
        return False
    given = reasons(error.body)
    refused = error.status == 403 and not is_throttling(403, given)
    return (error.status == 404 and "notFound" in given) or (foreign and refused)


def _rows(page: object, collection: str) -> list[Row]:
    """Return the rows of a page, which may have none; raises IncompleteReadError for anything else than a page."""
    if not isinstance(page, dict) or not str(page.get("kind")).endswith(f"directory#{collection}"):
        raise IncompleteReadError(
            f"The answer to listing {collection} is not one of the Directory API",
            hint="Check the option api_url and what stands between this host and Google",
        )
    rows = page.get(collection, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("id") for row in rows):
        raise IncompleteReadError(f"An answer to listing {collection} holds entries without id")
    return rows
