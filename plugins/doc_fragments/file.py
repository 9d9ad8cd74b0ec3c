# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of sources of type ``file``."""

from __future__ import annotations

from textwrap import indent

from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.ldap import query_options


class ModuleDocFragment:
    """A source that is a file."""

    DOCUMENTATION: str = rf"""
options:
  file:
    description:
      - Which file to read, for O(sources[].type=file).
      - A file that is not entirely usable is refused with its line; no record is skipped in silence.
    type: dict
    suboptions:
      path:
        description:
          - The file, on the host where the module runs.
        type: path
        required: true
      format:
        description:
          - What the file holds. By default its ending tells, C(.ldif), C(.csv), C(.json), C(.yaml) or C(.yml).
          - V(ldif) holds entries as C(slapcat), C(ldapsearch) or C(ldifde) export them (RFC 2849). Records
            that change or delete entries and values behind URLs are refused, and so is an export of C(ldapsearch)
            that ends with an error.
          - V(csv) has a header and then a user in each row, with the columns C(external_id), C(email), and if there
            are any C(name) and C(status). Further columns are ignored.
          - V(json) and V(yaml) hold a list C(users), in which each user has C(external_id) and optionally C(email),
            C(name) and C(status), and optionally a list C(groups), in which each group has C(name) and optionally
            C(external_id) (the name by default), C(members) (external ids or e-mails of users) and C(groups) (external
            ids or names of nested groups). Other keys are refused.
          - C(status) is V(active), V(disabled) or V(deleted), and V(active) where it is empty or missing.
          - In YAML, every value is taken as the text that is written, and tags, anchors and aliases are refused.
        type: str
        choices: [ldif, csv, json, yaml]
      ldif:
        description:
          - What the entries of an LDIF file mean. These options are those of O(sources[].ldap), so that a server and
            its export give the same users and groups.
          - Without a base, users and groups are looked for in the whole file.
        type: dict
        default: {{}}
        suboptions:
{indent(query_options("file.ldif"), "    ")}
          server_kind:
            description:
              - The kind of server that the export comes from, which decides the defaults.
            type: str
            choices: [openldap, 389ds, freeipa, active_directory, generic]
            default: openldap
          external_id:
            description:
              - The attribute that identifies a user or group for good. The read fails if an entry does not have it.
              - V(dn) takes the DN. The default depends on O(sources[].file.ldif.server_kind).
            type: str
          login_attribute:
            description:
              - The attribute of users that C(memberUid) of groups refers to.
              - The default is V(uid).
            type: str
          disabled_when:
            description:
              - Attributes and the values that mark an account as disabled, as O(sources[].ldap.disabled_when).
            type: dict
          deleted_bases:
            description:
              - DNs below which the export has deleted users.
            type: list
            elements: str
      csv:
        description:
          - How a CSV file is written.
        type: dict
        default: {{}}
        suboptions:
          delimiter:
            description:
              - The character between two values.
            type: str
            default: ","
          encoding:
            description:
              - The encoding of the file, by the name that Python has for it, for instance V(cp1252) or V(utf-16).
            type: str
            default: utf-8
          memberships_path:
            description:
              - A second CSV file with a membership in each row, with the columns C(group) (its name) and, as far as
                needed, C(group_id) (its external id, the name by default), C(member) (external id or e-mail of a user)
                and C(member_group) (external id or name of a nested group).
              - A row with neither C(member) nor C(member_group) declares a group that may be empty.
            type: path
          columns:
            description:
              - The titles of columns that are called otherwise in your files. A column that is named here must exist.
            type: dict
            default: {{}}
            suboptions:
              external_id:
                description: The stable identity key of a user, for instance a personnel number. Never the e-mail.
                type: str
              email:
                description: The e-mail of a user.
                type: str
              name:
                description: The name of a user.
                type: str
              status:
                description: The status of a user.
                type: str
              group:
                description: The name of a group.
                type: str
              group_id:
                description: The external id of a group.
                type: str
              member:
                description: A user in the group.
                type: str
              member_group:
                description: A group in the group.
                type: str
"""
