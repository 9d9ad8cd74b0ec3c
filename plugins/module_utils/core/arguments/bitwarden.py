# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that say which organization to talk to, and how: the same for every module that does."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.parameters import env_fallback
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.web_service import http_spec


def bitwarden_spec() -> dict[str, Any]:
    """Return the argument specification of the connection to a Bitwarden organization."""
    return {
        "region": {"type": "str", "choices": ["us", "eu"], "default": "us"},
        "server_url": {"type": "str"},
        "api_url": {"type": "str"},
        "identity_url": {"type": "str"},
        "client_id": {"type": "str", "required": True, "fallback": (env_fallback, ["BW_CLIENTID"])},
        "client_secret": {
            "type": "str",
            "required": True,
            "no_log": True,
            "fallback": (env_fallback, ["BW_CLIENTSECRET"]),
        },
        "user_agent": {"type": "str"},
        **http_spec(),
    }
