# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The owner scope: whose objects in the organization belong to this run. Pure functions."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy


def scoped(policy: Policy, snapshot: Snapshot) -> Policy:
    """Return the policy whose owner scope is that of the snapshot's sources.

    An object belongs to it where its external id begins like those of any source. A source without prefix claims
    every external id, as a snapshot without sources does.
    """
    prefixes = {source.external_id_prefix for source in snapshot.sources} or {""}
    return replace(policy, source_prefixes=tuple(sorted(prefixes)))
