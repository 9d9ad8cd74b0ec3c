# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Directory API's own contract: the discovery document that google-api-python-client brings along."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import googleapiclient
import jsonschema

from ..common.recorder import RecordedRequest
from . import field_masks
from .directory_api import BASE

DOCUMENT = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "admin.directory_v1.json"


class Discovery:
    """Finds what is wrong with requests and answers, as the document describes them."""

    def __init__(self) -> None:
        self._document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
        self._definitions = {name: _json_schema(schema) for name, schema in self._document["schemas"].items()}

    def answer_faults(self, collection: str, body: Any) -> list[str]:
        """Return what of an answer to ``list`` does not fit its schema; members that it does not know count, too."""
        name = self._method(collection)["response"]["$ref"]
        schema = {"$ref": f"#/$defs/{name}", "$defs": self._definitions}
        return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(body)]

    def request_faults(self, request: RecordedRequest) -> list[str]:
        """Return what of a recorded request does not fit the method that it calls."""
        collection = request.path.removeprefix(BASE).rpartition("/")[2]
        method = self._method(collection)
        known = {**method["parameters"], **self._document["parameters"]}
        faults = [f"unknown parameter {name}" for name in request.query if name not in known]
        for name, value in request.query.items():
            faults += [f"{name}={value}: {fault}" for fault in _parameter_faults(known.get(name, {}), value)]
        fields = field_masks.parse(request.query.get("fields"))
        return faults + list(self._mask_faults(fields, method["response"]["$ref"]))

    def scopes(self, collection: str) -> list[str]:
        """Return the scopes of which ``list`` needs one."""
        return list(self._method(collection)["scopes"])

    def _method(self, collection: str) -> Mapping[str, Any]:
        method: Mapping[str, Any] = self._document["resources"][collection]["methods"]["list"]
        return method

    def _mask_faults(self, mask: field_masks.Mask, schema: str) -> Iterator[str]:
        properties = self._document["schemas"][schema]["properties"]
        for name, inner in mask.items():
            if name not in properties:
                yield f"{schema} has no field {name}"
            elif inner and (reference := _reference(properties[name])):
                yield from self._mask_faults(inner, reference)


def _reference(field: Mapping[str, Any]) -> str | None:
    """Return the schema of the objects in a field."""
    reference = field.get("$ref") or field.get("items", {}).get("$ref")
    return None if reference is None else str(reference)


def _parameter_faults(parameter: Mapping[str, Any], value: str) -> Iterator[str]:
    if parameter.get("type") == "integer":
        if not value.isdecimal():
            yield "no integer"
        elif not int(parameter.get("minimum", 0)) <= int(value) <= int(parameter.get("maximum", value)):
            yield "out of bounds"
    if parameter.get("type") == "boolean" and value not in ("true", "false"):
        yield "no boolean"
    if "enum" in parameter and value not in parameter["enum"]:
        yield "not one of the values"


def _json_schema(schema: Any) -> Any:
    """Return a schema of the document as JSON Schema in which objects have no other fields than those described."""
    if isinstance(schema, list):
        return [_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    if schema.get("type") == "any":
        return {}
    result: dict[str, Any] = {"type": schema["type"]}
    if "items" in schema:
        result["items"] = _json_schema(schema["items"])
    if "properties" in schema:
        result["properties"] = {name: _json_schema(field) for name, field in schema["properties"].items()}
        result["additionalProperties"] = False
    return result
