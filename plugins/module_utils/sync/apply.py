# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out a plan step by step, so that a run that dies at any point converges on the next one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.updates import with_accesses
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError, DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    ImportedMember,
    Member,
    MemberStatus,
    Organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync import importing
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.client import Client
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import PLAIN_USER, role_of
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.transport import Batch, Step

Value = TypeVar("Value")
Outcome = Literal["planned", "done", "failed"]

FATAL_STATUSES = frozenset({401, 402, 403})
"""What concerns the credential or the subscription fails every further action in the same way."""

MOST_LOST_ANSWERS = 3
"""After so many actions in a row without an answer, the server is taken as gone."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one action; ``message`` is the error of a failed one, ``in_doubt`` whether it may be done yet."""

    action: Action
    outcome: Outcome
    message: str = ""
    in_doubt: bool = False


def predict(plan: Plan) -> tuple[Result, ...]:
    """Return the results of check mode: every action of the plan, none carried out."""
    return tuple(Result(action, "planned") for action in plan.actions)


def apply_plan(
    steps: Iterable[Step],
    organization: Organization,
    client: Client,
    progress: Callable[[Result], None] = lambda result: None,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Result, ...]:
    """Carry out the steps of a plan in their order and return one result for each action.

    One failure does not hide the rest. Only where going on is pointless (the credential is refused, the server is
    gone) are the remaining actions failed without an attempt.
    """
    results = []
    for result in _Application(organization, client, sleep).run(steps):
        results.append(result)
        progress(result)
    return tuple(results)


