# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the object that a request's address names."""

from __future__ import annotations

from aiohttp import web

from .errors import InvalidModelError, NotFoundError
from .request_model import is_guid
from .store import Row, Table


def find(table: Table[Row], request: web.Request) -> Row:
    """Return the row with the ``id`` of the path; 404 without a body when there is none, 400 when it is no GUID."""
    key = request.match_info["id"]
    if not is_guid(key):
        raise InvalidModelError({"id": [f"The value '{key}' is not valid."]})
    row = table.get(key.lower())
    if row is None:
        raise NotFoundError
    return row
