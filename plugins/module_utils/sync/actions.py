# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan is made of: actions with reasons, refusals, and the digest that identifies a plan."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from enum import Enum
from functools import cached_property

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Access, Role


class Kind(str, Enum):
    """The kinds of action, in the order in which they are applied.

    Access is given before it is taken away, owners are made before others cease to be owners, addresses are freed
    before others are invited under them, groups exist before their members are set and have the right ones before
    they are given collections, and whatever cannot be undone comes last.
    """

    LINK_MEMBER = "link_member"
    REKEY_MEMBER = "rekey_member"
    RESTORE_MEMBER = "restore_member"
    PROMOTE_MEMBER = "promote_member"
    DEMOTE_MEMBER = "demote_member"
    REPLACE_INVITATION = "replace_invitation"
    INVITE_MEMBER = "invite_member"
    STAGE_MEMBER = "stage_member"
    REINVITE_MEMBER = "reinvite_member"
    CREATE_GROUP = "create_group"
    UPDATE_GROUP = "update_group"
    SET_GROUP_MEMBERS = "set_group_members"
    SET_GROUP_COLLECTIONS = "set_group_collections"
    REVOKE_MEMBER = "revoke_member"
    WITHDRAW_INVITATION = "withdraw_invitation"
    REMOVE_MEMBER = "remove_member"
    DELETE_GROUP = "delete_group"


ORDER = {kind: position for position, kind in enumerate(Kind)}
GROUP_KINDS = frozenset(
    {
        Kind.CREATE_GROUP,
        Kind.UPDATE_GROUP,
        Kind.SET_GROUP_MEMBERS,
        Kind.SET_GROUP_COLLECTIONS,
        Kind.DELETE_GROUP,
    }
)


@dataclass(frozen=True, slots=True)
class Action:
    """One change of one object.

    ``key`` names the object for people: the member's e-mail or the group's name, as the organization has it before
    the change (as it will have it where it is new). ``id`` is its Bitwarden id, None where the plan creates it.
    ``external_id`` is the external id after the change and ``previous`` the one before it where it changes; ``value``
    is the new e-mail of an invitation or the new name of a group. ``joining`` and ``leaving`` are e-mails of members.
    ``granting`` and ``withdrawing`` are accesses of groups that come and go; one that changes is in both.
    ``role`` is the new role of a member (None with an invitation as plain user), ``previous_role`` the one before it,
    where there was a member or an invitation before.
    """

    kind: Kind
    key: str
    reason: str
    external_id: str | None
    id: str | None = None
    previous: str | None = None
    value: str | None = None
    joining: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    role: Role | None = None
    previous_role: Role | None = None
    granting: tuple[Access, ...] = ()
    withdrawing: tuple[Access, ...] = ()

    @property
    def gives_role(self) -> bool:
        """Say whether somebody may do more than before, or more than a plain user where there was nobody before."""
        return self.role is not None and self.role.exceeds(self.previous_role or Role())

    @property
    def takes_role(self) -> bool:
        """Say whether somebody may do less than before as a member."""
        return self.role is not None and self.previous_role is not None and self.previous_role.exceeds(self.role)

    def identity(self) -> tuple[object, ...]:
        """Return what makes two actions the same in any run: everything but ids that the server has yet to give."""
        return (
            self.kind.value,
            self.key,
            self.external_id,
            self.previous,
            self.value,
            self.joining,
            self.leaving,
            *(_identity(role) for role in (self.role, self.previous_role) if role),
            *(("granting", *astuple(access)) for access in self.granting),
            *(("withdrawing", *astuple(access)) for access in self.withdrawing),
        )


def _identity(role: Role) -> tuple[object, ...]:
    return (role.type.value, *sorted(role.permissions))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that the plan leaves alone although the directory asks for a change; ``reason`` is a stable code."""

    key: str
    reason: str
    message: str
    external_id: str | None = None


@dataclass(frozen=True)
class Plan:
    """Ordered actions and refusals; equal plans have equal digests."""

    actions: tuple[Action, ...]
    refusals: tuple[Refusal, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Return ``sha256:`` and the hash over the actions, independent of ids that do not exist yet."""
        return digest_of(action.identity() for action in self.actions)

    def counts(self) -> dict[str, int]:
        """Return the number of actions by kind (kinds that do not occur are 0) and of refusals."""
        found = Counter(action.kind for action in self.actions)
        return {**{kind.value: found[kind] for kind in Kind}, "refused": len(self.refusals)}


def digest_of(identities: Iterable[object]) -> str:
    """Return the digest of the plan whose actions have these identities, also after these went through JSON."""
    hasher = hashlib.sha256()
    for identity in identities:
        line = json.dumps(identity, ensure_ascii=False, separators=(",", ":"))
        hasher.update(line.encode(errors="backslashreplace"))  # a lone surrogate in a name has no UTF-8
        hasher.update(b"\n")
    return "sha256:" + hasher.hexdigest()


def ordered(actions: Iterable[Action]) -> tuple[Action, ...]:
    """Return the actions in the order of application; within a kind they keep the order in which they were planned."""
    return tuple(sorted(actions, key=lambda action: ORDER[action.kind]))
