# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of third-party libraries: present, and within the versions that we can trust."""

from __future__ import annotations

import re
from importlib import metadata

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import MissingLibraryError


def missing_library(library: str, reason: str, error: ImportError) -> MissingLibraryError:
    """Return the error to raise when importing ``library`` failed; ``reason`` completes "is needed ..."."""
    return MissingLibraryError(library, reason, f"Importing it failed with: {error}")


def require_version(library: str, reason: str, *, minimum: str, below: str | None = None) -> None:
    """Check the installed version of ``library`` against ``minimum`` (inclusive) and ``below`` (exclusive).

    Raises MissingLibraryError where it is absent or outside the range.
    """
    requirement = f"{library}>={minimum}" + (f",<{below}" if below else "")
    try:
        installed = metadata.version(library)
    except metadata.PackageNotFoundError as error:
        raise MissingLibraryError(requirement, reason, "It is not installed") from error
    if _release(installed) < _release(minimum) or (below and _release(installed) >= _release(below)):
        raise MissingLibraryError(requirement, reason, f"Version {installed} is installed")


def _release(version: str) -> tuple[int, ...]:
    """Return the numeric release part of a version (PEP 440) without trailing zeros: (2, 9, 1) for ``2.9.1.0rc1``."""
    numbers = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    parts = [int(part) for part in numbers.group().split(".")] if numbers else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)
