# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an administrator has to know of a conversion, and the secrets that have to be brought along by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.data_file import Section, Stored

Kind = Literal["unsafe", "different", "ignored"]
KINDS: tuple[Kind, ...] = ("unsafe", "different", "ignored")
"""Something dangerous that was taken over; something that works in another way; something that has no meaning here."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark on one setting of the file."""

    kind: Kind
    setting: str
    text: str


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret to put into the vault as ``variable``; ``stored`` says where Directory Connector keeps it."""

    variable: str
    setting: str
    stored: Stored


@dataclass(frozen=True, slots=True)
class Notes:
    """Collects both while a file is converted."""

    findings: list[Finding] = field(default_factory=list)
    secrets: list[Secret] = field(default_factory=list)

    def unsafe(self, setting: str, text: str) -> None:
        """Note something dangerous that was taken over as it is."""
        self.findings.append(Finding("unsafe", setting, text))

    def different(self, setting: str, text: str) -> None:
        """Note something that works in another way here."""
        self.findings.append(Finding("different", setting, text))

    def ignored(self, settings: Iterable[str], text: str) -> None:
        """Note settings that have no meaning here."""
        self.findings.extend(Finding("ignored", setting, text) for setting in settings)

    def vaulted(self, section: Section, key: str, variable: str) -> str:
        """Note the secret and return the reference to its variable."""
        self.secrets.append(Secret(variable, section.name(key), section.secret(key)))
        return f"{{{{ {variable} }}}}"

    def sorted_findings(self) -> list[Finding]:
        """Return the findings, what is dangerous first."""
        return sorted(self.findings, key=lambda finding: KINDS.index(finding.kind))
