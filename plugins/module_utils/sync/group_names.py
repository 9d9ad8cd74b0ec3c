# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding the groups of the directory that a policy names. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group


class GroupNames:
    """The groups of a snapshot, by external id and by name."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._by_external_id = {group.external_id: group for group in groups}
        self._by_name: dict[str, list[Group]] = {}
        for group in groups:
            self._by_name.setdefault(group.name, []).append(group)

    def find(self, wanted: str) -> Group | None:
        """Return the group with this external id, else the only one of this name; None where there is none such."""
        if wanted in self._by_external_id:
            return self._by_external_id[wanted]
        found = self._by_name.get(wanted, ())
        return found[0] if len(found) == 1 else None

    def why_not(self, wanted: str) -> str:
        """Say why :meth:`find` finds nothing."""
        if self._by_name.get(wanted):
            return "several groups of the snapshot have this name: use the external id"
        return "no group of the snapshot has this external id or name"
