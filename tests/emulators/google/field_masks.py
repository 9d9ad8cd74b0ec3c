# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Partial responses: the ``fields`` parameter (https://developers.google.com/workspace/admin/directory/v1/guides/performance)."""

from __future__ import annotations

import re
from typing import Any

from .errors import ApiError

Mask = dict[str, "Mask"]


def parse(text: str | None) -> Mask:
    """Return a mask such as ``kind,users(id,name/fullName)`` as nested dicts; an empty one (from None) selects all."""
    if text is None:
        return {}
    tokens = re.findall(r"[A-Za-z_]+|[(),/]|.", text)
    mask, rest = _selectors(tokens)
    if rest:
        raise _invalid(text)
    return mask


def apply(mask: Mask, value: Any) -> Any:
    """Return what the mask selects of a JSON value."""
    if not mask:
        return value
    if isinstance(value, list):
        return [apply(mask, item) for item in value]
    return {name: apply(inner, value[name]) for name, inner in mask.items() if name in value}


def _selectors(tokens: list[str]) -> tuple[Mask, list[str]]:
    mask: Mask = {}
    while True:
        inner, tokens = _selector(mask, tokens)
        if tokens[:1] == ["("]:
            nested, tokens = _selectors(tokens[1:])
            if tokens[:1] != [")"]:
                raise _invalid("".join(tokens))
            inner.update(nested)
            tokens = tokens[1:]
        if tokens[:1] != [","]:
            return mask, tokens
        tokens = tokens[1:]


def _selector(mask: Mask, tokens: list[str]) -> tuple[Mask, list[str]]:
    """Read ``a/b/c`` into the mask and return the mask of its last part."""
    while True:
        if not tokens or not re.fullmatch(r"[A-Za-z_]+", tokens[0]):
            raise _invalid("".join(tokens))
        mask = mask.setdefault(tokens[0], {})
        if tokens[1:2] != ["/"]:
            return mask, tokens[1:]
        tokens = tokens[2:]


def _invalid(text: str) -> ApiError:
    return ApiError(400, "invalidParameter", f"Invalid field selection {text}")
