# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the identities in an organization, by itself and against a snapshot. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple, TypeVar

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.dn import normal_form
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    MemberStatus,
    MemberType,
    Organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.exclusion import without_excluded
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.groups import match_groups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.matching import Matches, match_members
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.scope import scoped

Severity = Literal["error", "warning", "info"]
T = TypeVar("T")


class Verdict(NamedTuple):
    """What a code means in general: how bad it is, and what to do."""

    severity: Severity
    advice: str


VERDICTS: Mapping[str, Verdict] = {
    "duplicate_external_id": Verdict(
        "error",
        "Remove the external id from all but one of them in the admin console. Until then a run leaves them alone, and "
        "every bulk import fails",
    ),
    "duplicate_email": Verdict("error", "Remove all but one of these memberships by hand"),
    "owner_out_of_service": Verdict(
        "error", "No run touches an owner. Give the role to somebody else, then let the next run do the rest"
    ),
    "dn_external_id": Verdict(
        "warning",
        "A name that changes would make somebody else of it. Read the directory with its stable id (the default of "
        "external_id) and leave policy.rekey on; with a snapshot, the plan shows what the next run changes",
    ),
    "never_linked": Verdict("warning", "The next run links the membership; until then it is not taken back"),
    "unmanaged": Verdict("warning", "Revoke the member by hand if the access has to end; no run does"),
    "revoked_but_active": Verdict("warning", "Restore the member by hand if the access was taken away by mistake"),
    "invitation_open": Verdict("warning", "Send the invitation again or remove it; it takes a seat"),
    "confirmation_missing": Verdict("warning", "An administrator has to confirm the member in the admin console"),
    "duplicate_user_email": Verdict("warning", "Only one of them can be a member: give the others another address"),
    "email_differs": Verdict("warning", "Let the member change the address of the account, or the directory its own"),
    "email_missing": Verdict("warning", "Give the user an address in the directory"),
    "email_taken": Verdict("warning", "Find out whose address it is, and correct the directory or the organization"),
    "address_reused": Verdict("warning", "Restore or remove the old membership by hand"),
    "foreign_external_id": Verdict("warning", "Remove the external id by hand if no other program manages the member"),
    "ambiguous_name": Verdict("warning", "Rename all but one of the groups"),
    "group_without_source": Verdict("warning", "Delete the group by hand or with policy.absent_groups if it is over"),
    "same_name": Verdict("warning", "With policy.adopt the group by hand is taken over instead of doubled"),
    "group_by_hand": Verdict("info", "Nothing: no run touches it, unless policy.adopt takes it over by its name"),
    "owner_unknown": Verdict("info", "Nothing if it is meant as a way in for emergencies; else link or remove it"),
}
"""What each code means, the gravest first."""

FROM_REFUSALS = frozenset(
    {
        "unmanaged",
        "email_differs",
        "email_missing",
        "email_taken",
        "address_reused",
        "foreign_external_id",
        "ambiguous_name",
        "same_name",
    }
)
"""What the planner refuses for such a reason is a finding under the same code."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: ``objects`` are e-mails of members, names of groups or ids of users."""

    code: str
    objects: tuple[str, ...]
    message: str
    external_id: str | None = None

    @property
    def verdict(self) -> Verdict:
        """Return what the code means in general."""
        return VERDICTS[self.code]


@dataclass(frozen=True, slots=True)
class Past:
    """What the event log tells: since when invitations are open and who revoked whom, by membership id."""

    invited_at: Mapping[str, datetime]
    revoked_by: Mapping[str, str]


def diagnose(
    organization: Organization, snapshot: Snapshot | None, policy: Policy, past: Past, accepted_since: datetime
) -> tuple[Finding, ...]:
    """Return what is wrong, the gravest first; an invitation is expected to be accepted if older than a time.

    Nothing is said of what the policy excludes. The organization has to hold the members of the groups that protect.
    """
    if snapshot is not None:
        policy = scoped(policy, snapshot)
    beside = snapshot or Snapshot((), ())
    plan = plan_of_identities(snapshot, organization, policy) if snapshot is not None else Plan(())
    beside, organization = without_excluded(beside, organization, policy.exclude, policy.external_id)
    findings = [*_of_organization(organization, policy), *_waiting(organization.members, past, accepted_since)]
    if snapshot is not None:
        findings += _against(beside, organization, policy, plan, past)
    rank = {code: position for position, code in enumerate(VERDICTS)}
    return tuple(sorted(findings, key=lambda finding: (rank[finding.code], finding.objects)))


def plan_of_identities(snapshot: Snapshot, organization: Organization, policy: Policy) -> Plan:
    """Return what the next run does about external ids: links, re-keys and adoptions, and what it refuses."""
    memberships = {group.id: organization.memberships.get(group.id, frozenset()) for group in organization.groups}
    plan = make_plan(snapshot, replace(organization, memberships=memberships), replace(policy, group_collections=()))
    return replace(plan, actions=tuple(action for action in plan.actions if _changes_identity(action)))


def revoked_though_active(snapshot: Snapshot, organization: Organization, policy: Policy) -> tuple[Member, ...]:
    """Return the revoked members whose users are active."""
    found = match_members(snapshot.users, organization.members, policy).members
    of_active = (found.get(user.external_id) for user in snapshot.users if user.status == "active")
    return tuple(member for member in of_active if member is not None and member.status == MemberStatus.REVOKED)


