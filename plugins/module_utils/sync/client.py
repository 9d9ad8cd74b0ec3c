# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What carrying out a plan needs of an organization."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import KEEP, Keep
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Member,
    OrganizationGroup,
    Role,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync import importing
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import PLAIN_USER


class Client(importing.Client, Protocol):
    """The calls of the Public API that a plan needs; all raise BitwardenError."""

    def member(self, member_id: str) -> Member | None: ...
    def group(self, group_id: str) -> OrganizationGroup | None: ...
    def invite(self, email: str, external_id: str | None, *, role: Role = PLAIN_USER) -> Member: ...
    def reinvite(self, member_id: str) -> None: ...

    def update_member(
        self, member_id: str, *, external_id: str | Keep | None = KEEP, role: Role | None = None
    ) -> None: ...

    def revoke(self, member_id: str) -> None: ...
    def restore(self, member_id: str) -> None: ...
    def remove_member(self, member_id: str) -> None: ...

    def create_group(
        self, name: str, external_id: str | None, *, collections: Sequence[Association] = ()
    ) -> OrganizationGroup: ...

    def update_group(
        self,
        group_id: str,
        *,
        name: str | None = None,
        external_id: str | Keep | None = KEEP,
        granting: Sequence[Association] = (),
        withdrawing: Collection[str] = (),
    ) -> None: ...

    def delete_group(self, group_id: str) -> None: ...
    def set_group_member_ids(self, group_id: str, member_ids: Collection[str]) -> None: ...
