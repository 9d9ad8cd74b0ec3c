# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning the collections of groups, after everything else about groups is planned. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Access,
    Organization,
    OrganizationGroup,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.accesses import AccessEntry, CollectionNames
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Refusal
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.group_names import GroupNames
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.groups import GroupPlan, match_groups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy


def plan_accesses(plan: GroupPlan, groups: Sequence[Group], organization: Organization, policy: Policy) -> None:
    """Add to the plan for the groups what gives them the wanted collections."""
    if not policy.group_collections:
        return
    names, collections = GroupNames(groups), CollectionNames(organization.collections)
    matches = match_groups(groups, organization.groups, policy)
    planned: set[str] = set()
    of_new: dict[str, tuple[Access, ...]] = {}
    for entry in policy.group_collections:
        group = names.find(entry.group)
        if group is None:
            plan.refusals.append(Refusal(entry.group, "collection_group_unknown", names.why_not(entry.group)))
        elif group.external_id in planned:
            message = "an entry of policy.group_collections above names this group too, and counts alone"
            plan.refusals.append(Refusal(entry.group, "collection_group_twice", message))
        elif group.external_id not in matches.refusals:
            planned.add(group.external_id)
            _plan_entry(plan, entry, group, matches.groups.get(group.external_id), collections, policy, of_new)
    plan.actions = [_with_accesses(action, of_new) for action in plan.actions]


def _plan_entry(
    plan: GroupPlan,
    entry: AccessEntry,
    group: Group,
    counterpart: OrganizationGroup | None,
    collections: CollectionNames,
    policy: Policy,
    of_new: dict[str, tuple[Access, ...]],
) -> None:
    """Plan what gives a group the collections of its entry; those of a group that is new go into ``of_new``."""
    external_id = policy.external_id(group.external_id)
    wanted: dict[str, Access] = {}
    for access in entry.accesses:
        found = collections.find(access)
        if found is None:
            message = collections.why_not(access) + (", so that none is taken away either" if entry.exclusive else "")
            plan.refusals.append(Refusal(group.name, "collection_unknown", message, external_id))
        elif found.association.id in wanted:
            message = f"{access.collection} is the collection of an entry above, which counts alone"
            plan.refusals.append(Refusal(group.name, "collection_twice", message, external_id))
        else:
            wanted[found.association.id] = found
    complete = len(wanted) == len(entry.accesses)
    if counterpart is None:
        of_new[external_id] = _sorted(wanted.values())
    elif counterpart.collections is None:
        message = "the server does not tell the collections of the group, so that setting some would take away others"
        plan.refusals.append(Refusal(group.name, "collections_untold", message, external_id))
    else:
        present = {association.id: collections.access(association) for association in counterpart.collections}
        granting = [access for id_, access in wanted.items() if present.get(id_) != access]
        withdrawing = [
            access
            for id_, access in present.items()
            if (id_ in wanted and wanted[id_] != access) or (id_ not in wanted and entry.exclusive and complete)
        ]
        if granting or withdrawing:
            plan.actions.append(
                Action(
                    Kind.SET_GROUP_COLLECTIONS,
                    counterpart.name,
                    "collections",
                    external_id,
                    counterpart.id,
                    granting=_sorted(granting),
                    withdrawing=_sorted(withdrawing),
                )
            )


def _with_accesses(action: Action, of_new: Mapping[str, tuple[Access, ...]]) -> Action:
    """Return the action with the accesses of its group, given by external id, if it creates the group."""
    accesses = of_new.get(action.external_id or "") if action.kind == Kind.CREATE_GROUP else None
    return replace(action, granting=accesses) if accesses else action


def _sorted(accesses: Iterable[Access]) -> tuple[Access, ...]:
    return tuple(sorted(accesses, key=lambda access: (access.collection, access.association.id)))
