# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up people and groups as LDIF, the same for the same arguments."""

from __future__ import annotations

import random

BASE_DN = "dc=example,dc=org"
PEOPLE = f"ou=people,{BASE_DN}"
GROUPS = f"ou=groups,{BASE_DN}"

_GIVEN_NAMES = ("Ada", "Bela", "Chidi", "Dana", "Emre", "Fatou", "Goran", "Hana", "Ivo", "Jun", "Karin", "Luis")
_SURNAMES = ("Andersen", "Brandt", "Castro", "Diallo", "Eriksen", "Fischer", "Garcia", "Haas", "Ito", "Jansen", "Kim")


def user_dn(number: int) -> str:
    """Return the DN of the user with this number, counted from 0."""
    return f"uid=user{number:06d},{PEOPLE}"


def group_dn(number: int) -> str:
    """Return the DN of the group with this number, counted from 0."""
    return f"cn=group-{number:04d},{GROUPS}"


def directory_ldif(users: int, groups: int, *, nested: float = 0.25, members: int = 29, seed: int = 1) -> str:
    """Return LDIF of inetOrgPerson and groupOfNames entries below the folders that ``Slapd`` starts with.

    Each group has on average ``members`` direct users (1 to twice as many); a share ``nested`` of them also holds one
    to three other groups, cycles included.
    """
    draw = random.Random(seed)
    entries = [_user(number, draw) for number in range(users)]
    for number in range(groups):
        direct = draw.sample(range(users), min(users, draw.randint(1, 2 * members)))
        inner = draw.sample(range(groups), min(groups, draw.randint(1, 3))) if draw.random() < nested else []
        entries.append(_group(number, [user_dn(user) for user in direct] + [group_dn(group) for group in inner]))
    return "\n".join(entries)


def _user(number: int, draw: random.Random) -> str:
    given_name, surname = draw.choice(_GIVEN_NAMES), draw.choice(_SURNAMES)
    return (
        f"dn: {user_dn(number)}\n"
        "objectClass: inetOrgPerson\n"
        f"uid: user{number:06d}\n"
        f"cn: {given_name} {surname}\n"
        f"givenName: {given_name}\n"
        f"sn: {surname}\n"
        f"displayName: {given_name} {surname}\n"
        f"mail: user{number:06d}@example.org\n"
    )


def _group(number: int, members: list[str]) -> str:
    lines = "".join(f"member: {member}\n" for member in members)
    return f"dn: {group_dn(number)}\nobjectClass: groupOfNames\ncn: group-{number:04d}\n{lines}"
