# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization in memory that obeys the write calls of the Public API: the world for tests of planner and apply."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import KEEP, Keep
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.updates import with_accesses, with_role
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    ImportedGroup,
    ImportedMember,
    Member,
    MemberStatus,
    MemberType,
    Organization,
    OrganizationGroup,
    Role,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import PLAIN_USER


class Killed(BaseException):
    """Stands for SIGKILL: nothing may catch it."""


class OrganizationInMemory:
    """Implements the client that apply_plan uses; ``before_write`` is called with the number of each write."""

    def __init__(self, organization: Organization, before_write: Callable[[int], None] = lambda number: None) -> None:
        self._members = {member.id: member for member in organization.members}
        self._groups = {group.id: group for group in organization.groups}
        self._memberships = {group.id: set(organization.memberships.get(group.id, ())) for group in organization.groups}
        self._statuses = {member.id: MemberStatus.CONFIRMED for member in organization.members}
        self._collections = organization.collections
        self._stages = organization.stages
        self._before_write = before_write
        self._next = 1000
        self.writes: list[tuple[str, str]] = []
        self.invited: list[str] = []
        self.reinvited: list[str] = []

    def state(self) -> Organization:
        """Return what a reader of the whole organization sees."""
        return Organization(
            tuple(self._members.values()),
            tuple(self._groups.values()),
            {id_: frozenset(members) for id_, members in self._memberships.items()},
            self._collections,
            self._stages,
        )

    def members(self) -> tuple[Member, ...]:
        return tuple(self._members.values())

    def member(self, member_id: str) -> Member | None:
        return self._members.get(member_id)

    def groups(self) -> tuple[OrganizationGroup, ...]:
        return tuple(self._groups.values())

    def group(self, group_id: str) -> OrganizationGroup | None:
        return self._groups.get(group_id)

    def invite(self, email: str, external_id: str | None, *, role: Role = PLAIN_USER) -> Member:
        self._write("invite", email)
        if any(member.email == email for member in self._members.values()):
            raise BitwardenError(f"POST members {email}", status=400, server="This user has already been invited.")
        member = with_role(Member(self._new_id("m"), email, MemberStatus.INVITED, MemberType.USER, external_id), role)
        self._members[member.id] = member
        self.invited.append(email)
        return member

    def reinvite(self, member_id: str) -> None:
        self._write("reinvite", member_id)
        if self._members[member_id].status != MemberStatus.INVITED:
            raise BitwardenError("POST reinvite", status=400, server="User invalid.")
        self.reinvited.append(member_id)

    def update_member(self, member_id: str, *, external_id: str | Keep | None = KEEP, role: Role | None = None) -> None:
        self._write("update", member_id)
        member = self._members[member_id]
        if external_id is not KEEP:
            member = replace(member, external_id=external_id)
        if role is not None:
            member = self._in_role(member, role)
        self._members[member_id] = member

    def _in_role(self, member: Member, role: Role) -> Member:
        owners = [
            m.id for m in self._members.values() if (m.type, m.status) == (MemberType.OWNER, MemberStatus.CONFIRMED)
        ]
        if role.type != MemberType.OWNER and owners in ([], [member.id]):
            text = "Organization must have at least one confirmed owner."
            raise BitwardenError("PUT members", status=400, server=text)
        return with_role(member, role)

    def revoke(self, member_id: str) -> None:
        self._write("revoke", member_id)
        member = self._members[member_id]
        if member.status == MemberStatus.REVOKED:
            raise BitwardenError("POST revoke", status=400, server="Already revoked.")
        self._statuses[member_id] = member.status
        self._members[member_id] = replace(member, status=MemberStatus.REVOKED)

    def restore(self, member_id: str) -> None:
        self._write("restore", member_id)
        member = self._members[member_id]
        if member.status != MemberStatus.REVOKED:
            raise BitwardenError("POST restore", status=400, server="Already active.")
        self._members[member_id] = replace(member, status=self._statuses[member_id])

    def remove_member(self, member_id: str) -> None:
        self._write("remove", member_id)
        if self._members.pop(member_id, None) is None:
            raise BitwardenError("DELETE member", status=404)
        for members in self._memberships.values():
            members.discard(member_id)

    def create_group(
        self, name: str, external_id: str | None, *, collections: Sequence[Association] = ()
    ) -> OrganizationGroup:
        self._write("create_group", name)
        group = OrganizationGroup(self._new_id("g"), name, external_id, tuple(collections))
        self._groups[group.id] = group
        self._memberships[group.id] = set()
        return group

    def update_group(
        self,
        group_id: str,
        *,
        name: str | None = None,
        external_id: str | Keep | None = KEEP,
        granting: Sequence[Association] = (),
        withdrawing: Collection[str] = (),
    ) -> None:
        self._write("update_group", group_id)
        group = with_accesses(self._groups[group_id], granting, withdrawing)
        if name is not None:
            group = replace(group, name=name)
        self._groups[group_id] = group if external_id is KEEP else replace(group, external_id=external_id)

    def delete_group(self, group_id: str) -> None:
        self._write("delete_group", group_id)
        del self._groups[group_id]
        del self._memberships[group_id]

    def set_group_member_ids(self, group_id: str, member_ids: Collection[str]) -> None:
        self._write("set_group_members", group_id)
        self._memberships[group_id] = {id_ for id_ in member_ids if id_ in self._members}

    def group_member_ids(self, group_id: str) -> tuple[str, ...]:
        return tuple(sorted(self._memberships[group_id]))

    def import_directory(
        self, members: Sequence[ImportedMember], groups: Sequence[ImportedGroup], *, invite: bool = True
    ) -> None:
        """Act as the server does: link, invite, then create or rename groups and replace their members."""
        self._write("import", f"{len(members)} members, {len(groups)} groups")
        known = {member.external_id for member in self._members.values()}
        by_email = {member.email: member for member in self._members.values()}
        for entry in members:
            present = by_email.get(entry.email or "")
            if present is not None and present.external_id is None:
                self._members[present.id] = replace(present, external_id=entry.external_id)
            elif present is None and entry.external_id not in known:
                status = MemberStatus.STAGED if self._stages and not invite else MemberStatus.INVITED
                member = Member(self._new_id("m"), entry.email or "", status, MemberType.USER, entry.external_id)
                self._members[member.id] = member
                self.invited.append(member.email)
        ids = {member.external_id: member.id for member in self._members.values()}
        for group_entry in groups:
            found = [group for group in self._groups.values() if group.external_id == group_entry.external_id]
            group = found[0] if found else OrganizationGroup(self._new_id("g"), "", group_entry.external_id, ())
            self._groups[group.id] = replace(group, name=group_entry.name)
            self._memberships[group.id] = {ids[key] for key in group_entry.member_external_ids if key in ids}

    def _write(self, what: str, subject: str) -> None:
        self._before_write(len(self.writes))
        self.writes.append((what, subject))

    def _new_id(self, prefix: str) -> str:
        self._next += 1
        return f"{prefix}{self._next}"
