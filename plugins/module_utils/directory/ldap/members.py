# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the values of member attributes, DNs (RFC 4519) or login names (RFC 2307), to positions of users and groups."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.dn import normal_form
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import Values, value_text
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import RecordWarning

# The optional bit string behind a uniqueMember (RFC 4517, 3.3.21).
_UNIQUE_IDENTIFIER = re.compile(rb"#'[01]*'B$")
_MOST_SAMPLES = 5


class MemberResolver:
    """Finds users and groups by the spelling of their entry first, by the normal form of the DN for the rest.

    ``users`` and ``groups`` map the DN of an entry, as the server spells it, to its position; ``logins`` holds
    the login names of each user. ``unresolved`` counts values that name nothing that was read, ``samples`` are
    some of them, and ``warnings`` tell of names that fit several entries, which are never guessed.
    """

    def __init__(self, users: Mapping[bytes, int], groups: Mapping[bytes, int], logins: Sequence[Values]) -> None:
        self.unresolved = 0
        self.samples: list[str] = []
        self.warnings: list[RecordWarning] = []
        self._users = users
        self._groups = groups
        self._logins = logins
        self._users_by_login: dict[bytes, int | None] | None = None
        self._by_normal_form: dict[str, tuple[bool, int] | None] | None = None

    def resolve(self, values: Sequence[bytes]) -> tuple[list[int], list[int]]:
        """Return the positions of the users and of the groups that ``values`` name."""
        users: list[int] = []
        groups: list[int] = []
        find_user, find_group = self._users.get, self._groups.get
        for value in values:
            position = find_user(value)
            if position is not None:
                users.append(position)
                continue
            position = find_group(value)
            if position is not None:
                groups.append(position)
                continue
            found = self._find(value)
            if found is not None:
                (groups if found[0] else users).append(found[1])
        return users, groups

    def _find(self, value: bytes) -> tuple[bool, int] | None:
        """Return whether it is a group, and its position, for a value that is no entry's own spelling."""
        text = value_text(_UNIQUE_IDENTIFIER.sub(b"", value))
        found: tuple[bool, int] | None = None
        if "=" not in text:
            position = self._by_login().get(value.strip().lower())
            found = None if position is None else (False, position)
        else:
            try:
                found = self._normal_forms().get(normal_form(text))
            except ValueError:
                self.warnings.append(RecordWarning("member_invalid", text, "This member value is not a valid DN"))
        if found is None:
            self.unresolved += 1
            if len(self.samples) < _MOST_SAMPLES:
                self.samples.append(text)
        return found

    def _by_login(self) -> dict[bytes, int | None]:
        """Return users by login name, ASCII in lower case, None for a login that two users have."""
        if self._users_by_login is None:
            index: dict[bytes, int | None] = {}
            for position, logins in enumerate(self._logins):
                for login in logins or ():
                    key = login.lower()
                    index[key] = None if key in index else position
            self._users_by_login = index
        return self._users_by_login

    def _normal_forms(self) -> dict[str, tuple[bool, int] | None]:
        """Return users and groups by the normal form of their DN, None for a form that two entries share."""
        if self._by_normal_form is None:
            index: dict[str, tuple[bool, int] | None] = {}
            for is_group, entries in ((False, self._users), (True, self._groups)):
                for dn, position in entries.items():
                    self._add(index, value_text(dn), (is_group, position))
            self._by_normal_form = index
        return self._by_normal_form

    def _add(self, index: dict[str, tuple[bool, int] | None], dn: str, target: tuple[bool, int]) -> None:
        try:
            form = normal_form(dn)
        except ValueError:
            self.warnings.append(RecordWarning("dn_invalid", dn, "The server's spelling of this DN is not valid"))
            return
        if form in index:
            message = "Another entry has the same DN but for its spelling: members spelled differently are left out"
            self.warnings.append(RecordWarning("dn_ambiguous", dn, message))
            index[form] = None
        else:
            index[form] = target
