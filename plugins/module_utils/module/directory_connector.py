# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a ``data.json`` of Bitwarden Directory Connector on this host to the result of directory_connector_info."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import unsafe_reason
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.conversion import Conversion, convert


def directory_connector_info(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of the module (see its RETURN). Only reads."""
    path = Path(options["path"])
    try:
        content = path.read_bytes()
        reason = unsafe_reason(path.stat())
    except OSError as error:
        raise ConfigurationError(
            f"The file {path} cannot be read: {error.strerror or error}",
            hint="The command bwdc data-file prints the path",
        ) from error
    conversion = convert(content, options["name"])
    return {
        "state_version": conversion.state_version,
        "source_type": conversion.source_type,
        "variables": conversion.variables,
        "secrets": [asdict(secret) for secret in conversion.secrets],
        "findings": [asdict(finding) for finding in conversion.findings],
        "warnings": _warnings(conversion, path, reason),
    }


def _warnings(conversion: Conversion, path: Path, reason: str | None) -> list[str]:
    """Return what must not be overlooked, among it a file with secrets that others may read."""
    warnings = [f"{finding.setting}: {finding.text}" for finding in conversion.findings if finding.kind == "unsafe"]
    if reason and any(secret.stored == "file" for secret in conversion.secrets):
        warnings.append(f"{path} holds secrets in clear, and {reason}.")
    return warnings
