# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readings in the short forms that tests compare."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading, User

GroupFacts = tuple[str, str, bool, bool, frozenset[str], frozenset[str]]


def facts(reading: Reading) -> tuple[frozenset[User], frozenset[GroupFacts]]:
    """Return users and groups, by their external ids, without their order."""
    users = [user.external_id for user in reading.users]
    groups = [group.external_id for group in reading.groups]
    return frozenset(reading.users), frozenset(
        (
            group.external_id,
            group.name,
            group.everyone,
            group.listed,
            frozenset(users[place] for place in group.users),
            frozenset(groups[place] for place in group.groups),
        )
        for group in reading.groups
    )


def statuses(reading: Reading) -> dict[str | None, str]:
    """Return the status of each user by e-mail."""
    return {user.email: user.status for user in reading.users}


def members(reading: Reading) -> dict[str, set[str | None]]:
    """Return the e-mails of the direct members of each group by name."""
    return {group.name: {reading.users[place].email for place in group.users} for group in reading.groups}


def warnings(reading: Reading) -> list[tuple[str, str]]:
    """Return code and record of each warning."""
    return [(warning.code, warning.record) for warning in reading.warnings]