def _changes_identity(action: Action) -> bool:
    if action.kind == Kind.UPDATE_GROUP:
        return action.reason in ("adopted", "rekeyed")
    return action.kind in (Kind.LINK_MEMBER, Kind.REKEY_MEMBER)


def _of_organization(organization: Organization, policy: Policy) -> Iterator[Finding]:
    """Yield what is wrong by itself."""
    members, groups = organization.members, organization.groups
    for email, twins in _shared(members, lambda member: member.email):
        yield Finding("duplicate_email", tuple(member.id for member in twins), f"{len(twins)} members have {email}")
    for external_id, same in _shared(members, lambda member: member.external_id):
        message = f"{len(same)} members carry the external id {external_id}"
        yield Finding("duplicate_external_id", tuple(sorted(member.email for member in same)), message, external_id)
    for external_id, alike in _shared(groups, lambda group: group.external_id):
        message = f"{len(alike)} groups carry the external id {external_id}"
        yield Finding("duplicate_external_id", tuple(sorted(group.name for group in alike)), message, external_id)
    named = [*((member.email, member.external_id) for member in members), *((g.name, g.external_id) for g in groups)]
    for name, identity in named:
        if identity and policy.owns(identity) and _is_dn(identity.removeprefix(policy.external_id_prefix)):
            yield Finding("dn_external_id", (name,), "the external id is a distinguished name", identity)
    for group in groups:
        if group.external_id is None:
            yield Finding("group_by_hand", (group.name,), "the group has no external id")


def _waiting(members: Iterable[Member], past: Past, accepted_since: datetime) -> Iterator[Finding]:
    """Yield the members who are on their way and have not arrived."""
    for member in members:
        if member.status == MemberStatus.ACCEPTED:
            message = "the invitation is accepted, but nobody has confirmed the member"
            yield Finding("confirmation_missing", (member.email,), message, member.external_id)
        elif member.status == MemberStatus.INVITED:
            time = past.invited_at.get(member.id)
            if time is None or time < accepted_since:
                since = f"since {time:%Y-%m-%d}" if time else "for a time that the event log does not tell"
                message = f"the invitation has been open {since}"
                yield Finding("invitation_open", (member.email,), message, member.external_id)


def _against(
    snapshot: Snapshot, organization: Organization, policy: Policy, plan: Plan, past: Past
) -> Iterator[Finding]:
    """Yield what is wrong beside the directory."""
    for email, users in _shared(snapshot.users, lambda user: user.email if user.status != "deleted" else None):
        ids = tuple(user.external_id for user in users)
        yield Finding("duplicate_user_email", ids, f"{len(users)} users of the directory have {email}")
    for action in plan.actions:
        if action.kind == Kind.LINK_MEMBER:
            message = "the member has no external id, but a user of the directory has this address"
            yield Finding("never_linked", (action.key,), message, action.external_id)
    for refusal in plan.refusals:
        if refusal.reason in FROM_REFUSALS:
            yield Finding(refusal.reason, (refusal.key,), refusal.message, refusal.external_id)
    matches = match_members(snapshot.users, organization.members, policy)
    yield from _owners(snapshot, organization.members, matches)
    for member in revoked_though_active(snapshot, organization, policy):
        author = {"person": "a person", "policy": "a policy of the organization", "api": "a sync or SCIM"}
        by = author.get(past.revoked_by.get(member.id, ""), "nobody knows whom")
        message = f"the user is active in the directory, but the member was revoked by {by}"
        yield Finding("revoked_but_active", (member.email,), message, member.external_id)
    for group in match_groups(snapshot.groups, organization.groups, policy).unclaimed:
        message = "no group of the directory has this external id, nor this name"
        yield Finding("group_without_source", (group.name,), message, group.external_id)


def _owners(snapshot: Snapshot, members: Iterable[Member], matches: Matches) -> Iterator[Finding]:
    """Yield the owners whom the directory does not know as people in service."""
    users = {user.external_id: user for user in snapshot.users}
    owners = {member.id: users[external_id] for external_id, member in matches.members.items()}
    absent = {member.id for member in matches.unclaimed}
    for member in members:
        if member.type != MemberType.OWNER or member.status == MemberStatus.REVOKED:
            continue
        user = owners.get(member.id)
        if user is not None and user.status != "active":
            message = f"the owner is {user.status} in the directory"
            yield Finding("owner_out_of_service", (member.email,), message, member.external_id)
        elif member.id in absent:
            message = "no user of the directory has the external id of this owner"
            yield Finding("owner_out_of_service", (member.email,), message, member.external_id)
        elif user is None:
            message = "no user of the directory has the address of this owner"
            yield Finding("owner_unknown", (member.email,), message, member.external_id)


def _shared(records: Iterable[T], key: Callable[[T], str | None]) -> Iterator[tuple[str, list[T]]]:
    """Yield each key that several records have, with these records."""
    found: dict[str, list[T]] = {}
    for record in records:
        value = key(record)
        if value:
            found.setdefault(value, []).append(record)
    return ((value, same) for value, same in sorted(found.items()) if len(same) > 1)


def _is_dn(text: str) -> bool:
    """Say whether an external id is a distinguished name, as Directory Connector takes it from LDAP servers."""
    if "=" not in text or "," not in text:
        return False
    try:
        normal_form(text)
    except ValueError:
        return False
    return True
