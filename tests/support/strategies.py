# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hypothesis strategies for directories, organizations and policies that are small but collide as often as they can."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.updates import with_role
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.policy import policy_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group, Snapshot, User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Collection,
    Member,
    MemberStatus,
    MemberType,
    Organization,
    OrganizationGroup,
    Role,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.accesses import AccessEntry, WantedAccess
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import Memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Guards, Limit, Policy, Protection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.remembered import Reinvitations
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.roles import RoleEntry
from hypothesis import strategies as st

IDENTITIES = [f"id{number}" for number in range(8)]
EMAILS = [f"user{number}@example.org" for number in range(8)]
NAMES = ["Engineering", "Finance", "Support", "Everyone"]
COLLECTIONS = (Collection("c1", "one"), Collection("c2", "twin"), Collection("c3", "twin"), Collection("c4"))
RIGHTS = [(False, False, False), (True, False, False), (True, True, False), (False, False, True)]
OWNERS = frozenset({MemberType.OWNER})
PREFIXES = ["", "ldap:"]
NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
DAYS = st.sampled_from([0, 0, 3, 30])
TIMES = st.sampled_from([0, 2, 3, 29, 30, 100]).map(lambda days: NOW - timedelta(days=days))
UNLIMITED = Guards(**{limit.name: Limit() for limit in fields(Guards) if limit.name != "exempt"}, exempt=0)
ROLES = [
    Role(),
    Role(MemberType.ADMIN),
    Role(MemberType.OWNER),
    Role(MemberType.CUSTOM, frozenset({"manage_users"})),
    Role(MemberType.CUSTOM, frozenset({"manage_users", "manage_sso"})),
    Role(MemberType.CUSTOM, frozenset({"access_reports"})),
]


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Snapshots as the merge step makes them: unique external ids, unique e-mails among users who have one."""
    identities = draw(st.lists(st.sampled_from(IDENTITIES), unique=True, max_size=6))
    emails = draw(st.permutations(EMAILS))
    users = tuple(
        User(identity, draw(st.sampled_from([email, email, email, None])), None, draw(st.sampled_from(STATUSES)), "s")
        for identity, email in zip(sorted(identities), emails, strict=False)
    )
    group_ids = draw(st.lists(st.sampled_from(IDENTITIES[:4]), unique=True, max_size=3))
    groups = tuple(
        Group(
            group_id,
            draw(st.sampled_from(NAMES)),
            "s",
            tuple(sorted(draw(st.sets(st.sampled_from([u.external_id for u in users]))) if users else ())),
        )
        for group_id in sorted(group_ids)
    )
    return Snapshot(users, groups)


STATUSES = ["active", "active", "active", "disabled", "deleted"]


@st.composite
def organizations(draw: st.DrawFn) -> Organization:
    """Organizations with members and groups that may or may not belong to the sync; one confirmed owner at least."""
    external_ids = st.sampled_from([None, *IDENTITIES, *[f"ldap:{identity}" for identity in IDENTITIES], "foreign"])
    emails = draw(st.lists(st.sampled_from(EMAILS), unique=True, max_size=7))
    members = [
        with_role(
            Member(
                f"m{number}",
                email,
                draw(st.sampled_from(list(MemberStatus))),
                MemberType.USER,
                draw(external_ids),
                user_id=draw(st.sampled_from([None, f"u{number}"])),
            ),
            draw(st.sampled_from([Role(), *ROLES])),
        )
        for number, email in enumerate(emails)
    ]
    members.append(Member("owner", "owner@example.org", MemberStatus.CONFIRMED, MemberType.OWNER))
    groups = tuple(
        OrganizationGroup(f"g{number}", name, draw(external_ids), draw(associations()))
        for number, name in enumerate(draw(st.lists(st.sampled_from(NAMES), max_size=4)))
    )
    ids = [member.id for member in members]
    memberships = {group.id: frozenset(draw(st.sets(st.sampled_from(ids)))) for group in groups}
    return Organization(tuple(members), groups, memberships, COLLECTIONS, draw(st.booleans()))


def associations() -> st.SearchStrategy[tuple[Association, ...]]:
    """Accesses of a group, to shared collections and to one that is hidden."""
    ids = st.sampled_from([*(collection.id for collection in COLLECTIONS), "hidden"])
    return st.dictionaries(ids, st.sampled_from(RIGHTS), max_size=3).map(
        lambda rights: tuple(Association(id_, *right) for id_, right in rights.items())
    )


def access_entries() -> st.SearchStrategy[tuple[AccessEntry, ...]]:
    """Entries for groups that the snapshot may hold, with collections that exist, are ambiguous, or do not exist."""
    names = st.sampled_from(["c1", "one", "c2", "twin", "c3", "gone"])
    accesses = st.dictionaries(names, st.sampled_from(RIGHTS), max_size=3).map(
        lambda rights: tuple(WantedAccess(name, *right) for name, right in rights.items())
    )
    entry = st.builds(AccessEntry, st.sampled_from([*IDENTITIES[:4], *NAMES]), accesses, st.booleans())
    return st.lists(entry, max_size=2).map(tuple)


def role_entries() -> st.SearchStrategy[tuple[RoleEntry, ...]]:
    """Entries for groups that the snapshot may hold, by external id or by name, or not."""
    entry = st.builds(RoleEntry, st.sampled_from([*IDENTITIES[:4], *NAMES]), st.sampled_from(ROLES))
    return st.lists(entry, max_size=3).map(tuple)


@st.composite
def memories(draw: st.DrawFn) -> Memory:
    """What may be known of the members of organizations(), or remembered of the users of snapshots(), at one time."""
    ids = [f"m{number}" for number in range(7)]
    revoked_by = draw(st.dictionaries(st.sampled_from(ids), st.sampled_from(["api", "person", "policy"])))
    own = [member_id for member_id, author in revoked_by.items() if author == "api"]
    return Memory(
        revoked_by,
        draw(st.booleans()),
        revoked_at=draw(st.dictionaries(st.sampled_from(own), TIMES)) if own else {},
        invited_at=draw(st.dictionaries(st.sampled_from(ids), TIMES)),
        reinvitations=draw(
            st.dictionaries(st.sampled_from(ids), st.builds(Reinvitations, st.sampled_from([1, 2]), TIMES))
        ),
        lapsed=frozenset(prefix + key for prefix in PREFIXES for key in draw(st.sets(st.sampled_from(IDENTITIES)))),
        now=NOW,
    )


def policies() -> st.SearchStrategy[Policy]:
    """Every combination of choices, with the guards off."""
    return st.builds(
        Policy,
        invite=st.booleans(),
        stage=st.sampled_from([False, False, True]),
        restore=st.booleans(),
        rekey=st.booleans(),
        adopt=st.booleans(),
        absent=st.sampled_from(["ignore", "revoke", "remove"]),
        disabled=st.sampled_from(["ignore", "revoke", "remove"]),
        deleted=st.sampled_from(["revoke", "remove"]),
        grace_days=DAYS,
        reinvite_days=DAYS,
        reinvite_times=st.sampled_from([0, 1, 2]),
        purge_days=DAYS,
        absent_groups=st.sampled_from(["ignore", "remove"]),
        membership=st.sampled_from(["exclusive", "additive", "managed_only"]),
        external_id_prefix=st.sampled_from(PREFIXES),
        roles=role_entries(),
        other_roles=st.sampled_from(["keep", "user"]),
        demote_owners=st.booleans(),
        group_collections=access_entries(),
        protected=st.builds(Protection, types=st.sampled_from([OWNERS, OWNERS | {MemberType.ADMIN}])),
        guards=st.just(UNLIMITED),
    )


DRAWN_OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "external_id_prefix": st.sampled_from(PREFIXES),
    "grace_days": st.sampled_from([0, 7]),
    "guards": st.sampled_from([{"exempt": 1000}, {"revocations": {"count": 0}, "exempt": 0}]),
    "protected": st.fixed_dictionaries(
        {},
        optional={
            "emails": st.just(["user0@*"]),
            "external_ids": st.just(["id1", "ldap:id1"]),
            "types": st.lists(st.sampled_from(["admin", "custom", "user"]), unique=True),
        },
    ),
    "purge_days": st.sampled_from([0, 20]),
    "reinvite_days": st.sampled_from([0, 5]),
    "reinvite_times": st.integers(0, 2),
    "roles": st.lists(
        st.builds(
            lambda group, role: {"group": group, **role},
            st.sampled_from([*IDENTITIES[:4], *NAMES]),
            st.sampled_from(
                [
                    *({"type": name} for name in ("owner", "admin", "user")),
                    {"type": "custom", "permissions": {"manage_groups": True}},
                ]
            ),
        ),
        max_size=2,
        unique_by=lambda entry: entry["group"],
    ),
}
"""What to give to options of ``policy`` that are neither switches nor choices."""


def policy_options() -> st.SearchStrategy[dict[str, Any]]:
    """Values of the option ``policy``: any switch, any choice and DRAWN_OPTIONS; further options as they come up."""
    return st.fixed_dictionaries(
        {},
        optional={
            name: strategy for name, option in policy_spec().items() if (strategy := _values(name, option)) is not None
        },
    )


def _values(name: str, option: dict[str, Any]) -> st.SearchStrategy[Any] | None:
    if name in DRAWN_OPTIONS:
        return DRAWN_OPTIONS[name]
    if option["type"] == "bool":
        return st.booleans()
    return st.sampled_from(option["choices"]) if option["type"] == "str" and "choices" in option else None
