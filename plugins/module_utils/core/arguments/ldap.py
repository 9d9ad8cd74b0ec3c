# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of sources of type ``ldap``, and those that ``active_directory`` shares with it."""

from __future__ import annotations

from typing import Any


def ldap_spec() -> dict[str, Any]:
    """Return the argument specification of the sub-options of ``ldap``."""
    return {
        "servers": {"type": "list", "elements": "str", "required": True},
        **ldap_connection_spec(),
        **ldap_query_spec(),
        "authentication": {
            "type": "str",
            "choices": ["simple", "external", "gssapi", "anonymous"],
            "default": "simple",
        },
        "server_kind": {
            "type": "str",
            "choices": ["auto", "openldap", "389ds", "freeipa", "generic"],
            "default": "auto",
        },
        "external_id": {"type": "str"},
        "login_attribute": {"type": "str"},
        "disabled_when": {"type": "dict"},
        "deleted_bases": {"type": "list", "elements": "str"},
    }


def ldap_connection_spec() -> dict[str, Any]:
    """Return the options that say how to connect, without the servers and the way to authenticate."""
    return {
        "bind_dn": {"type": "str"},
        "bind_password": {"type": "str", "no_log": True},
        "start_tls": {"type": "bool", "default": False},
        "allow_cleartext": {"type": "bool", "default": False},
        "validate_certs": {"type": "bool", "default": True},
        "ca_file": {"type": "path"},
        "tls_server_name": {"type": "str"},
        "client_certificate": {"type": "path"},
        "client_key": {"type": "path", "no_log": False},
        "connect_timeout": {"type": "int", "default": 10},
        "read_timeout": {"type": "int", "default": 60},
        "page_size": {"type": "int"},
        "incremental": {"type": "bool", "default": False},
        "full_read_hours": {"type": "int", "default": 24},
    }


def ldap_query_spec() -> dict[str, Any]:
    """Return the options that say what to read and what it means; None leaves it to the kind of server."""
    scope = {"type": "str", "choices": ["subtree", "one", "base"], "default": "subtree"}
    return {
        "base_dn": {"type": "str"},
        "user_bases": {"type": "list", "elements": "str"},
        "user_filter": {"type": "str"},
        "user_scope": dict(scope),
        "group_bases": {"type": "list", "elements": "str"},
        "group_filter": {"type": "str"},
        "group_scope": dict(scope),
        "email_attributes": {"type": "list", "elements": "str"},
        "email_domains": {"type": "list", "elements": "str", "default": []},
        "email_prefix_attribute": {"type": "str"},
        "email_suffix": {"type": "str"},
        "user_name_attributes": {"type": "list", "elements": "str"},
        "group_name_attribute": {"type": "str"},
        "member_attributes": {"type": "list", "elements": "str"},
    }
