# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which server, in which version, is emulated (reference section 13)."""

from __future__ import annotations

from dataclasses import dataclass

from .model import Mode

DEFAULT_VERSION = "2026.8.0"


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of server and its version."""

    mode: Mode = Mode.SELF_HOSTED
    version: str = DEFAULT_VERSION

    def has(self, version: str) -> bool:
        """Tell whether the server is of this version or newer."""
        return _numbers(self.version) >= _numbers(version)

    @property
    def refuses_overwrite_without_master_password(self) -> bool:
        """Whether the import protects members who could not get at their account any more."""
        return self.has("2025.8.0")

    @property
    def lists_collections_of_members(self) -> bool:
        """Whether the list of members tells their collections."""
        return self.has("2025.11.0")

    @property
    def revokes(self) -> bool:
        """Whether members can be revoked and restored."""
        return self.has("2026.2.0")

    @property
    def stages(self) -> bool:
        """Whether members can be staged, given the feature flag."""
        return self.has("2026.6.0")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
