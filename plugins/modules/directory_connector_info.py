#!/usr/bin/python
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert the settings of Bitwarden Directory Connector."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: directory_connector_info
short_description: Convert the settings of Bitwarden Directory Connector
version_added: 1.0.0
author:
  - dirsync.bitwarden contributors (@dirsync)
description:
  - Reads a C(data.json) of Bitwarden Directory Connector, on the host where it lies, and returns the variables with
    which the playbook C(dirsync.bitwarden.sync) does the same, together with everything that is dangerous, works in
    another way, or has no meaning any more.
  - Secrets are never returned, also where the file holds them in clear. The variables refer to names in Ansible Vault,
    and RV(secrets) says which secret belongs into which of them.
  - What Directory Connector does to people is taken over, except what cannot be undone. Who was removed is revoked.
  - It reads state versions 3 to 8. Files of an older version are refused, as Directory Connector does.
  - The playbook C(dirsync.bitwarden.migrate) writes the variables into an inventory.
options:
  path:
    description:
      - The path of the file. The command C(bwdc data-file) prints it.
    type: path
    required: true
  name:
    description:
      - The name of the source, for messages, the snapshot and reports.
    type: str
    default: directory
attributes:
  check_mode:
    description: Can run in check mode and say what it would do, without changing the organization.
    support: full
    details: This module changes nothing.
  diff_mode:
    description: Returns what changes, or would change, in diff mode.
    support: N/A
    details: This module changes nothing.
  idempotent:
    description: When run twice in a row outside check mode with the same arguments, the second run changes nothing.
    support: full
    details: This module changes nothing.
seealso:
  - module: dirsync.bitwarden.bitwarden_org_sync
  - module: dirsync.bitwarden.directory_facts
"""

EXAMPLES = r"""
- name: Convert the settings of Directory Connector
  dirsync.bitwarden.directory_connector_info:
    path: /srv/exports/data.json
  register: connector

- name: Show what is different, and which secrets to put into the vault
  ansible.builtin.debug:
    msg: "{{ connector.findings + connector.secrets }}"

- name: Write the variables into the inventory
  ansible.builtin.copy:
    content: "{{ connector.variables | to_nice_yaml(indent=2, sort_keys=False) }}"
    dest: /srv/exports/main.yml
    mode: "0644"
"""

RETURN = r"""
state_version:
  description: The version of the file's layout.
  returned: success
  type: int
  sample: 8
source_type:
  description: The type of the source.
  returned: success
  type: str
  sample: ldap
variables:
  description: The variables of the organization's host in the inventory.
  returned: success
  type: dict
  contains:
    bitwarden_sync_organization:
      description: How to reach the organization.
      type: dict
      sample:
        region: eu
        client_id: organization.5f0b3c8e-8f4f-4c11-9f5c-3a6f4f2d7a10
        client_secret: "{{ vault_bitwarden_client_secret }}"
    bitwarden_sync_sources:
      description: The directory, a list of one source.
      type: list
      elements: dict
      sample:
        - name: directory
          type: ldap
          ldap:
            servers: [ldaps://ldap.example.org:636]
            bind_dn: cn=reader,dc=example,dc=org
            bind_password: "{{ vault_ldap_password }}"
            external_id: dn
    bitwarden_sync_policy:
      description: What happens to whom.
      type: dict
      sample: {absent: ignore, disabled: ignore}
secrets:
  description: The secrets to put into the vault.
  returned: success
  type: list
  elements: dict
  contains:
    variable:
      description: The name of the variable.
      type: str
      sample: vault_ldap_password
    setting:
      description: The setting of Directory Connector that is meant.
      type: str
      sample: directoryLdap.password
    stored:
      description:
        - Where Directory Connector keeps it. V(file) is the file itself, in clear; V(key_store) is the key store of the
          operating system, from which it cannot be read here; V(nowhere) means that it is missing.
      type: str
      sample: key_store
findings:
  description: What an administrator has to know, the dangerous first.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description:
        - V(unsafe) is dangerous and was taken over or needs a decision, and is a warning of the task too; V(different)
          works in another way here; V(ignored) has no meaning here.
      type: str
      sample: unsafe
    setting:
      description: The setting that it is about.
      type: str
      sample: sync.overwriteExisting
    text:
      description: What there is to know.
      type: str
      sample: >-
        Whoever is missing in the directory keeps access, as before (absent: ignore). Delete that line to have them
        revoked.
"""

from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.directory_connector import (
    directory_connector_info,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.runner import run_module


def main() -> None:
    """Run the module."""
    run_module(
        lambda module: directory_connector_info(module.params),
        argument_spec={
            "path": {"type": "path", "required": True},
            "name": {"type": "str", "default": "directory"},
        },
        supports_check_mode=True,
    )


if __name__ == "__main__":
    main()