class _Application:
    """The ids that the plan's names stand for, growing as the plan creates members and groups."""

    def __init__(self, organization: Organization, client: Client, sleep: Callable[[float], None]) -> None:
        self._client = client
        self._sleep = sleep
        self._lost = 0
        self._hopeless = ""
        self._member_ids = {member.email: member.id for member in organization.members}
        self._group_ids: dict[str, str] = {}
        self._has_unlinked = False
        self._doers: Mapping[Kind, Callable[[Action], None]] = {
            Kind.LINK_MEMBER: self._set_external_id,
            Kind.REKEY_MEMBER: self._set_external_id,
            Kind.RESTORE_MEMBER: self._restore,
            Kind.PROMOTE_MEMBER: self._change_role,
            Kind.DEMOTE_MEMBER: self._change_role,
            Kind.REPLACE_INVITATION: self._replace_invitation,
            Kind.INVITE_MEMBER: lambda action: self._invite(action.key, action),
            Kind.STAGE_MEMBER: self._stage,
            Kind.REINVITE_MEMBER: self._reinvite,
            Kind.CREATE_GROUP: self._create_group,
            Kind.UPDATE_GROUP: self._update_group,
            Kind.SET_GROUP_MEMBERS: self._set_group_members,
            Kind.SET_GROUP_COLLECTIONS: self._set_group_collections,
            Kind.REVOKE_MEMBER: self._revoke,
            Kind.WITHDRAW_INVITATION: self._withdraw_invitation,
            Kind.REMOVE_MEMBER: lambda action: self._remove_member(_known(action.id)),
            Kind.DELETE_GROUP: self._delete_group,
        }

    def run(self, steps: Iterable[Step]) -> Iterator[Result]:
        for step in steps:
            if isinstance(step, Batch):
                yield from self._run_batch(step)
            else:
                yield self._run_action(step)

    def _run_action(self, action: Action) -> Result:
        if self._hopeless:
            return Result(action, "failed", f"Not attempted: {self._hopeless}")
        try:
            self._doers[action.kind](action)
        except DirsyncError as error:
            self._note(error)
            self._has_unlinked |= action.kind in (Kind.LINK_MEMBER, Kind.REKEY_MEMBER)
            return Result(action, "failed", str(error), isinstance(error, BitwardenError) and error.in_doubt)
        self._lost = 0
        return Result(action, "done")

    def _run_batch(self, batch: Batch) -> Iterator[Result]:
        """Import; what was refused or left out is done by single calls, which tell what is wrong with which record.

        What may yet come about is left to the next run: a single call beside a running import would do it twice.
        Groups are not imported once somebody has kept another external id than the plan gave: they would lose them.
        """
        if self._hopeless or (batch.groups and self._has_unlinked):
            yield from map(self._run_action, batch.actions)
            return
        try:
            outcome = importing.carry_out(batch, self._client, self._sleep)
        except BitwardenError as error:
            self._note(error)
            yield from (Result(action, "failed", str(error)) for action in batch.actions)
            return
        self._member_ids.update(outcome.member_ids)
        self._group_ids.update(outcome.group_ids)
        if outcome.refusal:
            self._note(outcome.refusal)
            if not batch.invite and len(batch.actions) > 1:
                yield from self._run_halves(batch)
                return
        for action in batch.actions:
            if action in outcome.achieved:
                yield Result(action, "done")
            elif outcome.unanswered:
                yield Result(action, "failed", str(outcome.unanswered))
            else:
                yield self._run_action(action)

    def _run_halves(self, batch: Batch) -> Iterator[Result]:
        """Find whom the server does not want to stage in few calls: to stage somebody alone takes an import as well."""
        middle = len(batch.actions) // 2
        for half in (slice(middle), slice(middle, None)):
            yield from self._run_batch(replace(batch, actions=batch.actions[half], members=batch.members[half]))

    def _note(self, error: DirsyncError) -> None:
        """See whether going on has become pointless."""
        status = error.status if isinstance(error, BitwardenError) else 0
        self._lost = self._lost + 1 if status is None else 0
        if status in FATAL_STATUSES or self._lost >= MOST_LOST_ANSWERS:
            self._hopeless = error.what

    def _set_external_id(self, action: Action) -> None:
        member_id = _known(action.id)
        try:
            self._client.update_member(member_id, external_id=action.external_id)
        except BitwardenError as error:
            member = self._client.member(member_id) if error.in_doubt else None
            if member is None or member.external_id != action.external_id:
                raise

    def _restore(self, action: Action) -> None:
        try:
            self._client.restore(_known(action.id))
        except BitwardenError as error:
            member = self._reread(action, error)
            if member is None or member.status == MemberStatus.REVOKED:
                raise

    def _revoke(self, action: Action) -> None:
        try:
            self._client.revoke(_known(action.id))
        except BitwardenError as error:
            member = self._reread(action, error)
            if member is None or member.status != MemberStatus.REVOKED:
                raise

    def _reread(self, action: Action, error: BitwardenError) -> Member | None:
        """Return the member where the error leaves it open whether the wanted state holds already."""
        return self._client.member(_known(action.id)) if error.in_doubt or error.status == 400 else None

    def _change_role(self, action: Action) -> None:
        member_id, role = _known(action.id), _known(action.role)
        try:
            self._client.update_member(member_id, role=role)
        except BitwardenError as error:
            member = self._client.member(member_id) if error.in_doubt else None
            if member is None or role_of(member) != role:
                raise

    def _invite(self, email: str, action: Action) -> None:
        """Invite and remember the new id; never invite twice: after a doubt, look first."""
        try:
            self._member_ids[email] = self._client.invite(email, action.external_id, role=action.role or PLAIN_USER).id
        except BitwardenError as error:
            found = [member for member in self._client.members() if member.email == email] if error.in_doubt else []
            if not found:
                raise
            self._member_ids[email] = found[0].id

    def _replace_invitation(self, action: Action) -> None:
        """The API cannot change an address: withdraw the invitation nobody accepted, and invite the new address."""
        self._withdraw_invitation(action)
        self._invite(_known(action.value), action)

    def _withdraw_invitation(self, action: Action) -> None:
        """Remove somebody who has not accepted, which may have changed since it was planned."""
        member_id = _known(action.id)
        member = self._client.member(member_id)
        if member is not None and member.status != MemberStatus.INVITED:
            raise DirsyncError(f"The invitation of {action.key} was not withdrawn: it has been accepted meanwhile")
        self._remove_member(member_id)
        self._member_ids.pop(action.key, None)

    def _stage(self, action: Action) -> None:
        """Make a member without inviting; only the import can do that, and its empty answer tells nothing."""
        entry = ImportedMember(_known(action.external_id), action.key)
        try:
            self._client.import_directory([entry], [], invite=False)
        except BitwardenError as error:
            if not error.in_doubt:
                raise
        found = {member.email: member for member in self._client.members()}.get(action.key)
        if found is None or found.status != MemberStatus.STAGED:
            outcome = found.status.name.lower() if found else "no member"
            raise DirsyncError(f"{action.key} was not staged: after the import, the server has {outcome}")
        self._member_ids[action.key] = found.id
        if action.role:
            self._client.update_member(found.id, role=action.role)

    def _reinvite(self, action: Action) -> None:
        """Send the invitation again. Whoever has accepted meanwhile needs none."""
        try:
            self._client.reinvite(_known(action.id))
        except BitwardenError as error:
            member = self._client.member(_known(action.id)) if error.status == 400 else None
            if member is None or member.status not in (MemberStatus.ACCEPTED, MemberStatus.CONFIRMED):
                raise

    def _remove_member(self, member_id: str) -> None:
        try:
            self._client.remove_member(member_id)
        except BitwardenError as error:
            if not _may_be_gone(error) or self._client.member(member_id) is not None:
                raise

    def _create_group(self, action: Action) -> None:
        external_id = _known(action.external_id)
        try:
            accesses = [access.association for access in action.granting]
            self._group_ids[external_id] = self._client.create_group(action.key, external_id, collections=accesses).id
        except BitwardenError as error:
            groups = self._client.groups() if error.in_doubt else ()
            found = [group for group in groups if group.external_id == external_id]
            if not found:
                raise
            self._group_ids[external_id] = found[0].id

    def _update_group(self, action: Action) -> None:
        group_id, name = _known(action.id), _known(action.value)
        try:
            self._client.update_group(group_id, name=name, external_id=action.external_id)
        except BitwardenError as error:
            group = self._client.group(group_id) if error.in_doubt else None
            if group is None or (group.name, group.external_id) != (name, action.external_id):
                raise

    def _set_group_members(self, action: Action) -> None:
        """Write the whole membership once, upon what it is just now: others may have changed it since it was planned.

        Says who is missing because no membership came about.
        """
        group_id = action.id or self._group_ids.get(_known(action.external_id))
        if group_id is None:
            raise DirsyncError(f"The members of the group {action.key} were not set: the group was not created")
        leaving = {self._member_ids[email] for email in action.leaving if email in self._member_ids}
        joining = {self._member_ids[email] for email in action.joining if email in self._member_ids}
        missing = [email for email in action.joining if email not in self._member_ids]
        present = frozenset(self._client.group_member_ids(group_id)) if action.id else frozenset()
        wanted = (present - leaving) | joining
        if wanted != present:
            self._client.set_group_member_ids(group_id, sorted(wanted))
        if missing:
            raise DirsyncError(f"The group {action.key} lacks {', '.join(missing)}: they could not be invited")

    def _set_group_collections(self, action: Action) -> None:
        group_id = _known(action.id)
        granting = [access.association for access in action.granting]
        withdrawing = {access.association.id for access in action.withdrawing} - {access.id for access in granting}
        try:
            self._client.update_group(group_id, granting=granting, withdrawing=withdrawing)
        except BitwardenError as error:
            group = self._client.group(group_id) if error.in_doubt else None
            if group is None or with_accesses(group, granting, withdrawing) != group:
                raise

    def _delete_group(self, action: Action) -> None:
        group_id = _known(action.id)
        try:
            self._client.delete_group(group_id)
        except BitwardenError as error:
            if not _may_be_gone(error) or self._client.group(group_id) is not None:
                raise


def _may_be_gone(error: BitwardenError) -> bool:
    """Say whether the object may have gone although its deletion was not confirmed."""
    return error.in_doubt or error.status == 404


def _known(value: Value | None) -> Value:
    """Return a value that the planner always gives to this kind of action."""
    if value is None:
        raise ValueError("the plan lacks an id or a value that this kind of action needs")
    return value
