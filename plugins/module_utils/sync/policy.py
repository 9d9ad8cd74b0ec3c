# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy: what to do with each kind of user and group, and how far a run may go (guards)."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Member, MemberType
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.accesses import AccessEntry, access_entries
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.exclusion import Exclusion
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import OtherRoles, RoleEntry, role_entries

OnAbsent = Literal["ignore", "revoke", "remove"]
OnDeleted = Literal["revoke", "remove"]
OnAbsentGroup = Literal["ignore", "remove"]
Membership = Literal["exclusive", "additive", "managed_only"]

COUNTED = ("grace_days", "reinvite_days", "reinvite_times", "purge_days")


@dataclass(frozen=True, slots=True)
class Limit:
    """How many records one kind of action may touch; None sets no limit.

    ``percent`` relates to all records that the action could have touched, and counts only above the exemption.
    """

    count: int | None = None
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class Guards:
    """The limits that stop a plan; ``exempt`` records may always be touched as far as percentages are concerned."""

    removals: Limit = Limit(percent=10)
    revocations: Limit = Limit(percent=20)
    group_deletions: Limit = Limit(percent=20)
    group_leavers: Limit = Limit(percent=50)
    collection_withdrawals: Limit = Limit(percent=20)
    invitations: Limit = Limit()
    promotions: Limit = Limit(percent=20)
    demotions: Limit = Limit(percent=30)
    shrink: Limit = Limit(percent=30)
    exempt: int = 5


@dataclass(frozen=True, slots=True)
class Protection:
    """Members whom the sync never touches beside the owners; ``emails`` and ``groups`` are globs, in lower case.

    ``groups`` are patterns of names or ids by the entry they come from, ``member_ids`` the members in these groups,
    once they are known (see protection.py).
    """

    emails: tuple[re.Pattern[str], ...] = ()
    external_ids: frozenset[str] = frozenset()
    types: frozenset[MemberType] = frozenset({MemberType.OWNER})
    groups: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    member_ids: frozenset[str] = frozenset()

    def covers(self, member: Member) -> bool:
        """Say whether this member is protected."""
        return (
            member.type in self.types
            or member.external_id in self.external_ids
            or member.id in self.member_ids
            or any(pattern.fullmatch(member.email) for pattern in self.emails)
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that a plan depends on besides the snapshot and the organization.

    ``source_prefixes`` come from the sources of the snapshot, see :func:`scoped`.
    """

    invite: bool = True
    stage: bool = False
    restore: bool = True
    rekey: bool = True
    adopt: bool = False
    absent: OnAbsent = "revoke"
    disabled: OnAbsent = "revoke"
    deleted: OnDeleted = "revoke"
    grace_days: int = 0
    reinvite_days: int = 0
    reinvite_times: int = 1
    purge_days: int = 0
    absent_groups: OnAbsentGroup = "ignore"
    membership: Membership = "managed_only"
    external_id_prefix: str = ""
    source_prefixes: tuple[str, ...] = ("",)
    allow_seat_purchase: bool = False
    roles: tuple[RoleEntry, ...] = ()
    other_roles: OtherRoles = "keep"
    demote_owners: bool = False
    group_collections: tuple[AccessEntry, ...] = ()
    protected: Protection = field(default_factory=Protection)
    exclude: Exclusion = field(default_factory=Exclusion)
    guards: Guards = field(default_factory=Guards)

    def external_id(self, identity: str) -> str:
        """Return the external id in the organization for an identity key of the directory."""
        return self.external_id_prefix + identity

    def owns(self, external_id: str | None) -> bool:
        """Say whether an object with this external id belongs to the owner scope."""
        scope = tuple([self.external_id_prefix + prefix for prefix in self.source_prefixes])
        return external_id is not None and external_id.startswith(scope)

    def manages(self, member: Member) -> bool:
        """Say whether this member belongs to the owner scope and is not protected."""
        return self.owns(member.external_id) and not self.protected.covers(member)

    @property
    def ages_invitations(self) -> bool:
        """Whether the age of an invitation matters."""
        return bool(self.reinvite_days or self.purge_days)


def policy_from(options: Mapping[str, Any]) -> Policy:
    """Return the policy for the validated ``policy`` option of a module.

    Raises ConfigurationError for what contradicts itself.
    """
    values = dict(options)
    for name in COUNTED:
        if values.get(name, 0) < 0:
            raise ConfigurationError(f"policy.{name} is {values[name]}", hint="Give a number of 0 or more; 0 is off")
    if "invite" in values:
        invite = values.pop("invite")
        values.update(invite=invite != "false", stage=invite == "staged")
    values["roles"] = role_entries(values.get("roles") or ())
    values["group_collections"] = access_entries(values.get("group_collections") or ())
    guards = _guards(values.pop("guards", None) or {})
    protected = _protection(values.pop("protected", None) or {})
    exclude = Exclusion(**{name: _globs(globs) for name, globs in (values.pop("exclude", None) or {}).items()})
    return Policy(**values, guards=guards, protected=protected, exclude=exclude)


def _guards(options: Mapping[str, Any]) -> Guards:
    limits = {name: limit for name, limit in options.items() if name != "exempt" and limit is not None}
    exempt = options.get("exempt", Guards().exempt)
    numbers = {f"{name}.{kind}": number for name, limit in limits.items() for kind, number in limit.items()}
    for name, number in {**numbers, "exempt": exempt}.items():
        if number is not None and not number >= 0:  # unlike < 0 this refuses NaN, which would be no limit at all
            raise ConfigurationError(f"policy.guards.{name} is {number}", hint="Give a number of 0 or more")
    changes: dict[str, Any] = {name: Limit(limit["count"], limit["percent"]) for name, limit in limits.items()}
    return replace(Guards(exempt=exempt), **changes)


def _protection(options: Mapping[str, Any]) -> Protection:
    names = {"owner", *options.get("types", ())}
    return Protection(
        emails=_globs(options.get("emails", ())),
        external_ids=frozenset(options.get("external_ids", ())),
        types=frozenset(type_ for type_ in MemberType if type_.name.lower() in names),
        groups={entry: pattern for entry in options.get("groups", ()) for pattern in _globs([entry])},
    )


def _globs(globs: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """Return patterns that know * and ?; brackets stand for themselves, as in names of groups."""
    return tuple([re.compile(fnmatch.translate(glob.lower().replace("[", "[[]"))) for glob in globs])
