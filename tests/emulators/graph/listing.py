# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings: $select, $filter, $top and the pages that next links lead to."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from ..common import Clock
from .answers import Answer, bad_request, denied
from .filters import parse_filter
from .schema import TYPES, EntityType
from .tenant import DirectoryObject

LARGEST_PAGE = 999
DEFAULT_PAGE = 100
_LISTING_OPTIONS = frozenset({"$select", "$filter", "$top", "$count", "$skiptoken"})


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One GET, sent alone or in a batch; names of ``query`` and ``headers`` are in lower case."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    permissions: frozenset[str]

    @classmethod
    def parse(cls, target: str, headers: Mapping[str, str], permissions: frozenset[str]) -> ApiRequest:
        """Return the request for a path below the version, with its query."""
        parts = urlsplit(target)
        query = {name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
        folded = {name.lower(): value for name, value in headers.items()}
        return cls(parts.path, query, folded, permissions)

    @property
    def eventual(self) -> bool:
        """Whether the client accepts the index that advanced queries read."""
        return self.headers.get("consistencylevel", "").lower() == "eventual"

    def allow(self, options: frozenset[str]) -> None:
        """Raise GraphError 400 for a query option that the resource does not know."""
        for name in self.query:
            if name not in options:
                raise bad_request(f"'{name}' is not supported by the service.", "Request_BadRequest")


class Tokens:
    """Makes and reads the opaque tokens in links; each knows when it was made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def make(self, **content: Any) -> str:
        """Return a token."""
        text = json.dumps(content | {"issued": self._clock.now()})
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def read(self, token: str) -> tuple[dict[str, Any], float]:
        """Return the content of a token and its age in seconds; raises GraphError 400 for a forged one."""
        try:
            content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
            return content, self._clock.now() - content["issued"]
        except (ValueError, KeyError, TypeError) as error:
            raise bad_request("Badly formed token.", "Directory_InvalidPageToken") from error


class Listings:
    """Answers listings. Page tokens are good for ``page_token_lifetime`` seconds."""

    def __init__(self, clock: Clock) -> None:
        self.page_token_lifetime = 3600.0
        self._tokens = Tokens(clock)

    def answer(
        self, request: ApiRequest, base_url: str, items: Sequence[DirectoryObject], kind: str | None = None
    ) -> Answer:
        """Return one page of ``items``, which all have the type ``kind`` or, without it, any."""
        request.allow(_LISTING_OPTIONS)
        size = _page_size(request.query.get("$top"))
        select = _selected(request.query.get("$select"), kind)
        chosen = self._filtered(request, items, kind)
        after = self._position(request.query.get("$skiptoken"))
        rest = [item for item in chosen if item.number > after]
        page = rest[:size]
        context = TYPES[kind].set_name if kind else "directoryObjects"
        body: dict[str, Any] = {"@odata.context": f"{base_url}/v1.0/$metadata#{context}"}
        if request.eventual and request.query.get("$count") == "true":
            body["@odata.count"] = len(chosen)
        if len(rest) > size:
            body["@odata.nextLink"] = self._next_link(request, base_url, page[-1].number)
        body["value"] = [_represent(item, select, request.permissions, typed=kind is None) for item in page]
        return Answer(200, body, {"OData-Version": "4.0", "Cache-Control": "no-cache"})

    def _filtered(
        self, request: ApiRequest, items: Sequence[DirectoryObject], kind: str | None
    ) -> Sequence[DirectoryObject]:
        text = request.query.get("$filter")
        if text is None:
            return items
        condition = parse_filter(text, TYPES[kind].properties if kind else frozenset({"id"}))
        if condition.advanced and not (request.eventual and request.query.get("$count") == "true"):
            raise bad_request(
                "Operator is not supported without the request header 'ConsistencyLevel: eventual' and $count=true.",
                "Request_UnsupportedQuery",
            )
        return [item for item in items if condition.matches({"id": item.id, **item.properties})]

    def _position(self, token: str | None) -> int:
        if token is None:
            return 0
        content, age = self._tokens.read(token)
        if age > self.page_token_lifetime:
            raise bad_request(
                "The specified page token value has expired and can no longer be included in your request.",
                "Directory_ExpiredPageToken",
            )
        return int(content["after"])

    def _next_link(self, request: ApiRequest, base_url: str, after: int) -> str:
        query = {**request.query, "$skiptoken": self._tokens.make(after=after)}
        text = "&".join(f"{name}={quote(value, safe='$,')}" for name, value in query.items())
        return f"{base_url}/v1.0{request.path}?{text}"


def require(permissions: frozenset[str], entity: EntityType) -> None:
    """Raise GraphError 403 unless the token may list objects of this type."""
    if not permissions & entity.permissions and entity.basic_permission not in permissions:
        raise denied()


def _represent(
    item: DirectoryObject, select: Sequence[str] | None, permissions: frozenset[str], *, typed: bool
) -> dict[str, Any]:
    """Return an object; what the token may not read of it is null, but never its id and type."""
    entity = TYPES[item.kind]
    visible = entity.properties if permissions & entity.permissions else frozenset({"id"})
    if entity.basic_permission in permissions:
        visible |= entity.basic
    values = {"id": item.id, **item.properties}
    result: dict[str, Any] = {"@odata.type": f"#microsoft.graph.{item.kind}"} if typed else {}
    for name in entity.default if select is None else select:
        result[name] = values.get(name) if name in visible else None
    return result


def _page_size(top: str | None) -> int:
    if top is None:
        return DEFAULT_PAGE
    if not top.isdecimal() or not 1 <= int(top) <= LARGEST_PAGE:
        raise bad_request(
            f"Invalid page size specified: '{top}'. Must be between 1 and {LARGEST_PAGE} inclusive.",
            "Request_UnsupportedQuery",
        )
    return int(top)


def _selected(select: str | None, kind: str | None) -> list[str] | None:
    if select is None:
        return None
    names = [name.strip() for name in select.split(",")]
    known = TYPES[kind].properties if kind else frozenset().union(*(entity.properties for entity in TYPES.values()))
    for name in names:
        if name not in known:
            raise bad_request(
                f"Parsing OData Select and Expand failed: Could not find a property named '{name}' "
                f"on type 'microsoft.graph.{kind or 'directoryObject'}'."
            )
    return names
