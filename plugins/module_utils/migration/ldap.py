# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``directoryLdap`` and the LDAP part of ``sync``: a source of type ``ldap`` or ``active_directory``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.data_file import Section
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.notes import Notes

# What Directory Connector writes over the sync configuration of an Active Directory whenever it saves.
_PRESET = {
    "userObjectClass": "person",
    "groupObjectClass": "group",
    "userEmailAttribute": "mail",
    "groupNameAttribute": "name",
    "memberAttribute": "member",
    "emailPrefixAttribute": "sAMAccountName",
}
# Computers are persons too in Active Directory. They have no address, so Directory Connector left them out later.
_PEOPLE = "(&(objectClass=person)(!(objectClass=computer)))"


def ldap_source(connection: Section, sync: Section, notes: Notes) -> tuple[str, dict[str, Any]]:
    """Return the type of the source and its options."""
    active_directory = connection.flag("ad", default=True)
    source_type = "active_directory" if active_directory else "ldap"
    options = {
        "servers": [_server(connection)],
        "bind_dn": connection.text("username"),
        "bind_password": notes.vaulted(connection, "password", f"vault_{source_type}_password"),
        **_transport_security(connection, notes),
        **({} if connection.flag("pagedSearch", default=True) else {"page_size": 0}),
        **_bases(connection, sync, notes),
        **_meaning(sync, _PRESET if active_directory else {}, notes),
        **_made_up_emails(sync, _PRESET if active_directory else {}, notes),
    }
    if active_directory:
        notes.different(connection.name("ad"), "Accounts that have expired count as disabled (expired_accounts).")
    else:
        options["external_id"] = "dn"
        notes.unsafe(
            connection.name("ad"),
            "External ids are distinguished names, as Directory Connector uses them (external_id: dn): whoever is "
            "renamed or moved in the directory is a new person. Once a preview shows nothing to do, delete that line: "
            "the next preview links everybody to the lasting identity, and invites nobody. If the server is an Active "
            "Directory, the source needs the type active_directory.",
        )
    notes.ignored(
        [connection.name(key) for key in ("domain", "currentUser") if connection.holds(key)],
        "It had no effect in Directory Connector.",
    )
    notes.ignored(
        [sync.name(key) for key in ("revisionDateAttribute", "creationDateAttribute") if sync.holds(key)],
        "Every run reads everything, which also finds deletions; incremental: true is for slow networks.",
    )
    return source_type, {name: value for name, value in options.items() if value not in ("", None)}


def _server(connection: Section) -> str:
    host = connection.text("hostname")
    port = connection.number("port") or 389
    secure = connection.flag("ssl") and not connection.flag("startTls")
    return f"{'ldaps' if secure else 'ldap'}://{f'[{host}]' if ':' in host else host}:{port}"


def _transport_security(connection: Section, notes: Notes) -> dict[str, Any]:
    """Return the options of TLS. A StartTLS that Directory Connector was asked for but did not do is done here."""
    ssl, start_tls = connection.flag("ssl"), connection.flag("startTls")
    options: dict[str, Any] = {}
    if start_tls:
        options["start_tls"] = True
        if not ssl:
            notes.different(
                connection.name("startTls"),
                "Without ssl, Directory Connector ignored StartTLS and sent the password in clear. Here it is used.",
            )
    elif not ssl:
        options["allow_cleartext"] = True
        notes.unsafe(
            connection.name("ssl"),
            "The password and all personal data cross the network in clear (allow_cleartext). Use ldaps:// or "
            "start_tls.",
        )
    files = {"ca_file": "tlsCaPath"} if start_tls else {"ca_file": "sslCaPath"}
    if not start_tls:
        files |= {"client_certificate": "sslCertPath", "client_key": "sslKeyPath"}
    for option, key in files.items():
        path = connection.text(key)
        if path and (ssl or start_tls):
            options[option] = path
            notes.different(connection.name(key), "The file must exist where the modules run, or the read fails.")
    unused = {"tlsCaPath", "sslCaPath", "sslCertPath", "sslKeyPath"} - set(files.values() if ssl or start_tls else ())
    notes.ignored(
        sorted(connection.name(key) for key in unused if connection.holds(key)),
        "This kind of connection does not use it.",
    )
    if connection.flag("sslAllowUnauthorized") and (ssl or start_tls):
        options["validate_certs"] = False
        notes.unsafe(
            connection.name("sslAllowUnauthorized"),
            "Any certificate is accepted (validate_certs: false), so that anybody on the way can take the password and "
            "answer instead of the directory. Name the authority in ca_file instead.",
        )
    return options


def _bases(connection: Section, sync: Section, notes: Notes) -> dict[str, Any]:
    """Return the bases as Directory Connector makes them: of the root only what begins with its first ``dc=``."""
    root = connection.text("rootPath")
    start = root.lower().find("dc=")
    effective = root[start:] if start >= 0 else ""
    options: dict[str, Any] = {"base_dn": effective or root}
    if effective != root:
        notes.different(
            connection.name("rootPath"),
            f"Directory Connector took only the part from dc= on of {root}."
            if effective
            else f"Directory Connector ignored {root}, which has no dc=. Here it is the base.",
        )
    for option, key in (("user_bases", "userPath"), ("group_bases", "groupPath")):
        path = sync.text(key)
        if path:
            options[option] = [f"{path},{effective}" if effective else path]
    return options


def _meaning(sync: Section, preset: Mapping[str, str], notes: Notes) -> dict[str, Any]:
    """Return which entries are users and groups, and which attributes say what; nothing where the preset says it."""

    def value(key: str) -> str:
        return sync.text(key) or preset.get(key, "")

    options: dict[str, Any] = {}
    user_class, group_class = value("userObjectClass"), value("groupObjectClass")
    if preset and user_class == preset["userObjectClass"]:
        options["user_filter"] = _PEOPLE
        notes.different(
            sync.name("userObjectClass"), "Computers, which Active Directory counts as persons, are left out."
        )
    elif user_class:
        options["user_filter"] = f"(objectClass={user_class})"
    if group_class and not (preset and group_class == preset["groupObjectClass"]):
        options["group_filter"] = f"(objectClass={group_class})"
    for key, given in (("userObjectClass", user_class), ("groupObjectClass", group_class)):
        if not given:
            notes.different(
                sync.name(key), "Directory Connector found nobody without it. Here the server's kind decides."
            )
    for option, key in (("email_attributes", "userEmailAttribute"), ("member_attributes", "memberAttribute")):
        given = value(key)
        if given and given != preset.get(key):
            options[option] = [given]
    group_name = value("groupNameAttribute")
    if group_name and group_name != preset.get("groupNameAttribute"):
        options["group_name_attribute"] = group_name
    return options


def _made_up_emails(sync: Section, preset: Mapping[str, str], notes: Notes) -> dict[str, Any]:
    prefix, suffix = sync.text("emailPrefixAttribute"), sync.text("emailSuffix")
    if not sync.flag("useEmailPrefixSuffix"):
        unused = [key for key in ("emailPrefixAttribute", "emailSuffix") if sync.holds(key)]
        notes.ignored([sync.name(key) for key in unused], "No address is made up without useEmailPrefixSuffix.")
        return {}
    notes.different(
        sync.name("useEmailPrefixSuffix"),
        "An address is also made up where the attribute holds blanks or something that is no address.",
    )
    return {"email_prefix_attribute": prefix or preset.get("emailPrefixAttribute", ""), "email_suffix": suffix}
