# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Protection by group: members of groups of either side whom the sync never touches. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Organization,
    OrganizationGroup,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.exclusion import fits
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy


def protecting_groups(groups: Sequence[OrganizationGroup], policy: Policy) -> tuple[str, ...]:
    """Return the ids of the organization's groups whose members are protected: these have to be read."""
    return tuple(group.id for group in groups if fits(policy.protected.groups.values(), group.name, group.id))


def with_protected_groups(policy: Policy, snapshot: Snapshot, organization: Organization) -> Policy:
    """Return the policy that knows who is protected by a group.

    Raises ConfigurationError for an entry without any group: whoever it was meant for would not be protected.
    """
    names: set[str] = set()
    users: set[str] = set()
    ids: set[str] = set()
    for entry, pattern in policy.protected.groups.items():
        teams = [group for group in snapshot.groups if fits([pattern], group.name, group.external_id)]
        groups = [group for group in organization.groups if fits([pattern], group.name, group.id)]
        if not teams and not groups:
            names.add(entry)
        users.update(member for group in teams for member in group.members)
        ids.update(member for group in groups for member in organization.memberships[group.id])
    if names:
        raise ConfigurationError(
            f"policy.protected.groups names {', '.join(sorted(names))}, which fits no group on either side",
            hint="Correct the name, or remove it if nobody needs this protection any more",
        )
    ids.update(_members_of(users, snapshot, organization, policy))
    return replace(policy, protected=replace(policy.protected, member_ids=frozenset(ids)))


def _members_of(users: set[str], snapshot: Snapshot, organization: Organization, policy: Policy) -> Iterable[str]:
    """Return the membership ids of these users of the directory, found by external id or e-mail."""
    keys = {policy.external_id(user) for user in users}
    emails = {user.email for user in snapshot.users if user.external_id in users}
    return (member.id for member in organization.members if member.external_id in keys or member.email in emails)
