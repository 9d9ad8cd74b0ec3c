# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of sources of type ``ldap``, and of those that ``active_directory`` shares with it."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.incremental import incremental_options

_CONNECTION = r"""
      bind_dn:
        description:
          - The account that reads, for O(sources[].TYPE.authentication=simple). It needs no right but to read.
          - Active Directory also takes C(user@domain) and C(DOMAIN\user) here.
        type: str
      bind_password:
        description:
          - The password of O(sources[].TYPE.bind_dn). An empty one is refused, because servers take it for an
            anonymous connection, show less, and report success.
          - By default it comes from the environment variable E(VARIABLE_BIND_PASSWORD).
        type: str
      start_tls:
        description:
          - Whether to change to TLS on C(ldap://) servers before anything else is sent.
        type: bool
        default: false
      allow_cleartext:
        description:
          - Whether C(ldap://) servers may be read without O(sources[].TYPE.start_tls).
          - B(Danger.) The password and all personal data can then be read on the way, and whoever changes the answers
            decides who gets into the organization and who loses access.
        type: bool
        default: false
      validate_certs:
        description:
          - Whether the server must prove with its certificate that it is the one in the URL.
          - B(Danger.) Without the proof anybody on the way can take the password and answer instead of the directory.
        type: bool
        default: true
      ca_file:
        description:
          - Certificates (PEM) of the authorities that may sign the server's certificate, and no others.
          - By default the authorities of the system count.
        type: path
      tls_server_name:
        description:
          - The name to look for in the server's certificate, where that is not the host of the URL, for instance
            behind a tunnel.
        type: str
      client_certificate:
        description:
          - A certificate (PEM) to show to the server.
        type: path
      client_key:
        description:
          - The key (PEM, without passphrase) of O(sources[].TYPE.client_certificate), if it is not in the same file.
        type: path
      connect_timeout:
        description:
          - How many seconds connecting and the start of TLS may take, for each server.
        type: int
        default: 10
      read_timeout:
        description:
          - For how many seconds the server may stay silent before the read fails.
        type: int
        default: 60
      page_size:
        description:
          - How many entries to ask for at a time. Larger pages mean fewer round trips.
          - The default is V(5000), for 389 Directory Server and FreeIPA V(1000), which apply their limits to each page.
          - Active Directory sends at most 1000 whatever is asked for. Where OpenLDAP refuses the size, 1000, 500 and
            100 are tried.
          - V(0) asks for everything at once, for servers that do not support paged results.
        type: int
INCREMENTAL
"""

_QUERY = r"""
      base_dn:
        description:
          - The DN below which users and groups are searched for. It is used exactly as given.
          - By default what the server names as its own base.
        type: str
      user_bases:
        description:
          - DNs below which users are searched for, instead of O(sources[].TYPE.base_dn). A user below two of them
            counts once.
        type: list
        elements: str
      user_filter:
        description:
          - LDAP filter (RFC 4515) that users have to match. The default depends on the kind of server.
          - It is checked before anything is searched for. Whoever does not match is absent, like a deleted person.
        type: str
      user_scope:
        description:
          - How deep below the bases to look for users.
        type: str
        choices: [subtree, one, base]
        default: subtree
      group_bases:
        description:
          - DNs below which groups are searched for, instead of O(sources[].TYPE.base_dn).
        type: list
        elements: str
      group_filter:
        description:
          - LDAP filter (RFC 4515) that groups have to match. The default depends on the kind of server.
          - Nested groups that do not match contribute nothing to the groups that contain them.
        type: str
      group_scope:
        description:
          - How deep below the bases to look for groups.
        type: str
        choices: [subtree, one, base]
        default: subtree
      email_attributes:
        description:
          - Attributes that hold e-mail addresses, best first. The first usable address counts.
          - The read fails if no user has any of them, because then the name or the access rights are wrong.
          - The default is V(mail).
        type: list
        elements: str
      email_domains:
        description:
          - Domains to prefer, best first, for people with several addresses. Directory servers return several values
            of an attribute in no particular order.
        type: list
        elements: str
        default: []
      email_prefix_attribute:
        description:
          - The attribute whose value becomes the part before the C(@) where a user has no usable address and
            O(sources[].TYPE.email_suffix) is set.
          - The default is V(uid), on Active Directory V(sAMAccountName).
        type: str
      email_suffix:
        description:
          - What to append to the value of O(sources[].TYPE.email_prefix_attribute), for instance V(@example.org).
          - By default no address is made up.
        type: str
      user_name_attributes:
        description:
          - Attributes that hold the name of a person for messages and reports, best first.
          - The default is V(displayName) and then V(cn), on Active Directory V(displayName) and then V(name).
        type: list
        elements: str
      group_name_attribute:
        description:
          - The attribute that holds the name of a group.
          - The default is V(cn), on Active Directory V(name). The read fails if no group has it.
        type: str
      member_attributes:
        description:
          - Attributes that hold the members of a group, all of them taken together. Values are DNs, in any spelling,
            or login names.
          - The default is V(member), V(uniqueMember) and V(memberUid), on Active Directory V(member).
          - The read fails if attributes are named here and no group has any of them.
        type: list
        elements: str
"""


