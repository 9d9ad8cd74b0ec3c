# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages by number or by cursor, described in headers.

https://developers.onelogin.com/api-docs/2/getting-started/using-query-parameters
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from .errors import OneLoginError

Row = TypeVar("Row")
USUAL = 50


def page(rows: Sequence[Row], query: Mapping[str, str], largest: int) -> tuple[Sequence[Row], dict[str, str]]:
    """Return the rows of the page that the query asks for, at most ``largest``, and the headers that describe it."""
    if "cursor" in query:
        if "limit" in query or "page" in query:
            raise OneLoginError(400, "cursor cannot be combined with limit or page")
        query = _decoded(query["cursor"])
    limit = min(_number(query, "limit", USUAL), largest)
    number = _number(query, "page", 1)
    total = max(1, math.ceil(len(rows) / limit))
    headers = {
        "Current-Page": str(number),
        "Page-Items": str(limit),
        "Total-Pages": str(total),
        "Total-Count": str(len(rows)),
    }
    if number < total:
        headers["After-Cursor"] = _encoded(limit, number + 1)
    if number > 1:
        headers["Before-Cursor"] = _encoded(limit, number - 1)
    return rows[(number - 1) * limit : number * limit], headers


def _number(query: Mapping[str, str], name: str, usual: int) -> int:
    text = query.get(name, str(usual))
    if not text.isdecimal() or int(text) < 1:
        raise OneLoginError(400, f"{name} must be a positive number")
    return int(text)


def _encoded(limit: int, number: int) -> str:
    return base64.b64encode(urlencode({"limit": limit, "page": number}).encode()).decode()


def _decoded(cursor: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(base64.b64decode(cursor, validate=True).decode()))
    except (binascii.Error, ValueError):
        raise OneLoginError(400, "cursor is not valid") from None
