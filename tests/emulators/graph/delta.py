# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Delta queries: what changed among users or groups since a link was given out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..common import Clock
from .answers import Answer, GraphError, bad_request
from .listing import ApiRequest, Tokens
from .schema import TYPES
from .tenant import EVERYTHING, Change, DirectoryObject, Kind, Tenant

LINK_LIFETIME = 7 * 24 * 3600.0
"""Seconds that a delta link of directory objects lasts."""

_OPTIONS = frozenset({"$select", "$deltatoken", "$skiptoken", "$top"})


class Delta:
    """Answers delta queries, with as little as the contract allows.

    Updated objects come with their id and what changed only; a group whose membership changed in more than
    ``members_per_entry`` places comes several times; ``$top`` is ignored in favour of ``page_size``.
    """

    def __init__(self, tenant: Tenant, clock: Clock) -> None:
        self.page_size = 200
        self.members_per_entry = 500
        self._tenant = tenant
        self._tokens = Tokens(clock)
        self._generation = 0

    def reset(self) -> None:
        """Make every link given out so far answer 410, as happens when a tenant is moved."""
        self._generation += 1

    def answer(self, request: ApiRequest, base_url: str, kind: Kind) -> Answer:
        """Return one page of changes, or where a first request asks for it only a link for later."""
        request.allow(_OPTIONS)
        path = f"{base_url}/v1.0/{TYPES[kind].set_name}/delta"
        token = request.query.get("$deltatoken") or request.query.get("$skiptoken")
        end = len(self._tenant.log)
        if token is None or token == "latest":
            select = request.query.get("$select", ",".join([*TYPES[kind].default, "members"])).split(",")
            start = end if token else 0
            content = {"start": start, "end": end, "select": select, "offset": 0, "initial": token is None}
        else:
            content = self._read(token, f"{path}?$deltatoken=")
            if "$deltatoken" in request.query:
                content |= {"start": content["end"], "end": end, "offset": 0, "initial": False}
        return self._page(path, kind, content)

    def _read(self, token: str, fresh: str) -> dict[str, Any]:
        content, age = self._tokens.read(token)
        if content["generation"] != self._generation:
            raise GraphError(410, "resyncRequired", "Resync is required.", {"Location": fresh})
        if age > LINK_LIFETIME:
            raise bad_request(
                "The sync state generation is not found; continuationToken points to wrong place.",
                "syncStateNotFound",
            )
        return content

    def _page(self, path: str, kind: Kind, content: dict[str, Any]) -> Answer:
        changes = [change for change in self._tenant.log[content["start"] : content["end"]] if change.kind == kind]
        entries = list(self._entries(kind, changes, content["select"], initial=content["initial"]))
        offset, size = content["offset"], self.page_size
        state = {**content, "generation": self._generation}
        body: dict[str, Any] = {"@odata.context": path.replace("/delta", "").replace("/v1.0/", "/v1.0/$metadata#")}
        if offset + size < len(entries):
            token = self._tokens.make(**state | {"offset": offset + size})
            body["@odata.nextLink"] = f"{path}?$skiptoken={token}"
        else:
            token = self._tokens.make(**state)
            body["@odata.deltaLink"] = f"{path}?$deltatoken={token}"
        body["value"] = entries[offset : offset + size]
        return Answer(200, body)

    def _entries(
        self, kind: Kind, changes: list[Change], select: list[str], *, initial: bool
    ) -> Iterator[dict[str, Any]]:
        tracked = frozenset(select)
        for object_id in dict.fromkeys(change.id for change in changes):
            own = [change for change in changes if change.id == object_id]
            item = self._tenant.objects.get(object_id)
            if item is None:
                if not initial:
                    reason = "changed" if object_id in self._tenant.deleted else "deleted"
                    yield {"id": object_id, "@removed": {"reason": reason}}
                continue
            names = frozenset().union(*(change.properties for change in own))
            shown = tracked if names >= EVERYTHING else names & tracked
            members = dict.fromkeys(change.member for change in own if change.member) if "members" in tracked else {}
            if shown or members:
                yield from self._pieces(kind, item, shown, members)

    def _pieces(
        self, kind: Kind, item: DirectoryObject, shown: frozenset[str], members: Iterable[str]
    ) -> Iterator[dict[str, Any]]:
        names = sorted(shown & TYPES[kind].properties - {"id"})
        entry = {"id": item.id, **{name: item.properties.get(name) for name in names}}
        changed = [self._member(item, member) for member in members]
        if not changed:
            yield entry
        for start in range(0, len(changed), self.members_per_entry):
            yield {**entry, "members@delta": changed[start : start + self.members_per_entry]}

    def _member(self, group: DirectoryObject, member: str) -> dict[str, Any]:
        found = self._tenant.objects.get(member) or self._tenant.deleted.get(member)
        entry: dict[str, Any] = {"@odata.type": f"#microsoft.graph.{found.kind if found else 'user'}", "id": member}
        if member not in group.members:
            entry["@removed"] = {"reason": "deleted"}
        return entry
