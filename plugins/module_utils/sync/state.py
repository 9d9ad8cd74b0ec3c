# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state file: what a later run has to know and the organization cannot tell. Small, optional, private."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import write_private
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.private_json import PrivateFormat
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import PRODUCT
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.record import organization_from_record, record_of
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.remembered import (
    Remembered,
    remembered_as_data,
    remembered_from_data,
)

FILE = PrivateFormat(
    "state file",
    f"{PRODUCT}/state",
    version=1,
    hint="Give each organization a state_file of its own, or remove this one to start without memory",
)


Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class State:
    """What the last runs without failure leave to the next.

    ``applied_counts`` are, for members and for groups, the counts of the snapshot that was last applied to them (see
    Snapshot.counts): what was approved for the members alone, a run for the groups still has to look at. ``sent`` is
    what the organization holds as far as it was sent (see record.py), None also where the organization itself can tell.
    ``remembered`` is what any run outside check mode did to members, or was about to do when it died.
    """

    applied_counts: Mapping[str, Counts] = field(default_factory=dict)
    sent: Organization | None = None
    remembered: Remembered = field(default_factory=Remembered)

    def accepted(self, parts: Collection[str]) -> Counts:
        """Return the counts of the snapshots that were last applied to these parts, the largest of each."""
        known = [self.applied_counts[part] for part in parts if part in self.applied_counts]
        return {name: max(counts.get(name, 0) for counts in known) for counts in known for name in counts}


def read_state(path: Path | None, organization: str) -> State:
    """Return the state kept at ``path`` for ``organization``, an empty one where there is none.

    Raises ConfigurationError for a file that is not the state of this organization.
    """
    if path is None:
        return State()
    content = FILE.read(path, organization)
    if content is None:
        return State()
    counts = content.get("applied_counts")
    if not isinstance(counts, dict) or not all(map(_are_counts, counts.values())):
        raise FILE.unusable(path, "its counts are no numbers")
    try:
        sent = organization_from_record(content["sent"]) if "sent" in content else None
    except ValueError as error:
        raise FILE.unusable(path, f"its record of what was sent is broken: {error}") from error
    try:
        remembered = remembered_from_data(content["remembered"]) if "remembered" in content else Remembered()
    except ValueError as error:
        raise FILE.unusable(path, f"what it remembers of members is broken: {error}") from error
    return State(applied_counts=counts, sent=sent, remembered=remembered)


def write_state(path: Path, organization: str, state: State) -> None:
    """Keep the state at ``path``, mode 0600, in one step."""
    content = {**FILE.header(organization), "applied_counts": dict(state.applied_counts)}
    if state.sent is not None:
        content["sent"] = record_of(state.sent)
    if state.remembered != Remembered():
        content["remembered"] = remembered_as_data(state.remembered)
    write_private(path, [json.dumps(content, indent=2).encode() + b"\n"])


def _are_counts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(count, int) for count in value.values())
