# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider of sources of type ``file``: LDIF, CSV, JSON and YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.entries import LdifSearcher
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.records import Records
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.structured import (
    add_records,
    parse_json,
    parse_yaml,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.tabular import (
    Table,
    add_memberships,
    add_users,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.active_directory_accounts import (
    AccountStatus,
    PrimaryGroupBySid,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import Layout, resolve_layout
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Searcher
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.presets import PRESETS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.reading import (
    DeletedUsers,
    Dialect,
    read_deleted_bases,
    read_entries,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.root_dse import RootDse
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.status import AttributeStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading

LARGEST_FILE = 1 << 30
_FORMATS = {".ldif": "ldif", ".csv": "csv", ".json": "json", ".yaml": "yaml", ".yml": "yaml"}
_SAMPLES = 3


class FileProvider:
    """Reads people and groups from a file; what was read is what the file held at one moment."""

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        self._name = name
        self._options = options
        self._path = Path(options["path"])
        self._format = options.get("format") or _FORMATS.get(self._path.suffix.lower(), "")
        if not self._format:
            raise ConfigurationError(
                f"The source {name} does not say what format {self._path} has",
                hint=f"Set format, or use one of the endings {', '.join(_FORMATS)}",
            )
        if self._format != "ldif" and (options.get("user_query") or options.get("group_query")):
            raise ConfigurationError(f"The source {name} has an LDAP filter for a file that is no LDIF")
        delimiter = options["csv"]["delimiter"]
        if len(delimiter) != 1:
            raise ConfigurationError(
                f"The source {name} has the csv.delimiter {delimiter!r}, which is not one character",
                hint='Write a tab in double quotes: "\\t"',
            )

    def read(self, previous: Mapping[str, Any] | None = None) -> Reading:
        """Return everything in the file; raises ConfigurationError naming file and line for whatever is not usable."""
        content = _content(self._path)
        if self._format == "ldif":
            return self._read_ldif(content)
        records = Records(self._name)
        if self._format == "csv":
            self._add_tables(records, content)
        else:
            parse = parse_json if self._format == "json" else parse_yaml
            add_records(records, parse(_text(content, self._path, "utf-8"), str(self._path)), str(self._path))
        return records.reading(str(self._path))

    def probe(self) -> Mapping[str, Any]:
        """Return the path, the format, how much the file holds, and some of its users."""
        reading = self.read()
        return {
            "server": reading.server,
            "format": self._format,
            "users": len(reading.users),
            "groups": len(reading.groups),
            "sample_users": [
                {"external_id": user.external_id, "email": user.email, "name": user.name, "status": user.status}
                for user in reading.users[:_SAMPLES]
            ],
            "sample_groups": [group.name for group in reading.groups[:_SAMPLES]],
        }

    def _add_tables(self, records: Records, content: bytes) -> None:
        options = self._options["csv"]
        encoding, delimiter, columns = options["encoding"], options["delimiter"], options["columns"]
        add_users(records, Table(_text(content, self._path, encoding), str(self._path), delimiter, columns))
        if options["memberships_path"]:
            path = Path(options["memberships_path"])
            add_memberships(records, Table(_text(_content(path), path, encoding), str(path), delimiter, columns))

    def _read_ldif(self, content: bytes) -> Reading:
        layout = self._layout()
        searcher = LdifSearcher(content, str(self._path))
        with_groups = self._options.get("read_groups", True)
        reading = read_entries(searcher, layout, self._dialect(layout), self._name, with_groups=with_groups)
        return replace(reading, server=str(self._path))

    def _dialect(self, layout: Layout) -> Dialect:
        def read_deleted(searcher: Searcher) -> DeletedUsers:
            return read_deleted_bases(searcher, layout, self._name)

        if self._options["ldif"]["server_kind"] == "active_directory":
            return Dialect(AccountStatus(datetime.now(timezone.utc)), read_deleted, PrimaryGroupBySid())
        return Dialect(AttributeStatus(layout.disabled_when, layout.lock_attribute), read_deleted)

    def _layout(self) -> Layout:
        """Return where to look in the file: below the base as on a server, or everywhere without one."""
        options = dict(self._options["ldif"])
        base = options["base_dn"]
        if not base:
            for name in ("user_bases", "group_bases"):
                options[name] = [""] if options[name] is None else options[name]
            options["deleted_bases"] = options["deleted_bases"] or []
        for name in ("user_query", "group_query"):
            options[name] = self._options.get(name)
        return resolve_layout(options, PRESETS[options["server_kind"]], RootDse({"namingcontexts": (base or "",)}))


def _content(path: Path) -> bytes:
    """Return the content of a file without byte order mark; raises ConfigurationError where it cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigurationError(f"The file {path} cannot be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise ConfigurationError(f"The file {path} is larger than {LARGEST_FILE >> 20} MiB")
    return content.removeprefix(b"\xef\xbb\xbf")


def _text(content: bytes, path: Path, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}, line {line}: this is not {encoding}: {error.reason}") from error
    except LookupError as error:
        raise ConfigurationError(f"{path}: the encoding {encoding} is unknown") from error
