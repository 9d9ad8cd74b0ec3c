# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The handlers: lists with filters and pages, objects, associations, roles and approvals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from .errors import ControllerError, invalid, not_found
from .resources import RESOURCES, Resource
from .rules import ENCRYPTED, Rules
from .store import Object, Store

ROOT = "/api/v2/"
PAGE = 25
_PAGING = ("page", "page_size", "order_by")


class Api:
    """The controller's API for one store."""

    def __init__(self, store: Store, rules: Rules) -> None:
        self._store = store
        self._rules = rules

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; those of single purposes come first."""
        return [
            web.get(ROOT + "unified_job_templates/", self.unified),
            web.get(ROOT + r"project_updates/{id:\d+}/", self.project_update),
            web.get(ROOT + r"roles/{id:\d+}/teams/", self.role_teams),
            web.post(ROOT + r"roles/{id:\d+}/teams/", self.grant),
            web.post(ROOT + r"workflow_job_template_nodes/{id:\d+}/create_approval_template/", self.create_approval),
            web.get(ROOT + "{path}/", self.list),
            web.post(ROOT + "{path}/", self.create),
            web.get(ROOT + r"{path}/{id:\d+}/", self.retrieve),
            web.patch(ROOT + r"{path}/{id:\d+}/", self.change),
            web.delete(ROOT + r"{path}/{id:\d+}/", self.delete),
            web.get(ROOT + r"{path}/{id:\d+}/{association}/", self.associated),
            web.post(ROOT + r"{path}/{id:\d+}/{association}/", self.associate),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """List the objects that fit the filters."""
        resource = _resource(request)
        rows = [(resource.path, item) for item in self._store.objects[resource.path].values()]
        return self._page(request, [row for row in rows if _fits(row[1], request.query, resource)])

    async def unified(self, request: web.Request) -> web.Response:
        """List the templates of all kinds that fit the filters."""
        rows = [(path, item) for path, item in self._store.unified() if _fits(item, request.query, None)]
        return self._page(request, rows)

    async def create(self, request: web.Request) -> web.Response:
        """Create an object."""
        resource = _resource(request)
        if not resource.creatable:
            raise ControllerError(405, {"detail": 'Method "POST" not allowed.'})
        item = self._store.add(resource.path, await request.json())
        try:
            self._rules.check(resource.path, item)
        except ControllerError:
            self._store.remove(resource.path, item["id"])
            raise
        return web.json_response(self._shown(resource.path, item), status=201)

    async def retrieve(self, request: web.Request) -> web.Response:
        """Return an object."""
        resource = _resource(request)
        return web.json_response(self._shown(resource.path, self._store.get(resource.path, _id(request))))

    async def change(self, request: web.Request) -> web.Response:
        """Change an object; secrets that come back hidden stay what they are."""
        resource = _resource(request)
        before = dict(self._store.get(resource.path, _id(request)))
        values = {name: _unhidden(value, before.get(name)) for name, value in (await request.json()).items()}
        item = self._store.change(resource.path, _id(request), values)
        try:
            self._rules.check(resource.path, item)
        except ControllerError:
            item.update(before)
            raise
        return web.json_response(self._shown(resource.path, item))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete an object."""
        self._store.remove(_resource(request).path, _id(request))
        return web.Response(status=204)

    async def associated(self, request: web.Request) -> web.Response:
        """List what is associated with an object."""
        key, target = self._association(request)
        return self._page(
            request, [(target, self._store.get(target, id_)) for id_ in self._store.associated.get(key, [])]
        )

    async def associate(self, request: web.Request) -> web.Response:
        """Associate an object with another, or end that."""
        key, target = self._association(request)
        body = await request.json()
        if target == "credentials" and not body.get("disassociate"):
            self._one_of_each_type(key, body["id"])
        return self._change_association(key, target, body)

    async def role_teams(self, request: web.Request) -> web.Response:
        """List the teams that have a role."""
        ids = self._store.associated.get(f"roles/{_id(request)}/teams", [])
        return self._page(request, [("teams", self._store.get("teams", id_)) for id_ in ids])

    async def grant(self, request: web.Request) -> web.Response:
        """Grant a role to a team, or take it away."""
        return self._change_association(f"roles/{_id(request)}/teams", "teams", await request.json())

    async def create_approval(self, request: web.Request) -> web.Response:
        """Make an approval the template of a node."""
        node = self._store.get("workflow_job_template_nodes", _id(request))
        approval = self._store.add("workflow_approval_templates", await request.json())
        node["unified_job_template"] = approval["id"]
        return web.json_response(self._shown("workflow_approval_templates", approval), status=201)

    async def project_update(self, request: web.Request) -> web.Response:
        """Return an update of a project: it has succeeded by the time that anybody asks."""
        return web.json_response(
            {"id": _id(request), "type": "project_update", "status": "successful", "failed": False}
        )

    def _association(self, request: web.Request) -> tuple[str, str]:
        resource, name = _resource(request), request.match_info["association"]
        self._store.get(resource.path, _id(request))
        if name not in resource.associations:
            raise not_found()
        return f"{resource.path}/{_id(request)}/{name}", resource.associations[name]

    def _change_association(self, key: str, target: str, body: Mapping[str, Any]) -> web.Response:
        if body.get("id") not in self._store.objects[target]:
            raise invalid("id", f"Invalid id {body.get('id')}")
        ids = self._store.associated.setdefault(key, [])
        if body.get("disassociate"):
            ids[:] = [id_ for id_ in ids if id_ != body["id"]]
        elif body["id"] not in ids:
            ids.append(body["id"])
        return web.Response(status=204)

    def _one_of_each_type(self, key: str, id_: int) -> None:
        types = [
            self._store.get("credentials", other)["credential_type"] for other in self._store.associated.get(key, [])
        ]
        credential = self._store.objects["credentials"].get(id_)
        if credential is not None and credential["credential_type"] in types:
            name = self._store.get("credential_types", credential["credential_type"])["name"]
            raise ControllerError(400, {"error": f"Cannot assign multiple {name} credentials."})

    def _page(self, request: web.Request, rows: Iterable[tuple[str, Object]]) -> web.Response:
        rows, number = list(rows), int(request.query.get("page", 1))
        shown = rows[(number - 1) * PAGE : number * PAGE]
        after = str(request.rel_url.update_query(page=str(number + 1))) if len(rows) > number * PAGE else None
        results = [self._shown(path, item) for path, item in shown]
        return web.json_response({"count": len(rows), "next": after, "previous": None, "results": results})

    def _shown(self, path: str, item: Object) -> Object:
        resource, url = RESOURCES[path], f"{ROOT}{path}/{item['id']}/"
        related = {name: f"{url}{name}/" for name in resource.associations}
        summary: Object = {}
        if item.get("unified_job_template") is not None:
            [kind] = [kind for kind, other in self._store.unified() if other["id"] == item["unified_job_template"]]
            related["unified_job_template"] = f"{ROOT}{kind}/{item['unified_job_template']}/"
        if path == "projects":
            related["update"] = f"{url}update/"
            summary["current_update"] = {"id": item["id"] + 100000, "status": "pending", "failed": False}
        if resource.roles:
            roles = {name: {"id": self._store.role(path, item["id"], name), "name": name} for name in resource.roles}
            summary["object_roles"] = roles
        about = {"type": resource.type, "url": url, "related": related, "summary_fields": summary}
        return {**about, **self._rules.shown(path, item)}


def _resource(request: web.Request) -> Resource:
    try:
        return RESOURCES[request.match_info["path"]]
    except KeyError:
        raise not_found() from None


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])


def _fits(item: Object, query: Mapping[str, str], resource: Resource | None) -> bool:
    """Say whether an object fits all filters, and any of those that begin with ``or__``."""
    fields = {"id", *(resource.fields if resource else ("name", "organization"))}
    any_of: list[bool] = []
    all_of: list[bool] = []
    for name, value in query.items():
        if name in _PAGING:
            continue
        field = name.removeprefix("or__")
        if field not in fields:
            raise ControllerError(
                400, {"detail": f"{resource.type if resource else 'template'} has no field named '{field}'"}
            )
        (any_of if name.startswith("or__") else all_of).append(str(item.get(field)) == value)
    return all(all_of) and (not any_of or any(any_of))


def _unhidden(value: Any, before: Any) -> Any:
    if isinstance(value, dict) and isinstance(before, dict):
        return {name: before.get(name) if part == ENCRYPTED else part for name, part in value.items()}
    return value
