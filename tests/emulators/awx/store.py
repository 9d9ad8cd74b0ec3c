# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a controller. Ids run through all resources, since templates of all kinds share theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .errors import ControllerError, invalid, not_found
from .resources import RESOURCES, UNIFIED, Field, Resource

Object = dict[str, Any]


class Store:
    """Objects by resource and id, and the lists of ids that are associated with an object or a role."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, Object]] = {}
        self.associated: dict[str, list[int]] = {}
        self._roles: dict[str, int] = {}
        self._last = 0
        self.clear()

    def clear(self) -> None:
        """Begin anew, with the organization that every controller is installed with."""
        self.objects = {path: {} for path in RESOURCES}
        self.associated = {}
        self._roles = {}
        self._last = 0
        self.add("organizations", {"name": "Default"})

    def next_id(self) -> int:
        """Return an id that nothing had before."""
        self._last += 1
        return self._last

    def get(self, path: str, id_: int) -> Object:
        """Return an object."""
        try:
            return self.objects[path][id_]
        except KeyError:
            raise not_found() from None

    def named(self, path: str, name: str) -> Object:
        """Return the object with this name, or identifier; for tests."""
        [found] = [item for item in self.objects[path].values() if name in (item.get("name"), item.get("identifier"))]
        return found

    def add(self, path: str, values: Mapping[str, Any]) -> Object:
        """Add an object with these values of its fields; others are ignored, as the controller ignores them."""
        resource = RESOURCES[path]
        item: Object = {"id": 0}
        for name, field in resource.fields.items():
            if field.required and values.get(name) in (None, ""):
                raise invalid(name, "This field is required.")
            item[name] = self._accepted(name, field, values[name]) if name in values else field.default
        self._unique(resource, item)
        item["id"] = self.next_id()
        self.objects[path][item["id"]] = item
        return item

    def change(self, path: str, id_: int, values: Mapping[str, Any]) -> Object:
        """Change the fields of an object that are among these."""
        resource, item = RESOURCES[path], self.get(path, id_)
        fields = {name: field for name, field in resource.fields.items() if name in values}
        changed = {**item, **{name: self._accepted(name, field, values[name]) for name, field in fields.items()}}
        self._unique(resource, changed)
        item.update(changed)
        return item

    def remove(self, path: str, id_: int) -> None:
        """Remove an object."""
        self.get(path, id_)
        del self.objects[path][id_]

    def unified(self) -> Iterable[tuple[str, Object]]:
        """Yield the templates of all kinds, each with its resource."""
        for path in UNIFIED:
            for item in self.objects[path].values():
                yield path, item

    def role(self, path: str, id_: int, name: str) -> int:
        """Return the id of a role on an object."""
        return self._roles.setdefault(f"{path}/{id_}/{name}", 1000 + len(self._roles))

    def _accepted(self, name: str, field: Field, value: Any) -> Any:
        if value is None or field.kind == "json":
            return value
        if field.kind == "link":
            if not any(value in self.objects[path] for path in field.to):
                raise invalid(name, f'Invalid pk "{value}" - object does not exist.')
            return value
        expected = {"text": str, "bool": bool, "int": int}[field.kind]
        if not isinstance(value, expected):
            raise invalid(name, f"Not a valid {'string' if expected is str else expected.__name__}.")
        return value

    def _unique(self, resource: Resource, item: Object) -> None:
        if not resource.identity:
            return
        for other in self.objects[resource.path].values():
            if other["id"] != item["id"] and all(other[name] == item[name] for name in resource.identity):
                names = ", ".join(resource.identity)
                raise ControllerError(400, {"__all__": [f"{resource.type} with this ({names}) combination exists."]})
