# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a member is revoked and restored (reference section 11)."""

from __future__ import annotations

from dataclasses import replace

from .errors import BadRequestError
from .model import EventType, Member, Mode, PolicyType, Role, Status
from .seats import require_seats
from .state import State


class MemberStatus:
    """Changes between revoked and the status before."""

    def __init__(self, state: State, mode: Mode) -> None:
        self._state = state
        self._mode = mode

    def revoke(self, member: Member, acting_user_id: str | None = None) -> None:
        """Revoke a member."""
        if member.status == Status.REVOKED:
            raise BadRequestError("Already revoked.")
        self._state.members.put(replace(member, status=Status.REVOKED, revoked_from=member.status))
        self._state.log(EventType.MEMBER_REVOKED, member_id=member.id, acting_user_id=acting_user_id)

    def restore(self, member: Member, acting_user_id: str | None = None) -> None:
        """Restore a member. A seat is bought before policies refuse, as on the server."""
        if member.status != Status.REVOKED:
            raise BadRequestError("Already active.")
        require_seats(self._state, self._mode, 1)
        earlier = Status.INVITED if member.revoked_from is None else member.revoked_from
        if earlier not in (Status.INVITED, Status.STAGED):
            self._check_free_organization(member)
            self._check_policies(member)
        self._state.members.put(replace(member, status=earlier, revoked_from=None))
        self._state.log(EventType.MEMBER_RESTORED, member_id=member.id, acting_user_id=acting_user_id)

    def _check_free_organization(self, member: Member) -> None:
        if (
            self._state.settings.free_plan
            and member.administers_free_organization
            and member.type in (Role.OWNER, Role.ADMIN)
        ):
            raise BadRequestError(
                "User is an owner/admin of another free organization."
                " Please have them upgrade to a paid plan to restore their account."
            )

    def _check_policies(self, member: Member) -> None:
        if member.type in (Role.OWNER, Role.ADMIN):
            return
        elsewhere = member.belongs_elsewhere and self._state.policy_enabled(PolicyType.SINGLE_ORGANIZATION)
        one_step = not member.two_factor_enabled and self._state.policy_enabled(PolicyType.TWO_FACTOR)
        if elsewhere and one_step:
            text = "is not compliant with the single organization and two-step login policy."
        elif elsewhere:
            text = "cannot be restored until they leave or remove all other organizations."
        elif one_step:
            text = "is not compliant with the two-step login policy."
        else:
            return
        raise BadRequestError(f"{member.email} {text}")
