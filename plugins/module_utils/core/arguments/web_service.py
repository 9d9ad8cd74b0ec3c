# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that everything has that is reached over HTTPS: the organization, and sources."""

from __future__ import annotations

from typing import Any


def http_spec(retries: int = 5) -> dict[str, Any]:
    """Return the argument specification of how to talk to a service; ``retries`` is the default of that option."""
    return {
        "ca_file": {"type": "path"},
        "validate_certs": {"type": "bool", "default": True},
        "proxy": {"type": "str", "no_log": True},
        "timeout": {"type": "int", "default": 60},
        "retries": {"type": "int", "default": retries},
    }
