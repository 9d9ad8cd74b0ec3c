# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converging an organization on Vaultwarden, which has the bulk import and nothing else of the organization's API.

The import of Vaultwarden differs from Bitwarden's (src/api/core/public.rs): it finds members by e-mail, revokes those
who are ``deleted``, restores the others, writes their external id each time, and never renames or deletes a group.
All of that may be repeated without harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from typing import Protocol

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError, ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    ImportedGroup,
    ImportedMember,
    MemberStatus,
    Organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import (
    GROUP_KINDS,
    Action,
    Kind,
    Plan,
    Refusal,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import FATAL_STATUSES, Result
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.record import MEMBER_KINDS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.transport import Batch, Bundle, in_batches

CARRIED = MEMBER_KINDS | {Kind.CREATE_GROUP, Kind.SET_GROUP_MEMBERS}

NOTHING_RECORDED = (
    "Vaultwarden does not tell what the organization holds, and no earlier run is recorded in state_file: everything "
    "is sent. Members whom an administrator revoked are restored if they are active in the directory; where nobody is "
    "invited, the active users are taken for members instead; members whom the directory does not hold keep their "
    "access; owners cannot be told from others, so name them in policy.protected.emails"
)
GROUPS_UNCERTAIN = (
    "Vaultwarden does not tell whether it takes groups: without ORG_GROUPS_ENABLED=true on the server it drops them "
    "without a word"
)


class Client(Protocol):
    """The only call that there is; it raises BitwardenError."""

    def import_directory(self, members: Sequence[ImportedMember], groups: Sequence[ImportedGroup]) -> None: ...


def require_possible(policy: Policy) -> None:
    """Raise ConfigurationError for a policy that removes, or that depends on who has accepted.

    The import can only revoke, and nothing tells what became of an invitation.
    """
    names = ("absent", "disabled", "deleted", "absent_groups")
    removing = [f"policy.{name}" for name in names if getattr(policy, name) == "remove"]
    if removing:
        raise ConfigurationError(
            f"Vaultwarden offers no way to remove members or groups, but {', '.join(removing)} is remove",
            hint="Choose revoke for members and ignore for groups, and remove them by hand",
        )
    if policy.ages_invitations:
        raise ConfigurationError(
            "Vaultwarden does not tell who has accepted an invitation, as policy.reinvite_days and purge_days need",
            hint="Leave them at 0, and care for open invitations by hand",
        )


def offered(policy: Policy) -> tuple[Policy, tuple[Refusal, ...]]:
    """Return the policy as far as the import can carry it out, and a refusal for each entry that it cannot.

    The import invites everybody as plain user, changes no role and knows no collections.
    """
    message = "Vaultwarden's import does not offer {}, so that they stay as they are: give them by hand"
    refusals = [Refusal(entry.group, "not_offered", message.format("roles")) for entry in policy.roles]
    refusals += [
        Refusal(entry.group, "not_offered", message.format("collections")) for entry in policy.group_collections
    ]
    return replace(policy, roles=(), other_roles="keep", group_collections=()), tuple(refusals)


def possible(plan: Plan, refused: Sequence[Refusal] = ()) -> Plan:
    """Return the plan with refusals in the place of actions that the import cannot carry out, and those given."""
    refusals = [
        *plan.refusals,
        *refused,
        *(_not_offered(action) for action in plan.actions if action.kind not in CARRIED),
    ]
    return Plan(
        tuple(action for action in plan.actions if action.kind in CARRIED),
        tuple(sorted(refusals, key=lambda refusal: (refusal.key, refusal.reason))),
    )


def what_is_unknown(plan: Plan, *, recorded: bool) -> tuple[str, ...]:
    """Return the warnings about what the plan had to be made without."""
    groups = any(action.kind in GROUP_KINDS for action in plan.actions)
    return (*(() if recorded else (NOTHING_RECORDED,)), *((GROUPS_UNCERTAIN,) if groups else ()))


def batches(plan: Plan, after: Organization) -> Iterator[Batch]:
    """Yield the calls for a plan whose outcome is ``after``: who has access, who has not, then the groups.

    Each is a call of its own because the server stops at the first member to whom it cannot send an invitation.
    """
    for bundles in (
        _member_bundles(plan, after, revoked=False),
        _member_bundles(plan, after, revoked=True),
        _group_bundles(plan, after),
    ):
        yield from in_batches(bundles)


def send(
    plan: Plan, after: Organization, client: Client, progress: Callable[[Result], None] = lambda result: None
) -> tuple[Result, ...]:
    """Carry out a plan whose outcome is ``after`` and return one result for each action, in the plan's order.

    A call that fails may have done a part of its work, which nobody can tell; all of its actions count as failed.
    Groups are not sent while nobody knows under which external id the server has one of their members: it would take
    them out.
    """
    results: dict[Action, Result] = {}
    unsettled: set[str] = set()
    for batch in batches(plan, after):
        for result in (*_held_back(batch, unsettled), *_send_batch(_without(batch, unsettled), client, unsettled)):
            results[result.action] = result
            progress(result)
    return tuple(results[action] for action in plan.actions)


def _send_batch(batch: Batch, client: Client, unsettled: set[str]) -> list[Result]:
    """Send a batch, and the members of one that is refused one by one."""
    error = _error_of(batch, client) if batch.actions else None
    if error and _is_refusal(error) and len(batch.members) > 1:
        return _send_one_by_one(batch, str(error), client, unsettled)
    return _results(batch, error, unsettled)


def _send_one_by_one(batch: Batch, refusal: str, client: Client, unsettled: set[str]) -> list[Result]:
    """Send the members of a refused batch each in a call of its own: the server stops at the first it cannot invite.

    An older Vaultwarden keeps whom it could not mail as a member, and takes them without a word the second time. There,
    somebody before the first whose invitation is refused now waits for a mail in vain; all of those invitations fail.
    """
    calls = [_of_member(batch, member) for member in batch.members]
    errors = _errors_of(calls, client)
    results = [result for call, error in zip(calls, errors, strict=True) for result in _results(call, error, unsettled)]
    refused = [position for position, error in enumerate(errors) if error and _invitations(calls[position])]
    if refused and (again := _error_of(calls[refused[0]], client)) and _is_refusal(again):
        return results
    doubtful = {action for call in calls[: refused[0] if refused else None] for action in _invitations(call)}
    message = f"{refusal} Alone the invitation was taken, but somebody of that call may have got no e-mail"
    return [Result(result.action, "failed", message) if result.action in doubtful else result for result in results]


def _errors_of(calls: Sequence[Batch], client: Client) -> list[BitwardenError | None]:
    """Return the error of each call; after one that is no mere refusal, the others are not attempted."""
    errors: list[BitwardenError | None] = []
    for call in calls:
        last = errors[-1] if errors else None
        errors.append(_error_of(call, client) if last is None or _is_refusal(last) else last)
    return errors


def _error_of(batch: Batch, client: Client) -> BitwardenError | None:
    try:
        client.import_directory(batch.members, batch.groups)
    except BitwardenError as error:
        return error
    return None


def _is_refusal(error: BitwardenError) -> bool:
    """Say whether the server refused what it was sent: after any other error, the next call would fare no better."""
    return not error.in_doubt and error.status is not None and error.status not in FATAL_STATUSES


def _results(batch: Batch, error: BitwardenError | None, unsettled: set[str]) -> list[Result]:
    """Return the results of a call.

    Where there was no answer, the import may go on still. The members of a failed call become unsettled, except for one
    whose invitation alone was refused: that is no member under another external id.
    """
    if error is None:
        return [Result(action, "done") for action in batch.actions]
    if not _is_refusal(error) or len(_invitations(batch)) < len(batch.actions):
        unsettled.update(member.external_id for member in batch.members)
    return [Result(action, "failed", str(error)) for action in batch.actions]


def _invitations(batch: Batch) -> list[Action]:
    return [action for action in batch.actions if action.kind == Kind.INVITE_MEMBER]


def _of_member(batch: Batch, member: ImportedMember) -> Batch:
    return Batch(tuple(action for action in batch.actions if action.key == member.email), members=(member,))


def _held_back(batch: Batch, unsettled: Set[str]) -> Iterator[Result]:
    """Yield the failed results of the groups of a batch that hold somebody whose call failed."""
    held = {group.external_id: unsettled & set(group.member_external_ids) for group in batch.groups}
    for action in batch.actions if batch.groups else ():
        if missing := held[_group_id(action)]:
            message = (
                f"The group {action.key} was not sent: the call for its members {', '.join(sorted(missing))} failed"
            )
            yield Result(action, "failed", f"{message}.")


def _without(batch: Batch, unsettled: Set[str]) -> Batch:
    """Return the batch without the groups that hold somebody whose call failed."""
    groups = tuple(group for group in batch.groups if unsettled.isdisjoint(group.member_external_ids))
    kept = {group.external_id for group in groups}
    actions = tuple(action for action in batch.actions if not batch.groups or _group_id(action) in kept)
    return replace(batch, actions=actions, groups=groups)


def _group_id(action: Action) -> str:
    return action.id or action.external_id or ""


def _not_offered(action: Action) -> Refusal:
    wish = f"{action.kind.value.replace('_', ' ')}, {action.reason}" + (f": {action.value}" if action.value else "")
    message = f"Vaultwarden's import does not offer this ({wish}), so that it stays as it is"
    return Refusal(action.key, "not_offered", message, action.external_id)


def _member_bundles(plan: Plan, after: Organization, *, revoked: bool) -> list[Bundle]:
    actions: dict[str, list[Action]] = {}
    for action in plan.actions:
        if action.kind in MEMBER_KINDS:
            actions.setdefault(action.key, []).append(action)
    return [
        Bundle(tuple(actions[member.email]), ImportedMember(member.external_id or "", member.email, deleted=revoked))
        for member in after.members
        if member.email in actions and (member.status == MemberStatus.REVOKED) == revoked
    ]


def _group_bundles(plan: Plan, after: Organization) -> list[Bundle]:
    actions: dict[str, list[Action]] = {}
    for action in plan.actions:
        if action.kind in GROUP_KINDS:
            actions.setdefault(_group_id(action), []).append(action)
    external_ids = {member.id: member.external_id or "" for member in after.members}
    return [
        Bundle(tuple(actions[group.id]), ImportedGroup(group.id, group.name, member_ids))
        for group in after.groups
        if group.id in actions
        for member_ids in [tuple(sorted(external_ids[id_] for id_ in after.memberships[group.id]))]
    ]
