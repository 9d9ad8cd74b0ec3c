# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of sources of type ``google_workspace``."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.web_service import http_spec


def google_workspace_spec() -> dict[str, Any]:
    """Return the argument specification of the sub-options of ``google_workspace``.

    So many retries outlast a quota that counts by the minute.
    """
    texts = {"type": "list", "elements": "str", "default": []}
    return {
        "service_account_file": {"type": "path"},
        "service_account_json": {"type": "dict", "options": _key_spec()},
        "impersonate_service_account": {"type": "str"},
        "subject": {"type": "str", "required": True},
        "customer": {"type": "str"},
        "domain": {"type": "str"},
        "users_query": {"type": "str"},
        "org_unit_paths": dict(texts),
        "guests": {"type": "str", "choices": ["include", "exclude"], "default": "include"},
        "email_domains": dict(texts),
        "groups_query": {"type": "str"},
        "derived_membership": {"type": "bool", "default": False},
        "api_url": {"type": "str", "default": "https://admin.googleapis.com"},
        **http_spec(retries=8),
    }


def _key_spec() -> dict[str, Any]:
    """Return what a key file holds, field by field.

    An untyped dict would let the key through, and hiding all of it would blank out every address and name in the
    results that occurs in it.
    """
    public = ("type", "project_id", "client_email", "client_id", "auth_uri", "universe_domain")
    certificates = ("auth_provider_x509_cert_url", "client_x509_cert_url")
    return {
        **{name: {"type": "str"} for name in public + certificates},
        "private_key_id": {"type": "str", "no_log": True},
        "private_key": {"type": "str", "no_log": True},
        "token_uri": {"type": "str", "no_log": False},
    }
