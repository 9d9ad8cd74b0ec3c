# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Active Directory says about an account: disabled, expired, locked, and its primary group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import Values, whole_number
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import UserStatus

# MS-ADTS 2.2.16
_ACCOUNT_DISABLE = 0x0002
# MS-ADTS 3.1.1.4.5.17, computed when it is asked for: lockoutTime stays set after a lock has ended.
_LOCKOUT = 0x0010
_EPOCH = datetime(1601, 1, 1, tzinfo=timezone.utc)


def filetime(moment: datetime) -> int:
    """Return a moment in units of 100 ns since 1601 (MS-DTYP 2.3.3)."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 10


class AccountStatus:
    """Disabled by userAccountControl or, where that counts, by accountExpires; a lockout is a note and nothing more.

    Wrong passwords, which anybody can type, lock an account for a while: that must not take access away.
    ``without_control`` counts accounts whose userAccountControl cannot be read.
    """

    attributes: tuple[str, ...] = ("userAccountControl", "accountExpires", "msDS-User-Account-Control-Computed")

    def __init__(self, now: datetime, *, expired_is_disabled: bool = True) -> None:
        self.without_control = 0
        self._now = filetime(now)
        self._expired_is_disabled = expired_is_disabled

    def status(self, values: Sequence[Values]) -> tuple[UserStatus, str]:
        """Return the status and its reason."""
        control, expires, computed = map(whole_number, values)
        if control is None:
            self.without_control += 1
        elif control & _ACCOUNT_DISABLE:
            return "disabled", "userAccountControl: disabled"
        # 0 and the largest number mean never.
        if self._expired_is_disabled and expires and 0 < expires <= self._now:
            day = (_EPOCH + timedelta(microseconds=expires // 10)).date()
            return "disabled", f"accountExpires: {day}"
        if computed and computed & _LOCKOUT:
            return "active", "locked for now after wrong passwords"
        return "active", ""


class PrimaryGroupBySid:
    """The primary group has the SID of the user's domain, followed by the user's primaryGroupID.

    It is in neither ``member`` nor ``memberOf`` (MS-ADTS 3.1.1.1.3).
    """

    user_attributes: tuple[str, ...] = ("primaryGroupID", "objectSid")
    group_attributes: tuple[str, ...] = ("objectSid",)

    def user_key(self, values: Sequence[Values]) -> bytes | None:
        """Return the SID of the user's primary group."""
        relative_id, sid = whole_number(values[0]), values[1]
        if not sid or relative_id is None or not 0 <= relative_id < 1 << 32:
            return None
        return sid[0][:-4] + relative_id.to_bytes(4, "little")

    def group_key(self, values: Sequence[Values]) -> bytes | None:
        """Return the SID of the group."""
        (sid,) = values
        return sid[0] if sid else None
