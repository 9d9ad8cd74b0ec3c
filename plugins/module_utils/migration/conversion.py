# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a ``data.json`` of Bitwarden Directory Connector to the variables of an inventory, without its secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.bwdc_filter import (
    LDAP_TYPES,
    Kind,
    parse_bwdc_filter,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import parse_filter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.data_file import (
    DIRECTORIES,
    Section,
    read_settings,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.ldap import ldap_source
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.notes import Finding, Notes, Secret
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.organization import organization, policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.services import (
    entra_id_source,
    google_workspace_source,
    okta_source,
    onelogin_source,
)

_CONVERTERS: tuple[Callable[[Section, Section, Notes], tuple[str, dict[str, Any]]], ...] = (
    ldap_source,
    entra_id_source,
    google_workspace_source,
    okta_source,
    onelogin_source,
)
_CACHES = ("lastUserSync", "lastGroupSync", "userDeltaToken", "groupDeltaToken", "lastSyncHash", "syncingDir")
_DESKTOP = (
    "locale",
    "window",
    "enableTray",
    "enableMinimizeToTray",
    "enableCloseToTray",
    "enableAlwaysOnTop",
    "alwaysShowDock",
)

_OF_SOME_DIRECTORIES = (
    "userObjectClass",
    "groupObjectClass",
    "userPath",
    "groupPath",
    "userEmailAttribute",
    "groupNameAttribute",
    "memberAttribute",
    "useEmailPrefixSuffix",
    "emailPrefixAttribute",
    "emailSuffix",
    "revisionDateAttribute",
    "creationDateAttribute",
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """The variables, the secrets that they refer to, and what an administrator has to know."""

    state_version: int
    source_type: str
    variables: dict[str, Any]
    secrets: tuple[Secret, ...]
    findings: tuple[Finding, ...]


def convert(content: bytes, name: str) -> Conversion:
    """Return what the file means here; ``name`` becomes that of the source.

    Raises ConfigurationError for a file that is broken, too old, or synchronizes nothing.
    """
    settings, version = read_settings(content)
    notes = Notes()
    sync = settings.section("sync")
    if not sync.flag("users") and not sync.flag("groups"):
        raise ConfigurationError(
            "The file synchronizes neither users nor groups",
            hint="Set sync.users or sync.groups in Directory Connector",
        )
    source_type, connection = _connection(settings, sync, notes)
    source = {"name": name, "type": source_type, source_type: connection, **_selection(sync, source_type, notes)}
    variables = {
        "bitwarden_sync_organization": organization(settings, notes),
        "bitwarden_sync_sources": [source],
        "bitwarden_sync_policy": policy(sync, notes),
    }
    _note_the_rest(settings, sync, notes)
    return Conversion(version, source_type, variables, tuple(notes.secrets), tuple(notes.sorted_findings()))


def _connection(settings: Section, sync: Section, notes: Notes) -> tuple[str, dict[str, Any]]:
    number = settings.number("directoryType")
    if number is None or not 0 <= number < len(DIRECTORIES):
        raise ConfigurationError(
            "No directory is configured in the file", hint="Choose a directory in Directory Connector"
        )
    others = [key for position, key in enumerate(DIRECTORIES) if position != number and settings.holds(key)]
    notes.ignored(others, "Directory Connector uses another directory.")
    section = settings.section(DIRECTORIES[number])
    converted = _CONVERTERS[number](section, sync, notes)
    # Links the directory to its entry in the key store.
    section.holds("id")
    notes.ignored(section.unasked(), "It is not known.")
    return converted


def _selection(sync: Section, source_type: str, notes: Notes) -> dict[str, Any]:
    """Return the options ``users`` and ``groups``; the filters as they are, since the source reads their language.

    Services have one side narrow the other one: users outside the groups are dropped, members outside the users. That
    ends where a side is not synchronized; for LDAP each filter is about its own side only.
    """
    selection: dict[str, Any] = {}
    users, groups = sync.text("userFilter"), sync.text("groupFilter")
    if source_type not in LDAP_TYPES:
        if users and not sync.flag("users"):
            notes.ignored([sync.name("userFilter")], "Users are not synchronized, and members of groups not filtered.")
            users = ""
        if groups and not sync.flag("groups"):
            notes.ignored([sync.name("groupFilter")], "Groups are not synchronized, and users not filtered by them.")
            groups = ""
    if users:
        selection["users"] = {"bwdc_filter": users}
        _check(users, "users", source_type, sync.name("userFilter"), notes)
    if groups:
        selection["groups"] = {"bwdc_filter": groups}
        _check(groups, "groups", source_type, sync.name("groupFilter"), notes)
    if not sync.flag("groups"):
        selection["groups"] = {**selection.get("groups", {}), "read": False}
    return selection


def _check(text: str, kind: Kind, source_type: str, setting: str, notes: Notes) -> None:
    try:
        query = parse_bwdc_filter(source_type, kind, text, setting).query
        if source_type in LDAP_TYPES and query:
            parse_filter(query, setting)
    except ConfigurationError as error:
        effect = "found nothing with it" if source_type in LDAP_TYPES else "ignored it and synchronized everybody"
        notes.unsafe(
            setting,
            f"The filter cannot be read: Directory Connector {effect}; here it is an error until it is corrected or "
            f"deleted. {error.what}.",
        )


def _note_the_rest(settings: Section, sync: Section, notes: Notes) -> None:
    notes.ignored([key for key in _CACHES if settings.holds(key)], "There is no cache; every run compares both sides.")
    notes.ignored([key for key in _DESKTOP if settings.holds(key)], "It belongs to the desktop application.")
    notes.ignored(["appId"] if settings.holds("appId") else [], "No device is registered.")
    rest = sync.unasked()
    of_others = {sync.name(key) for key in _OF_SOME_DIRECTORIES}
    notes.ignored([key for key in rest if key in of_others], "This type of directory does not use it.")
    notes.ignored([key for key in [*rest, *settings.unasked()] if key not in of_others], "It is not known.")
