# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleted users of Active Directory, which it keeps for months (MS-ADTS 3.1.1.5.5)."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirectoryAuthenticationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.attributes import Attributes, first_text
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import NoSuchObjectError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import parse_filter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.identity import Identity
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import (
    Control,
    Search,
    Searcher,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.reading import DeletedUsers
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import RecordWarning, User

# LDAP_SERVER_SHOW_DELETED_OID (MS-ADTS 3.1.1.3.4.1.14)
SHOW_DELETED = Control("1.2.840.113556.1.4.417", critical=True)
# What is left of a deleted object is little, but its identity and its classes are.
_DELETED_USERS = parse_filter(
    "(&(objectClass=user)(!(objectClass=computer))(isDeleted=TRUE))", "the filter of deleted users"
)
_SURVIVING_IDENTITIES = ("objectguid", "objectsid")


def read_deleted_objects(reader: Searcher, domain: str, external_id: str, source: str) -> DeletedUsers:
    """Return the deleted users of the domain with this DN, without e-mail: it may belong to somebody else by now.

    They cannot be told apart where another attribute than those that survive is the identity. An account that may not
    see deleted objects makes a warning: such users are merely absent.
    """
    if external_id.lower() not in _SURVIVING_IDENTITIES:
        return [], []
    attributes = Attributes()
    identity = Identity(external_id, attributes)
    name = attributes.add("name")
    base = f"CN=Deleted Objects,{domain}"
    # By DN, as users and groups are: a server may send an entry twice.
    users: dict[bytes, User] = {}
    try:
        search = Search(base, _DELETED_USERS, tuple(attributes.names), controls=(SHOW_DELETED,))
        for batch in reader.read(search):
            for dn, row in batch:
                # The name of a deleted object ends in a line feed, "DEL:" and its objectGUID.
                shown = (first_text(row, [name]) or "").partition("\n")[0]
                users[dn] = User(identity.read(dn, row), None, shown or None, "deleted", source, "deleted object")
    except (NoSuchObjectError, DirectoryAuthenticationError) as error:
        return [], [RecordWarning("deleted_unreadable", base, str(error))]
    identity.check("deleted users", len(users))
    return list(users.values()), []
