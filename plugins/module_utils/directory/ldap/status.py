# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an account is active, from whatever attributes tell so on a kind of server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import Values, value_text
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import UserStatus

ANY_VALUE = "*"


class StatusRule(Protocol):
    """Decides from the values of ``attributes``, given in the same order."""

    attributes: tuple[str, ...]

    def status(self, values: Sequence[Values]) -> tuple[UserStatus, str]:
        """Return the status and, where that is worth telling, its reason."""


class AttributeStatus:
    """Disabled where an attribute has one of certain values, compared without regard to case; ``*`` is any value.

    ``lock_attribute`` present with another value is a lock for a while: the person stays active, with a note.
    """

    def __init__(self, disabled_when: Mapping[str, Sequence[str]], lock_attribute: str = "") -> None:
        self._disabling = [
            (name, {str(value).casefold() for value in values}) for name, values in disabled_when.items()
        ]
        self._locking = lock_attribute
        self.attributes: tuple[str, ...] = (*disabled_when, *((lock_attribute,) if lock_attribute else ()))

    def status(self, values: Sequence[Values]) -> tuple[UserStatus, str]:
        """Return disabled with the attribute that says so, else active."""
        if not any(values):
            return "active", ""
        for (name, disabling), present in zip(self._disabling, values, strict=False):
            for value in present or ():
                text = value_text(value)
                if text.casefold() in disabling or ANY_VALUE in disabling:
                    return "disabled", f"{name}: {text}"
        if self._locking and values[-1]:
            return "active", f"locked for now: {self._locking}: {value_text(values[-1][0])}"
        return "active", ""
