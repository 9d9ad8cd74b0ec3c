# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python's package index (PEP 503) and Ansible Galaxy (version 3 of its API), over files of this machine."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aiohttp import web

from ..common import Emulator

_COLLECTION = "/api/v3/collections/{namespace}/{name}/"


class RegistriesEmulator(Emulator):
    """Both under one address, since their paths do not meet. ``files`` are wheels and tarballs of collections."""

    def __init__(self, files: Iterable[Path]) -> None:
        super().__init__()
        self._files = {path.name: path for path in files}
        self._collections = {
            (found["namespace"], found["name"]): (path, found)
            for path in self._files.values()
            if path.name.endswith(".tar.gz")
            for found in [_collection(path)]
        }

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of both."""
        return [
            web.get("/simple/{project}/", self._project),
            web.get("/files/{file}", self._file),
            web.get("/api/", self._versions_of_the_api),
            web.get(_COLLECTION, self._about_collection),
            web.get(_COLLECTION + "versions/", self._versions),
            web.get(_COLLECTION + "versions/{version}/", self._version),
        ]

    def state(self) -> dict[str, Any]:
        """Return the paths of the files."""
        return {"files": [str(path) for path in self._files.values()]}

    def load_state(self, state: dict[str, Any]) -> None:
        """Serve the files with these paths."""
        RegistriesEmulator.__init__(self, map(Path, state["files"]))

    def reset(self) -> None:
        """Serve nothing."""
        self.load_state({"files": []})

    async def _project(self, request: web.Request) -> web.Response:
        """List the wheels of a project, each with its hash."""
        project = request.match_info["project"]
        wheels = [path for path in self._files.values() if _project_of(path) == project]
        if not wheels:
            raise web.HTTPNotFound
        links = "".join(f'<a href="/files/{path.name}#sha256={_sha256(path)}">{path.name}</a>' for path in wheels)
        return web.Response(text=f"<!DOCTYPE html><html><body>{links}</body></html>", content_type="text/html")

    async def _file(self, request: web.Request) -> web.Response:
        path = self._files.get(request.match_info["file"])
        if path is None:
            raise web.HTTPNotFound
        return web.Response(body=path.read_bytes(), content_type="application/octet-stream")

    async def _versions_of_the_api(self, _request: web.Request) -> web.Response:
        return web.json_response({"available_versions": {"v3": "v3/"}})

    async def _about_collection(self, request: web.Request) -> web.Response:
        _path, found = self._found(request)
        return web.json_response(
            {
                "namespace": found["namespace"],
                "name": found["name"],
                "deprecated": False,
                "created_at": "2026-01-01T00:00:00.000000Z",
                "updated_at": "2026-01-01T00:00:00.000000Z",
                "highest_version": {"version": found["version"]},
            }
        )

    async def _versions(self, request: web.Request) -> web.Response:
        _path, found = self._found(request)
        links = {"first": None, "previous": None, "next": None, "last": None}
        return web.json_response({"meta": {"count": 1}, "links": links, "data": [{"version": found["version"]}]})

    async def _version(self, request: web.Request) -> web.Response:
        path, found = self._found(request)
        if request.match_info["version"] != found["version"]:
            raise web.HTTPNotFound
        address = f"{request.scheme}://{request.host}"
        return web.json_response(
            {
                "version": found["version"],
                "href": request.path,
                "namespace": {"name": found["namespace"], "metadata_sha256": None},
                "collection": {"name": found["name"]},
                "name": found["name"],
                "download_url": f"{address}/files/{path.name}",
                "artifact": {"filename": path.name, "sha256": _sha256(path), "size": path.stat().st_size},
                "metadata": {"dependencies": found["dependencies"]},
                "signatures": [],
            }
        )

    def _found(self, request: web.Request) -> tuple[Path, dict[str, Any]]:
        found = self._collections.get((request.match_info["namespace"], request.match_info["name"]))
        if found is None:
            raise web.HTTPNotFound
        return found


def _collection(path: Path) -> dict[str, Any]:
    """Return what a tarball says of the collection in it."""
    with tarfile.open(path) as archive:
        manifest = archive.extractfile("MANIFEST.json")
        assert manifest is not None
        found: dict[str, Any] = json.load(manifest)["collection_info"]
    return found


def _project_of(wheel: Path) -> str:
    """Return the normalized name of the project of a wheel."""
    return re.sub(r"[-_.]+", "-", wheel.name.partition("-")[0]).lower() if wheel.suffix == ".whl" else ""


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