def shared_options(source_type: str, incremental: str) -> str:
    """Return the YAML of the options that the sources of both types have; ``incremental`` says when that works."""
    options = incremental_options(
        "A full read is quick, so this is for slow networks.",
        incremental,
        "Access rights of the account that changed have an effect with the next full read only.",
    )
    variables = f"DIRSYNC_{source_type.upper()}"
    connection = _CONNECTION.replace("TYPE", source_type).replace("INCREMENTAL", options).strip("\n")
    connection = connection.replace("VARIABLE", variables)
    return f"{connection}\n{query_options(source_type)}"


def query_options(source_type: str) -> str:
    """Return the YAML of those among them that say what to read and what it means; LDIF files have them too."""
    return _QUERY.replace("TYPE", source_type).strip("\n")


_INCREMENTAL = """It works on OpenLDAP with the overlay syncprov, which tells whether anything changed. As long as
            nothing did, nothing is read."""


class ModuleDocFragment:
    """A source that is an LDAP directory."""

    DOCUMENTATION: str = rf"""
options:
  ldap:
    description:
      - How to reach and read an LDAP directory, for O(sources[].type=ldap).
      - What is not set follows from the kind of server, so that a server and an account are often enough.
      - A read that is not complete for any reason, a size limit included, fails and changes nothing.
    type: dict
    suboptions:
      servers:
        description:
          - URLs such as V(ldaps://ldap.example.org), V(ldap://ldap.example.org:3389) or
            V(ldapi://%2Frun%2Fslapd%2Fldapi).
          - They are tried in this order, and the whole read starts anew on the next one when a connection fails. A
            refused password is not tried again, so that accounts do not get locked.
        type: list
        elements: str
        required: true
      authentication:
        description:
          - V(simple) sends O(sources[].ldap.bind_dn) and O(sources[].ldap.bind_password).
          - V(external) is SASL EXTERNAL, that is O(sources[].ldap.client_certificate), or on C(ldapi://) the local
            user who runs the module.
          - V(gssapi) is Kerberos with the credentials of the environment. It needs the Python library C(gssapi) and a
            server that does not ask for a SASL security layer beside TLS.
          - V(anonymous) sends nothing. Servers often show less to such clients, without saying so.
        type: str
        choices: [simple, external, gssapi, anonymous]
        default: simple
{shared_options("ldap", _INCREMENTAL)}
      server_kind:
        description:
          - The kind of server, which decides the defaults. V(auto) finds out from the root DSE.
          - V(openldap) takes C(entryUUID) as identity, and accounts that ppolicy has locked for good as disabled.
          - V(389ds) takes C(nsUniqueId) as identity, and C(nsAccountLock) for disabled.
          - V(freeipa) takes C(ipaUniqueID) as identity, C(nsAccountLock) for disabled and preserved users for
            deleted, and looks below C(cn=accounts) only.
          - V(generic) takes C(entryUUID) as identity, and knows no disabled accounts.
          - An Active Directory is refused with V(auto), see O(sources[].type=active_directory).
        type: str
        choices: [auto, openldap, 389ds, freeipa, generic]
        default: auto
      external_id:
        description:
          - The attribute that identifies a user or group for good. The read fails if an entry does not have it.
          - V(dn) takes the DN, as Bitwarden Directory Connector does. A renamed person is then a new one.
          - The default depends on O(sources[].ldap.server_kind). Changing it later gives everybody a new identity,
            which is safe as long as O(dirsync.bitwarden.bitwarden_org_sync#module:policy.rekey) is on.
        type: str
      login_attribute:
        description:
          - The attribute of users that C(memberUid) of groups refers to.
          - The default is V(uid).
        type: str
      disabled_when:
        description:
          - Attributes and the values that mark an account as disabled, compared without regard to case. V(*) stands
            for any value. The keys are attributes, and each has a value or a list of values.
          - It takes the place of what O(sources[].ldap.server_kind) brings; an empty dictionary marks nobody.
        type: dict
      deleted_bases:
        description:
          - DNs below which the server keeps deleted users. Whoever is found there counts as deleted.
          - The default is the folder of preserved users on FreeIPA, and nothing elsewhere.
        type: list
        elements: str
"""
