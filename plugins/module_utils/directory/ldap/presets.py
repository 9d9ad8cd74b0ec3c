# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is normal on each kind of server, so that a source needs a server, an account and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.root_dse import ServerKind


@dataclass(frozen=True, slots=True)
class Preset:
    """Defaults of the options of the same names; bases are relative to the base DN, ``""`` is the base DN itself.

    ``lock_attribute`` is present where an account is locked for a while, which is worth a note and nothing more.
    """

    external_id: str
    user_filter: str = "(objectClass=inetOrgPerson)"
    user_bases: tuple[str, ...] = ("",)
    group_filter: str = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))"
    group_bases: tuple[str, ...] = ("",)
    deleted_bases: tuple[str, ...] = ()
    email_attributes: tuple[str, ...] = ("mail",)
    email_prefix_attribute: str = "uid"
    user_name_attributes: tuple[str, ...] = ("displayName", "cn")
    login_attribute: str = "uid"
    group_name_attribute: str = "cn"
    member_attributes: tuple[str, ...] = ("member", "uniqueMember", "memberUid")
    disabled_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lock_attribute: str = ""
    page_size: int = 5000


_GENERIC = Preset(external_id="entryUUID")
# FreeIPA and 389 Directory Server share the operational attribute of disabled accounts.
_LOCKED_ACCOUNTS = {"nsAccountLock": ("true",)}
# Below its nsslapd-sizelimit of 2000, which it applies to each page.
_PAGE_SIZE_389DS = 1000
_ACTIVE_DIRECTORY = Preset(
    external_id="objectGUID",
    user_filter="(&(objectCategory=person)(objectClass=user))",
    group_filter="(objectClass=group)",
    email_prefix_attribute="sAMAccountName",
    user_name_attributes=("displayName", "name"),
    login_attribute="sAMAccountName",
    group_name_attribute="name",
    member_attributes=("member",),
)

PRESETS: dict[ServerKind, Preset] = {
    "generic": _GENERIC,
    # Draft Behera, 5.3.3: this value of pwdAccountLockedTime is a lock that only an administrator ends.
    "openldap": replace(
        _GENERIC,
        disabled_when={"pwdAccountLockedTime": ("000001010000Z",)},
        lock_attribute="pwdAccountLockedTime",
    ),
    "389ds": replace(_GENERIC, external_id="nsUniqueId", disabled_when=_LOCKED_ACCOUNTS, page_size=_PAGE_SIZE_389DS),
    "freeipa": replace(
        _GENERIC,
        external_id="ipaUniqueID",
        # cn=compat repeats every entry, so nothing is ever searched from the suffix.
        user_bases=("cn=users,cn=accounts",),
        group_bases=("cn=groups,cn=accounts",),
        deleted_bases=("cn=deleted users,cn=accounts,cn=provisioning",),
        group_filter="(objectClass=ipaUserGroup)",
        member_attributes=("member",),
        disabled_when=_LOCKED_ACCOUNTS,
        page_size=_PAGE_SIZE_389DS,
    ),
    "active_directory": _ACTIVE_DIRECTORY,
    "samba": _ACTIVE_DIRECTORY,
}
