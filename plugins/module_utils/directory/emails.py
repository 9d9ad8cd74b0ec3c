# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of a person's addresses becomes the e-mail of the Bitwarden member, and whether Bitwarden accepts it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_EMAIL = 256

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = rf"{_ATOM}(?:\.{_ATOM})*"
_LABEL = r"[^\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\s.@()<>\[\]:;,\\\"]+"
_LETTERS = r"[^\W\d_]+"
_valid_address = re.compile(rf"{_LOCAL_PART}@(?:{_LABEL}\.)+{_LETTERS}").fullmatch
_valid_local_part = re.compile(_LOCAL_PART).fullmatch
_valid_domain = re.compile(rf"{_LABEL}(?:\.{_LABEL})*").fullmatch


@dataclass(frozen=True, slots=True)
class EmailRule:
    """How to choose among several addresses, and how to build one where a person has none.

    ``suffix`` is appended to the person's prefix value (such as a login name), with or without its ``@``; empty means
    that nothing is built. ``domains`` are preferred domains, best first: needed where one attribute has several
    values, because a directory server may return those in any order (RFC 4511, 4.1.7).
    """

    suffix: str = ""
    domains: tuple[str, ...] = ()

    def build(self, prefix: str | None) -> str | None:
        """Return the address built from ``prefix``, or None without a suffix or without a prefix."""
        name = (prefix or "").strip()
        suffix = self.suffix.strip().removeprefix("@")
        return f"{name}@{suffix}" if name and suffix else None


def choose_email(
    candidates: Iterable[str | None], rule: EmailRule | None = None, prefix: str | None = None
) -> str | None:
    """Return the first usable address, trimmed and in lower case, else the first that is not blank, else None.

    Candidates come in order of preference; the address that ``rule`` builds from ``prefix`` comes last. Usable means
    that :func:`email_problem` finds nothing; an unusable address is returned only where there is no better one, so
    that its problem can be reported.
    """
    first: str | None = None
    usable: list[str] = []
    domains = rule.domains if rule else ()
    for candidate in candidates:
        email = candidate.strip().lower() if candidate else ""
        if not email:
            continue
        if _usable(email):
            if not domains:
                return email
            usable.append(email)
        elif first is None:
            first = email
    if usable:
        return min(usable, key=lambda email: _rank(email, domains))
    built = choose_email([rule.build(prefix)]) if rule else None
    if built and _usable(built):
        return built
    return first or built


def email_problem(email: str) -> str | None:
    """Return why Bitwarden would refuse this trimmed address when inviting a member, or None if it would not.

    The rules are those of the server for ``POST /public/members``, narrowed to unquoted local parts (RFC 5322,
    3.2.3: dot-atom): a plain address of at most 256 characters, an ASCII local part, a domain with a dot whose last
    label consists of letters only.
    """
    if _usable(email):
        return None
    if len(email) > LONGEST_EMAIL:
        return f"it has {len(email)} characters, Bitwarden allows {LONGEST_EMAIL}"
    local_part, at, domain = email.rpartition("@")
    if not at:
        return "it has no @"
    if not _valid_local_part(local_part):
        return "the part before the @ is empty or has characters that Bitwarden does not accept"
    if not _valid_domain(domain):
        return "the domain is empty or has characters that Bitwarden does not accept"
    if "." not in domain:
        return "the domain has no dot"
    return "the last part of the domain may hold letters only"


def _usable(email: str) -> bool:
    return len(email) <= LONGEST_EMAIL and _valid_address(email) is not None


def _rank(email: str, domains: tuple[str, ...]) -> int:
    """Return the place of the address's domain among the preferred ones, or the place after the last."""
    domain = email.rpartition("@")[2]
    return next((place for place, preferred in enumerate(domains) if preferred.strip().lower() == domain), len(domains))
