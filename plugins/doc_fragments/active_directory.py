# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of sources of type ``active_directory``."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.ldap import shared_options

_INCREMENTAL = """It works where a whole domain is read by an account that may see deleted objects, with filters on
            plain attributes. Whenever an entry or folder was renamed, moved or restored, or another domain controller
            answers, everything is read."""


class ModuleDocFragment:
    """A source that is an Active Directory domain or forest."""

    DOCUMENTATION: str = rf"""
options:
  active_directory:
    description:
      - How to reach and read Active Directory, for O(sources[].type=active_directory). Samba domains are read the same
        way.
      - Accounts are disabled by C(userAccountControl) or when C(accountExpires) has passed. A lockout after wrong
        passwords is shown and changes nothing.
      - Members are complete, those by primary group and those of groups with more than 1500 members included. Members
        from other forests (foreign security principals) are not resolved.
      - A read that is not complete for any reason, a size limit included, fails and changes nothing.
    type: dict
    suboptions:
      domain:
        description:
          - The DNS name of the domain, to find its domain controllers by SRV records. With
            O(sources[].active_directory.global_catalog) the name of the forest's root domain.
          - Finding them needs the Python library C(dnspython). It is not needed with
            O(sources[].active_directory.servers).
        type: str
      site:
        description:
          - The name of an Active Directory site, to find its domain controllers only.
        type: str
      servers:
        description:
          - URLs of domain controllers such as V(ldaps://dc1.example.org), instead of looking them up.
          - They are tried in this order, and the whole read starts anew on the next one when a connection fails. A
            refused password is not tried again, so that accounts do not get locked.
        type: list
        elements: str
      global_catalog:
        description:
          - Whether to read the global catalog (ports 3269 and 3268) and with it the users of all domains of the
            forest, below any base by default.
          - It holds neither C(accountExpires) nor deleted objects, nor the members of global and domain-local groups
            of other domains. Make one source for each domain where groups matter.
        type: bool
        default: false
      authentication:
        description:
          - V(simple) sends O(sources[].active_directory.bind_dn) and O(sources[].active_directory.bind_password),
            which is safe over TLS and satisfies domains that require signing.
          - V(external) is SASL EXTERNAL with O(sources[].active_directory.client_certificate).
          - V(gssapi) is Kerberos with the credentials of the environment, over TLS. It needs the Python library
            C(gssapi), and servers named by their full host names.
          - NTLM is not supported. It needs a broken hash function, and domain controllers increasingly refuse it.
        type: str
        choices: [simple, external, gssapi]
        default: simple
{shared_options("active_directory", _INCREMENTAL)}
      external_id:
        description:
          - The attribute that identifies a user or group for good. The read fails if an entry does not have it.
          - The default is the one that survives every change of name and place, and that Bitwarden Directory Connector
            uses as well.
          - Changing it later gives everybody a new identity, which is safe as long as
            O(dirsync.bitwarden.bitwarden_org_sync#module:policy.rekey) is on. Deleted users are only found by
            V(objectGUID) and V(objectSid).
        type: str
        default: objectGUID
      expired_accounts:
        description:
          - What an account counts as when its C(accountExpires) has passed.
        type: str
        choices: [disabled, active]
        default: disabled
      deleted_objects:
        description:
          - Whether to look for deleted users as well, so that they count as deleted and not just as absent.
          - Only administrators may see deleted objects unless the right is given to the account. Without it there is a
            warning, or nobody is found.
        type: bool
        default: true
"""
