# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the option ``sources``, composed of one fragment per type of source and of the selection."""

from __future__ import annotations

from textwrap import indent

from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.active_directory import (
    ModuleDocFragment as ActiveDirectory,
)
from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.entra_id import ModuleDocFragment as EntraId
from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.file import ModuleDocFragment as File
from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.google_workspace import (
    ModuleDocFragment as GoogleWorkspace,
)
from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.ldap import ModuleDocFragment as Ldap
from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.okta import ModuleDocFragment as Okta
from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.onelogin import ModuleDocFragment as OneLogin

_GROUP_RULES = """
ids:
  description: External ids, with or without O(sources[].external_id_prefix).
  type: list
  elements: str
  default: []
names:
  description: Names, with C(*), C(?) and C([...]) as in file names.
  type: list
  elements: str
  default: []
name_regex:
  description: Regular expressions, as Python has them, to find anywhere in the name.
  type: list
  elements: str
  default: []
"""
_USER_RULES = f"""{_GROUP_RULES}
emails:
  description: E-mails, with C(*), C(?) and C([...]) as in file names.
  type: list
  elements: str
  default: []
email_regex:
  description: Regular expressions, as Python has them, to find anywhere in the lower-case e-mail.
  type: list
  elements: str
  default: []
groups:
  description:
    - Names, with wildcards, or external ids of groups. Members of nested groups count.
    - An entry that fits no group makes a warning.
  type: list
  elements: str
  default: []
"""


def _options_of(fragment: type) -> str:
    """Return the YAML of a fragment's options, indented as suboptions of ``sources``."""
    documentation: str = fragment.DOCUMENTATION  # type: ignore[attr-defined]
    return indent(documentation.partition("options:\n")[2].strip("\n"), "    ")


class ModuleDocFragment:
    """Where people and groups come from."""

    DOCUMENTATION: str = rf"""
options:
  sources:
    description:
      - The directories to read, in order of precedence. Together they make one snapshot.
      - All sources of an organization belong into one run, since whoever is in none of them counts as absent.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - A name for messages, the snapshot and reports. Each source has a name of its own.
        type: str
        required: true
      type:
        description:
          - The type of the directory. The option of the same name says how to reach and read it.
        type: str
        choices: [active_directory, entra_id, file, google_workspace, ldap, okta, onelogin]
        required: true
{_options_of(ActiveDirectory)}
{_options_of(EntraId)}
{_options_of(File)}
{_options_of(GoogleWorkspace)}
{_options_of(Ldap)}
{_options_of(Okta)}
{_options_of(OneLogin)}
      users:
        description:
          - Which users of the source count.
        type: dict
        default: {{}}
        suboptions:
          read:
            description:
              - Whether the users go into the snapshot. With V(false), the source contributes groups, whose members are
                users of other sources with the same external ids.
            type: bool
            default: true
          include:
            description:
              - Only users who fit any of these entries count. Without entries all do.
              - Selection comes after nested groups are flattened. Values compare without regard to case and outer
                blanks.
              - A user without the value that an entry is about passes, because an e-mail that was emptied is no reason
                to lose access. Deleted users, who are in no group any more, pass entries about groups.
            type: dict
            default: {{}}
            suboptions:
{indent(_USER_RULES.strip(), " " * 14)}
          exclude:
            description:
              - Users who fit any of these entries do not count, whatever O(sources[].users.include) says.
            type: dict
            default: {{}}
            suboptions:
{indent(_USER_RULES.strip(), " " * 14)}
          bwdc_filter:
            description:
              - A user filter of Bitwarden Directory Connector, read as it reads it. It applies in addition to
                O(sources[].users.include) and O(sources[].users.exclude).
              - For LDAP and LDIF it is an LDAP filter, which users must match beside the source's own one.
              - A filter that Directory Connector would ignore, and so synchronize everybody, is an error here. So is a
                group of C(includeGroup) or C(excludeGroup) that is not found.
            type: str
      groups:
        description:
          - Which groups of the source count.
        type: dict
        default: {{}}
        suboptions:
          read:
            description:
              - Whether the groups go into the snapshot. With V(false) they are read only where
                O(sources[].users) refers to them.
            type: bool
            default: true
          include:
            description:
              - Only groups that fit any of these entries count. Without entries all do.
              - Members of groups that do not count stay members of the groups that contain those.
            type: dict
            default: {{}}
            suboptions:
{indent(_GROUP_RULES.strip(), " " * 14)}
          exclude:
            description:
              - Groups that fit any of these entries do not count, whatever O(sources[].groups.include) says.
            type: dict
            default: {{}}
            suboptions:
{indent(_GROUP_RULES.strip(), " " * 14)}
          bwdc_filter:
            description:
              - A group filter of Bitwarden Directory Connector, read as it reads it. Except for LDAP and LDIF it also
                drops users who are in none of the groups that remain, save disabled and deleted ones.
            type: str
      external_id_prefix:
        description:
          - What the external ids of this source's users and groups begin with, in the snapshot and in the organization.
            It comes after O(dirsync.bitwarden.bitwarden_org_sync#module:policy.external_id_prefix).
          - Where every source has one, a run touches only objects of the organization that begin with one of them, so
            that other runs and programs may share the organization. Choose prefixes of which none begins another, such
            as V(corp:) and V(lab:). A source without prefix claims every object with an external id.
          - Sources whose users have the same external ids, such as one for people and one for their groups, share a
            prefix. Somebody who moves between sources is found by e-mail and gets the new external id.
          - A source that is taken out of the run leaves its objects in the organization alone.
        type: str
        default: ""
      allow_empty:
        description:
          - Whether the source may contribute nobody. By default that is an error, since an account that may see nothing
            and a mistyped filter look like a directory that everybody left.
        type: bool
        default: false
"""
