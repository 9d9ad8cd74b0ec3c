# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access of members and groups to collections, as requests state it."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from .errors import BadRequestError
from .request_model import RequestModel

Associations = list[dict[str, Any]]


def read_associations(model: RequestModel, name: str) -> Associations | None:
    """Return the associations of a request, None when absent or null."""
    models = model.models(name)
    if models is None:
        return None
    return [
        {
            "id": item.guid("id"),
            "readOnly": item.boolean("readOnly", required=True),
            "hidePasswords": item.boolean("hidePasswords", nullable=True),
            "manage": item.boolean("manage", nullable=True),
        }
        for item in models
    ]


def refuse_conflicts(associations: Associations | None) -> None:
    """Refuse an association that both manages and is restricted."""
    for association in associations or ():
        if association["manage"] and (association["readOnly"] or association["hidePasswords"]):
            raise BadRequestError(
                "The Manage property is mutually exclusive and cannot be true while the ReadOnly or HidePasswords"
                " properties are also true."
            )


def known(associations: Associations | None, ids: Container[str]) -> Associations:
    """Return the associations with something that exists; the others are dropped without a word."""
    return [association for association in associations or () if association["id"] in ids]
