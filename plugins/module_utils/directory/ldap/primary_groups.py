# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Membership by an attribute of the user instead of one of the group: a user's primary group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import Values


class PrimaryGroupRule(Protocol):
    """Says what a user and its primary group have in common; each key is made of the values of the attributes."""

    user_attributes: tuple[str, ...]
    group_attributes: tuple[str, ...]

    def user_key(self, values: Sequence[Values]) -> bytes | None:
        """Return the key of the user's primary group, None without one."""

    def group_key(self, values: Sequence[Values]) -> bytes | None:
        """Return the group's own key, None without one."""


class PrimaryGroups:
    """Collects users by the key of their primary group."""

    def __init__(self, rule: PrimaryGroupRule) -> None:
        self.rule = rule
        self._users: dict[bytes, list[int]] = defaultdict(list)

    def add_user(self, position: int, values: Sequence[Values]) -> None:
        """Take in one user."""
        key = self.rule.user_key(values)
        if key is not None:
            self._users[key].append(position)

    def members(self, values: Sequence[Values]) -> list[int]:
        """Return the users whose primary group is the one with these values."""
        key = self.rule.group_key(values)
        return self._users.get(key, []) if key is not None else []
