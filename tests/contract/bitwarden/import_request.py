# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to the bulk import."""

from __future__ import annotations

from typing import Any

PATH = "/organization/import"


def imported(
    *members: tuple[str | None, str, bool], groups: list[dict[str, Any]] | None = None, **options: Any
) -> dict[str, Any]:
    """Return a request with members as (email, external id, deleted)."""
    return {
        "members": [{"email": email, "externalId": key, "deleted": deleted} for email, key, deleted in members],
        "groups": groups or [],
        "overwriteExisting": False,
        **options,
    }


def group(name: str, external_id: str, *member_external_ids: str) -> dict[str, Any]:
    """Return a group of a request."""
    return {"name": name, "externalId": external_id, "memberExternalIds": list(member_external_ids)}
