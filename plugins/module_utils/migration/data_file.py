# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings file of Bitwarden Directory Connector, ``data.json``: its layouts brought to one, its values checked.

Newest layout: state version 8, flat keys. Versions 3 and 4 keep the same settings below an account; versions 5 to 7
changed only how secrets are stored. Older files Directory Connector itself refuses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError

NEWEST, OLDEST = 8, 3
DIRECTORIES = ("directoryLdap", "directoryEntra", "directoryGsuite", "directoryOkta", "directoryOnelogin")
"""The keys of the directories, by the number that ``directoryType`` has for them."""

IN_KEY_STORE = "[STORED SECURELY]"
"""Stands in the file for a secret that lies in the key store of the operating system."""

Stored = Literal["file", "key_store", "nowhere"]

_MOST_BYTES = 10_000_000
# An account's directoryConfigurations in versions 3 and 4; of two names for one directory the newer wins.
_OLD_NAMES = {
    "directoryLdap": ("ldap",),
    "directoryEntra": ("entra", "azure"),
    "directoryGsuite": ("gsuite",),
    "directoryOkta": ("okta",),
    "directoryOnelogin": ("oneLogin",),
}
# Ansible would evaluate these in a variable of an inventory.
_TEMPLATE_MARKS = ("{{", "{%", "{#")


class Section:
    """An object of the file, which remembers what was asked of it, so that nothing in it is passed over in silence."""

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values = values
        self._path = path
        self._asked: set[str] = set()

    def name(self, key: str) -> str:
        """Return the full name of a key, such as ``sync.users``, fit for one line."""
        name = f"{self._path}.{key}" if self._path else key
        return "".join(character if character.isprintable() else "?" for character in name)

    def holds(self, key: str) -> bool:
        """Say whether the key is there with a value."""
        self._asked.add(key)
        return self._values.get(key) not in (None, "")

    def text(self, key: str) -> str:
        """Return a text without outer blanks, empty where there is none; raises ConfigurationError for others."""
        value = self._values.get(key)
        self._asked.add(key)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.isprintable():
            raise ConfigurationError(f"{self.name(key)} is not a line of text")
        if any(mark in value for mark in _TEMPLATE_MARKS):
            raise ConfigurationError(
                f"{self.name(key)} contains braces that Ansible would take for a template",
                hint="Change the setting in a copy of the file and put the original into the inventory by hand",
            )
        return value.strip()

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false, ``default`` where the key is missing. Raises ConfigurationError for anything else."""
        value = self._values.get(key)
        self._asked.add(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise ConfigurationError(f"{self.name(key)} is neither true nor false")
        return value

    def number(self, key: str) -> int | None:
        """Return a whole number, also where it is written as text. Raises ConfigurationError for anything else."""
        value = self._values.get(key)
        self._asked.add(key)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.strip().lstrip("-").isdigit() and len(value) < 10:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise ConfigurationError(f"{self.name(key)} is not a whole number")

    def secret(self, key: str) -> Stored:
        """Return where a secret lies. The secret itself is never returned."""
        value = self._values.get(key)
        self._asked.add(key)
        if not value:
            return "nowhere"
        return "key_store" if value == IN_KEY_STORE else "file"

    def section(self, key: str) -> Section:
        """Return an object inside this one, an empty one where it is missing. Raises ConfigurationError for others."""
        value = self._values.get(key)
        self._asked.add(key)
        if value is None:
            return Section({}, self.name(key))
        if not isinstance(value, dict):
            raise ConfigurationError(f"{self.name(key)} is not an object")
        return Section(value, self.name(key))

    def unasked(self) -> list[str]:
        """Return the full names of the keys with a value that nobody asked for, sorted."""
        return sorted(self.name(key) for key, value in self._values.items() if key not in self._asked and value)


def read_settings(content: bytes) -> tuple[Section, int]:
    """Return the settings in the newest layout, and the state version of the file.

    Raises ConfigurationError for what is no such file. No message quotes the file, because it may hold secrets.
    """
    if len(content) > _MOST_BYTES:
        raise ConfigurationError("The file is too large to be a data.json of Directory Connector")
    try:
        values = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ConfigurationError("The file is not JSON", hint=_HINT) from None
    if not isinstance(values, dict):
        raise ConfigurationError("The file is not a JSON object", hint=_HINT)
    version = _state_version(values)
    settings = Section(_flat(values) if version < 5 and "activeUserId" in values else values)
    for key in ("stateVersion", "installedVersion", "global"):
        settings.holds(key)
    return settings, version


_HINT = "Give the data.json of Directory Connector; the command bwdc data-file prints its path"


def _state_version(values: Mapping[str, Any]) -> int:
    """Return the version; raises ConfigurationError for those that Directory Connector refuses or does not know yet."""
    top = _object(values, "global").get("stateVersion") if "stateVersion" not in values else values["stateVersion"]
    if top is None and "directoryType" in values:
        return NEWEST
    if isinstance(top, bool) or not isinstance(top, int):
        raise ConfigurationError("The file names no state version", hint=_HINT)
    if top < OLDEST:
        raise ConfigurationError(
            f"The file has state version {top}, which current versions of Directory Connector refuse as well",
            hint="Update Directory Connector, configure it anew, and convert the file that it writes then",
        )
    if top > NEWEST:
        raise ConfigurationError(
            f"The file has state version {top}, and this collection knows versions up to {NEWEST}",
            hint="Update the collection",
        )
    return top


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the active account of versions 3 and 4 under the keys of version 8.

    Version 8 added ``inviteUsersAfterProvisioning`` and set it in every sync configuration that it found.
    """
    active = values["activeUserId"]
    if not isinstance(active, str) or not isinstance(values.get(active), dict):
        raise ConfigurationError(
            "The file has no active account", hint="Log in to Directory Connector once, then retry"
        )
    account = values[active]
    configurations = _object(account, "directoryConfigurations")
    flat = dict(_object(account, "directorySettings"))
    for key, names in _OLD_NAMES.items():
        flat[key] = next((configurations[name] for name in names if configurations.get(name) is not None), None)
    flat["environmentUrls"] = _object(values, "global").get("environmentUrls")
    return flat


def _object(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = values.get(key)
    return value if isinstance(value, dict) else {}
