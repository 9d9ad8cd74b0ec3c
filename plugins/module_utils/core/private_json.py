# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private JSON files that say what they are: the format, its version, and the organization that they belong to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import read_private


@dataclass(frozen=True, slots=True)
class PrivateFormat:
    """A kind of file: what people call it, what its header says, and what to do (``hint``) where one cannot be used.

    A file of another version counts as none where it is ``disposable``, else it is an error.
    """

    noun: str
    format: str
    version: int
    hint: str
    disposable: bool = False

    def header(self, organization: str) -> dict[str, Any]:
        """Return what such a file begins with."""
        return {"format": self.format, "version": self.version, "organization": organization}

    def read(self, path: Path, organization: str) -> Mapping[str, Any] | None:
        """Return the content of the file, None where there is none.

        Raises ConfigurationError for a file that cannot be read, that others may access, or that is not of this format
        and organization.
        """
        try:
            content: Any = json.loads(read_private(path))
        except FileNotFoundError:
            return None
        except (OSError, RecursionError, ValueError) as error:
            raise self.unusable(path, f"it cannot be read: {error}") from error
        if not isinstance(content, dict) or content.get("format") != self.format:
            raise self.unusable(path, f"it is no {self.noun}")
        if content.get("organization") != organization:
            raise self.unusable(path, f"it belongs to {content.get('organization')}, not to {organization}")
        if content.get("version") == self.version:
            return content
        if self.disposable:
            return None
        raise self.unusable(path, f"it has version {content.get('version')} of the format, known is {self.version}")

    def unusable(self, path: Path, why: str) -> ConfigurationError:
        """Return the error for a file that cannot be used."""
        return ConfigurationError(f"The {self.noun} {path} cannot be used: {why}", hint=self.hint)
