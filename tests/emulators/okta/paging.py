# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages with opaque cursors in Link headers (https://developer.okta.com/docs/api/#pagination)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from .errors import OktaError

Row = TypeVar("Row")


def page(
    rows: Sequence[Row], request: web.Request, base_url: str, *, most: int, usual: int
) -> tuple[Sequence[Row], CIMultiDict[str]]:
    """Return the rows of the page that the request asks for, and two Link headers: self and, if there is more, next.

    ``limit`` is capped at ``most`` and is ``usual`` where it is missing.
    """
    limit = _limit(request, most, usual)
    start = _position(request.query.get("after"))
    address = URL(base_url).with_path(request.path)
    links: CIMultiDict[str] = CIMultiDict()
    links.add("Link", f'<{address.with_query(request.query)}>; rel="self"')
    if start + limit < len(rows):
        query = {**request.query, "after": _cursor(start + limit), "limit": str(limit)}
        links.add("Link", f'<{address.with_query(query)}>; rel="next"')
    return rows[start : start + limit], links


def _limit(request: web.Request, most: int, usual: int) -> int:
    text = request.query.get("limit", str(usual))
    if not text.isdecimal() or int(text) < 1:
        raise OktaError(400, "E0000001", "Api validation failed: limit")
    return min(int(text), most)


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"position:{position}".encode()).decode()


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("position:"))
    except (binascii.Error, ValueError):
        raise OktaError(400, "E0000001", "Api validation failed: after") from None
