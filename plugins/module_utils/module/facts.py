# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of directory_facts to a snapshot file and the summary that becomes a fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.collector import paused_collector
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    SnapshotError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.contribution import (
    Contribution,
    SourceIdentity,
    contribution_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.merge import merge
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.registry import Provider, provider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.selection import Selection, selection_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    RecordWarning,
    Snapshot,
    SourceSummary,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import (
    read_snapshot,
    write_snapshot,
)

RETURNED_WARNINGS = 50
LONGEST_PREFIX = 50

_States = Mapping[tuple[str, str], Mapping[str, Any]]
"""What incremental reads need of the read before, by name and type of the source."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A source whose options are known to fit together, ready to be read."""

    name: str
    type: str
    provider: Provider
    selection: Selection
    allow_empty: bool
    external_id_prefix: str
    incremental: bool

    def read(self, states: _States) -> Contribution:
        identity = SourceIdentity(self.name, self.type, _now(), self.external_id_prefix)
        reading = self.provider.read(states.get((self.name, self.type)))
        return contribution_from(identity, reading, self.selection, allow_empty=self.allow_empty)


@paused_collector()
def read_directory(options: Mapping[str, Any]) -> dict[str, Any]:
    """Read all sources, write the snapshot, and return the result of directory_facts (see its RETURN).

    With ``probe``, each source is only tried and nothing is written. All options are checked before any source is
    contacted. Raises ConfigurationError for options that cannot work and DirectoryError where a source cannot be
    read completely; nothing is written then.
    """
    sources = _sources(options["sources"])
    if options["probe"]:
        probes = [{"name": source.name, "type": source.type, **source.provider.probe()} for source in sources]
        return {"ansible_facts": {"bitwarden_directory": {"probe": probes}}}
    path = _snapshot_path(options["snapshot"])
    created = _now()
    states = _states(path) if any(source.incremental for source in sources) else {}
    snapshot = merge([source.read(states) for source in sources], created, options["on_conflict"])
    digest = write_snapshot(snapshot, path)
    return {
        "ansible_facts": {"bitwarden_directory": {"snapshot": str(path), "digest": digest, **_summary(snapshot)}},
        "warnings": _warnings(snapshot.warnings),
    }


def _sources(options: Sequence[Mapping[str, Any]]) -> list[_Source]:
    """Return the sources; raises ConfigurationError for names that are not unique and for missing users."""
    if not options:
        raise ConfigurationError("There are no sources", hint="Describe at least one directory in sources")
    repeated = [name for name, count in Counter(source["name"] for source in options).items() if count > 1]
    if repeated:
        raise ConfigurationError(f"Several sources are called {repeated[0]}", hint="Give each source a name of its own")
    sources = [_source(source) for source in options]
    if not any(source.selection.list_users for source in sources):
        raise ConfigurationError(
            "No source reads users, so that no group could have members",
            hint="Leave users.read at true for the sources of the organization's people",
        )
    return sources


def _source(options: Mapping[str, Any]) -> _Source:
    name, source_type = options["name"], options["type"]
    if options[source_type] is None:
        raise ConfigurationError(f"The source {name} has the type {source_type}, but {source_type} is empty")
    prefix = _prefix(name, options["external_id_prefix"])
    selection = selection_from(source_type, name, options["users"], options["groups"], prefix)
    request = {
        **options[source_type],
        "user_query": selection.user_query,
        "group_query": selection.group_query,
        "read_groups": selection.needs_groups,
    }
    return _Source(
        name=name,
        type=source_type,
        provider=provider(source_type, name, request),
        selection=selection,
        allow_empty=options["allow_empty"],
        external_id_prefix=prefix,
        incremental=bool(request.get("incremental")),
    )


def _prefix(source: str, prefix: str) -> str:
    if len(prefix) > LONGEST_PREFIX or prefix != prefix.strip():
        raise ConfigurationError(
            f"The source {source} has the external_id_prefix {prefix[:LONGEST_PREFIX]!r}",
            hint=f"Give at most {LONGEST_PREFIX} characters without space around them, such as 'corp:'",
        )
    return prefix


def _snapshot_path(value: str | None) -> Path:
    """Return the path to write to, checked before the directory is read, which may take a while."""
    if not value:
        raise ConfigurationError("snapshot is missing", hint="Give the path of the file to write")
    path = Path(value)
    if not path.parent.is_dir() or path.is_dir():
        raise ConfigurationError(
            f"The snapshot {path} cannot be written: {'it' if path.is_dir() else path.parent} "
            f"is {'' if path.is_dir() else 'not '}a folder",
            hint="Give the path of a file in an existing folder",
        )
    return path


def _states(path: Path) -> _States:
    """Return what the snapshot that is about to be replaced kept; nothing where there is none that can be trusted."""
    try:
        sources = read_snapshot(path).sources
    except SnapshotError:
        return {}
    return {(source.name, source.type): source.state for source in sources if source.state is not None}


def _summary(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "created": snapshot.created,
        "counts": snapshot.counts(),
        "sources": [_source_summary(source) for source in snapshot.sources],
        "warnings": [asdict(warning) for warning in snapshot.warnings[:RETURNED_WARNINGS]],
    }


def _source_summary(source: SourceSummary) -> dict[str, Any]:
    summary = asdict(source)
    del summary["state"]
    return summary


def _warnings(warnings: Sequence[RecordWarning]) -> list[str]:
    """Return one text that says how many records need attention and why; the snapshot names them."""
    if not warnings:
        return []
    codes = ", ".join(f"{code}: {count}" for code, count in sorted(Counter(each.code for each in warnings).items()))
    return [f"The directory has records that need attention ({codes}); the warnings in the snapshot name them"]


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
