#!/usr/bin/python
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read people and groups from directories into a snapshot file."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: directory_facts
short_description: Read people and groups from directories into a snapshot file
version_added: 1.0.0
author:
  - dirsync.bitwarden contributors (@dirsync)
description:
  - Reads users, groups and memberships from one or more directories, flattens nested groups, selects, and writes a
    snapshot, which M(dirsync.bitwarden.bitwarden_org_sync) and its siblings converge an organization to.
  - A read is complete or it fails. A source that breaks off, runs into a limit of its server or returns nobody never
    makes a smaller snapshot, because whoever is missing in a snapshot loses access.
  - People stay in a file and do not become variables. Only a summary is returned, as a fact, because it describes what
    the following tasks work with. Twenty thousand users as a variable cost seconds in every task, and fact caches would
    keep personal data.
  - A user without usable e-mail stays in the snapshot without e-mail and makes a warning. Such a user is not invited,
    and an existing membership with the same external id is left alone.
  - Where several users have the same e-mail, it goes to active users before disabled before deleted ones, among equals
    to the source that comes first, then to the lower external id. The others stay in the snapshot without e-mail.
  - Where several records have the same external id, the same order decides which of them counts.

options:
  snapshot:
    description:
      - The file to write. It is replaced in one step and has mode 0600. With the ending C(.gz) it is compressed.
      - It holds personal data and decides who gets access, so keep it in a folder of its own.
      - Required unless O(probe=true).
    type: path
  on_conflict:
    description:
      - What to do where records contradict each other, two people with one e-mail or one external id.
      - V(first) goes on with the better claim, as described above, and reports each conflict as a warning.
      - V(fail) fails and writes no snapshot.
    type: str
    choices: [first, fail]
    default: first
  probe:
    description:
      - Whether to try the sources only and to return what they answer, with a few sample records. For setting up.
    type: bool
    default: false
  metrics_file:
    description:
      - The file that the module converging the organization writes for monitoring, see
        O(dirsync.bitwarden.bitwarden_org_sync#module:metrics_file). Where the directory cannot be read, this module
        counts the run as failed there, since the other one does not come to run. Otherwise it leaves the file alone.
      - It needs O(metrics_name).
    type: path
  metrics_name:
    description:
      - What the label C(organization) of the metrics says; the same as for the other module.
    type: str
extends_documentation_fragment:
  - dirsync.bitwarden.attributes
  - dirsync.bitwarden.source
attributes:
  check_mode:
    support: full
    details:
      - The snapshot is written in check mode too, because the preview of the following tasks is made from it. Nothing
        else is ever written.
  diff_mode:
    support: none
    details:
      - The modules that use the snapshot show what changes.
  idempotent:
    support: full
    details:
      - The snapshot is written anew by each run, without counting as a change. Its digest stays the same while
        the directory does.
  action_group:
    support: full
    membership:
      - dirsync.bitwarden.directory
seealso:
  - module: dirsync.bitwarden.bitwarden_org_sync
  - module: dirsync.bitwarden.bitwarden_org_members
  - module: dirsync.bitwarden.bitwarden_org_groups
"""

EXAMPLES = r"""
- name: Read an OpenLDAP server
  dirsync.bitwarden.directory_facts:
    sources:
      - name: corp
        type: ldap
        ldap:
          servers: [ldaps://ldap.example.org]
          bind_dn: cn=reader,dc=example,dc=org
          bind_password: "{{ ldap_password }}"
          base_dn: dc=example,dc=org
    snapshot: /var/lib/dirsync/snapshot.json

- name: Read only the members of two groups and their nested groups, without service accounts
  dirsync.bitwarden.directory_facts:
    sources:
      - name: corp
        type: ldap
        ldap:
          servers: [ldaps://ldap1.example.org, ldaps://ldap2.example.org]
          bind_dn: cn=reader,dc=example,dc=org
          bind_password: "{{ ldap_password }}"
        users:
          include:
            groups: [Vault users, Vault administrators]
          exclude:
            emails: ["svc-*@example.org"]
        groups:
          include:
            names: ["Vault *"]
    snapshot: /var/lib/dirsync/snapshot.json.gz

- name: Read Entra ID as an app registration with a certificate, without guests who never came
  dirsync.bitwarden.directory_facts:
    sources:
      - name: cloud
        type: entra_id
        entra_id:
          tenant_id: example.onmicrosoft.com
          client_id: 7f0b6e6a-6d1c-4f5e-9a34-0c7f7d7f5a11
          certificate_file: /etc/dirsync/entra.pem
          guests: accepted_only
    snapshot: /var/lib/dirsync/snapshot.json

- name: Read the staff and the vault's groups from Google Workspace, by the key of a service account
  dirsync.bitwarden.directory_facts:
    sources:
      - name: staff
        type: google_workspace
        google_workspace:
          service_account_file: /etc/dirsync/google.json
          subject: directory-reader@example.org
          org_unit_paths: [/Staff]
          groups_query: email:vault-*
    snapshot: /var/lib/dirsync/snapshot.json

- name: Read Okta as an API services application
  dirsync.bitwarden.directory_facts:
    sources:
      - name: people
        type: okta
        okta:
          org_url: https://example.okta.com
          client_id: 0oa1example
          private_key_file: /etc/dirsync/okta.pem
    snapshot: /var/lib/dirsync/snapshot.json

- name: Read Active Directory, found through the DNS, and the roles of OneLogin beside it
  dirsync.bitwarden.directory_facts:
    sources:
      - name: domain
        type: active_directory
        active_directory:
          domain: ad.example.org
          bind_dn: reader@ad.example.org
          bind_password: "{{ ldap_password }}"
      - name: contractors
        type: onelogin
        onelogin:
          host: example.onelogin.com
          client_id: "{{ onelogin_client_id }}"
          client_secret: "{{ onelogin_client_secret }}"
    snapshot: /var/lib/dirsync/snapshot.json

- name: Read employees from an export of the personnel department, and contractors from a file in this repository
  dirsync.bitwarden.directory_facts:
    sources:
      - name: employees
        type: file
        file:
          path: /srv/exports/employees.csv
          csv:
            delimiter: ";"
            columns:
              external_id: personnel_number
              email: mail
      - name: contractors
        type: file
        file:
          path: files/contractors.yml
    snapshot: /var/lib/dirsync/snapshot.json
    on_conflict: fail

- name: Try a source while setting it up
  dirsync.bitwarden.directory_facts:
    sources:
      - name: export
        type: file
        file:
          path: /srv/exports/people.ldif
          ldif:
            external_id: dn
    probe: true
"""

RETURN = r"""
ansible_facts:
  description: What was read.
  returned: success
  type: dict
  contains:
    bitwarden_directory:
      description: The summary of the snapshot.
      type: dict
      contains:
        snapshot:
          description: The path of the snapshot.
          type: str
          sample: /var/lib/dirsync/snapshot.json
        digest:
          description: Identifies the users and groups of the snapshot; it is the same while the directory is.
          type: str
          sample: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
        created:
          description: When the reading began, in UTC, ISO 8601.
          type: str
          sample: "2026-03-01T12:00:00Z"
        counts:
          description: How many users there are by status, how many groups, memberships and warnings.
          type: dict
          sample:
            users: 1043
            active: 1000
            disabled: 40
            deleted: 3
            groups: 50
            memberships: 4210
            warnings: 2
        sources:
          description: For each source its name and type, what was read (RV(ignore:server)), when, how much of it is in
            the snapshot, and details that depend on the type. With the option C(incremental) of a type the details say
            whether the read was C(incremental), and of one that was not, C(full_read_because).
          type: list
          elements: dict
          sample:
            - name: corp
              type: ldap
              server: ldaps://ldap.example.org:636
              read_at: "2026-03-01T12:00:00Z"
              users: 1043
              groups: 50
              details: {}
              external_id_prefix: ""
        warnings:
          description: The first 50 records that need attention; the snapshot holds them all.
          type: list
          elements: dict
          sample:
            - code: email_missing
              record: 0b3f2c1e-5d9b-4a53-8f3e-1c9f4f3f2a10
              message: Ann Lee has no e-mail
              source: corp
        probe:
          description: What each source answered, with O(probe=true) instead of everything else.
          type: list
          elements: dict
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.convergence import metrics_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.source import source_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.facts import read_directory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.metrics_file import failures_in_metrics
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.runner import run_module


def read(module: AnsibleModule) -> dict[str, Any]:
    """Return the result of the module."""
    with failures_in_metrics(module.params, check_mode=module.check_mode):
        return read_directory(module.params)


def main() -> None:
    """Run the module."""
    run_module(
        read,
        argument_spec={
            "sources": source_spec(),
            "snapshot": {"type": "path"},
            "on_conflict": {"type": "str", "choices": ["first", "fail"], "default": "first"},
            "probe": {"type": "bool", "default": False},
            **metrics_spec(),
        },
        required_by={"metrics_file": ("metrics_name",)},
        required_if=[("probe", False, ("snapshot",))],
        supports_check_mode=True,
        # Ansible would log nested options as one text, in which it overlooks secrets of several lines, such as keys.
        no_log=True,
    )


if __name__ == "__main__":
    main()
