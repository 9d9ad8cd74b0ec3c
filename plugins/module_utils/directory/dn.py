# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Distinguished names: one normal form for the many legal spellings of the same name (RFC 4514, RFC 4518, RFC 1779)."""

from __future__ import annotations

import re
import unicodedata

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.ber import content

# RFC 4519 names and OIDs of the types that RFC 4514 and RFC 1779 define, by their short names.
_SHORT_TYPES = {
    "commonname": "cn",
    "2.5.4.3": "cn",
    "surname": "sn",
    "2.5.4.4": "sn",
    "countryname": "c",
    "2.5.4.6": "c",
    "localityname": "l",
    "2.5.4.7": "l",
    "stateorprovincename": "st",
    "2.5.4.8": "st",
    "streetaddress": "street",
    "2.5.4.9": "street",
    "organizationname": "o",
    "2.5.4.10": "o",
    "organizationalunitname": "ou",
    "2.5.4.11": "ou",
    "userid": "uid",
    "0.9.2342.19200300.100.1.1": "uid",
    "domaincomponent": "dc",
    "0.9.2342.19200300.100.1.25": "dc",
    "emailaddress": "email",
    "1.2.840.113549.1.9.1": "email",
}
# Short types and values of plain ASCII without escapes: lower case is all that such a DN needs.
_PLAIN_PART = r"(?:cn|uid|ou|dc|o|c|l|st|sn|street)=[!$-*\--:<>-\[\]-~]*"
_PLAIN = re.compile(rf"{_PLAIN_PART}(?:,{_PLAIN_PART})*", re.IGNORECASE | re.ASCII)
_TYPE = re.compile(r"\s*([A-Za-z][A-Za-z0-9_;-]*|(?:oid\.)?[0-9]+(?:\.[0-9]+)*)\s*=\s*", re.IGNORECASE)
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*|#((?:[0-9A-Fa-f]{2})+)\s*|((?:[^,;+\\"]|\\.)*)', re.DOTALL)
_ESCAPES = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)
_SPECIAL = re.compile(r'[\\"#+;=,]')
_SPACES = re.compile(r"\s+")


def normal_form(dn: str) -> str:
    """Return one text for all spellings of a DN: letter case, spaces, escapes, quotes, type names, order within an RDN.

    All values are compared like those of directoryString without regard to case, which fits the types that name
    people and groups; spaces at the ends of a value do not count, escaped ones included. Raises ValueError for text
    that is no DN.
    """
    if _PLAIN.fullmatch(dn):
        return dn.lower()
    return ",".join("+".join(sorted(parts)) for parts in _parse(dn))


def _parse(dn: str) -> list[list[str]]:
    """Return, for each RDN, its ``type=value`` parts in their normal form."""
    names: list[list[str]] = [[]]
    position = 0
    while position < len(dn):
        attribute = _TYPE.match(dn, position)
        value = _VALUE.match(dn, attribute.end()) if attribute else None
        if attribute is None or value is None:
            raise ValueError(f"no attribute type at character {position + 1} of {dn}")
        names[-1].append(f"{_normal_type(attribute[1])}={_normal_value(value)}")
        position = value.end()
        separator = dn[position : position + 1]
        if separator and separator not in ",;+":
            raise ValueError(f"no separator at character {position + 1} of {dn}")
        position += 1
        if separator in (",", ";"):
            names.append([])
    if dn and not names[-1]:
        raise ValueError(f"{dn} ends with a separator")
    return names


def _normal_type(name: str) -> str:
    name = name.lower().removeprefix("oid.")
    return _SHORT_TYPES.get(name, name)


def _normal_value(match: re.Match[str]) -> str:
    quoted, encoded, plain = match.groups()
    value = _ber_string(encoded) if encoded else _ESCAPES.sub(_unescape, quoted if quoted is not None else plain)
    value = unicodedata.normalize("NFKC", value).casefold()
    value = _SPACES.sub(" ", unicodedata.normalize("NFKC", value)).strip()
    return _SPECIAL.sub(r"\\\g<0>", value)


def _unescape(match: re.Match[str]) -> str:
    return bytes.fromhex(match[1].replace("\\", "")).decode() if match[1] else match[2]


def _ber_string(digits: str) -> str:
    """Return the string inside a ``#hex`` value, which is the BER form of the value (RFC 4514, 2.4)."""
    encoded = bytes.fromhex(digits)
    try:
        start, end = content(encoded, 0)
    except IndexError:
        start, end = 0, 0
    if end != len(encoded):
        raise ValueError(f"#{digits} is not the BER form of a value")
    return encoded[start:].decode()
