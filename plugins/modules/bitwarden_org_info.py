#!/usr/bin/python
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what a Bitwarden organization holds."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: bitwarden_org_info
short_description: Read what a Bitwarden organization holds
version_added: 1.0.0
author:
  - dirsync.bitwarden contributors (@dirsync)
description:
  - Returns the members, groups, memberships, collections and seats of an organization, and the version of its server.
  - Changes nothing. A read that is not complete fails; there is never a shorter list.
  - The result of a large organization is large. To converge an organization, use the modules that do, which read by
    themselves.
extends_documentation_fragment:
  - dirsync.bitwarden.attributes
  - dirsync.bitwarden.attributes.info_module
  - dirsync.bitwarden.bitwarden
options:
  memberships:
    description:
      - Whether to read who belongs to which group. It takes one call for each group, and the cloud allows 200 calls
        a minute.
      - With V(false), RV(memberships) is empty.
    type: bool
    default: true
notes:
  - Vaultwarden has no API for this; the module fails there.
seealso:
  - module: dirsync.bitwarden.bitwarden_org_members
  - module: dirsync.bitwarden.bitwarden_org_groups
"""

EXAMPLES = r"""
- name: Read an organization in the European cloud
  dirsync.bitwarden.bitwarden_org_info:
    region: eu
    client_id: "{{ bitwarden_client_id }}"
    client_secret: "{{ bitwarden_client_secret }}"
  register: organization

- name: Name the members without two-step login
  ansible.builtin.debug:
    msg: "{{ organization.members | rejectattr('two_factor_enabled') | map(attribute='email') }}"

- name: Read members and groups of a self-hosted server, without one call per group
  dirsync.bitwarden.bitwarden_org_info:
    server_url: https://vault.example.org
    ca_file: /etc/ssl/private-authority.pem
    memberships: false
"""

RETURN = r"""
organization:
  description: The GUID of the organization.
  returned: success
  type: str
  sample: 5f0b3c8e-8f4f-4c11-9f5c-3a6f4f2d7a10
server:
  description: What answers at the other end.
  returned: success
  type: dict
  contains:
    product:
      description: The name of the server's product.
      type: str
      sample: Bitwarden
    version:
      description: The version of the server.
      type: str
      sample: 2026.8.0
    cloud_region:
      description: The region of Bitwarden's cloud; null on a self-hosted server.
      type: str
      sample: EU
members:
  description: All members in every status, by e-mail.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the membership.
      type: str
      sample: 7c0f1a52-0a5e-4a5e-9b1e-2f8a3a0c4b6d
    email:
      description: The address of the invitation, and after its acceptance that of the account; lower-case.
      type: str
      sample: ann@example.org
    name:
      description: The name of the account; null when there is none yet.
      type: str
      sample: Ann Example
    status:
      description: One of V(revoked), V(invited), V(accepted), V(confirmed), V(staged).
      type: str
      sample: confirmed
    type:
      description: The role, one of V(owner), V(admin), V(user), V(custom).
      type: str
      sample: user
    external_id:
      description: The identity key of the directory, null where the member is linked to none.
      type: str
      sample: 2a7f9a86-4a6c-103d-8b1d-5f3f3a6f1a11
    user_id:
      description: The id of the account; null until the invitation is accepted.
      type: str
      sample: 0d5c2f0a-4b57-4c3a-8d56-6f2b1d9e7c33
    two_factor_enabled:
      description: Whether the account has two-step login.
      type: bool
      sample: true
    permissions:
      description: The permissions of a custom role by name; null for other roles.
      type: dict
      sample: {manageUsers: true, manageGroups: false}
    collections:
      description:
        - The shared collections that are assigned to the member directly, each with C(id), C(read_only),
          C(hide_passwords) and C(manage). Null on servers before 2025.11.0, which do not tell.
      type: list
      elements: dict
      sample: [{id: 3f1e8a0c-51d2-4d2e-8a0f-6b7c9d1e2f30, read_only: true, hide_passwords: false, manage: false}]
groups:
  description: All groups, by name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the group.
      type: str
      sample: c9a1f0d2-7b3e-4f7a-9e55-0d1c2b3a4f5e
    name:
      description: The name of the group.
      type: str
      sample: Engineering
    external_id:
      description: The identity key of the directory, null where the group is linked to none.
      type: str
      sample: 9b2e1c7a-4a6c-103d-8b1e-5f3f3a6f1a11
    collections:
      description: The collections that the group has access to, as with a member.
      type: list
      elements: dict
      sample: []
memberships:
  description: For the id of each group, the ids of its members; empty with O(memberships=false).
  returned: success
  type: dict
  sample: {c9a1f0d2-7b3e-4f7a-9e55-0d1c2b3a4f5e: [7c0f1a52-0a5e-4a5e-9b1e-2f8a3a0c4b6d]}
collections:
  description: All shared collections. Their names are encrypted, so they are not known here.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the collection.
      type: str
      sample: 3f1e8a0c-51d2-4d2e-8a0f-6b7c9d1e2f30
    external_id:
      description: The external id of the collection, null where it has none.
      type: str
      sample: shared-engineering
    groups:
      description:
        - The groups with access to the collection, each with C(id), C(read_only), C(hide_passwords) and C(manage).
      type: list
      elements: dict
      sample: []
seats:
  description: The Password Manager seats; null on a self-hosted server, which has no subscription.
  returned: success
  type: dict
  contains:
    total:
      description: How many seats are paid for; null without a limit.
      type: int
      sample: 50
    max_auto_scale:
      description: Up to how many seats the subscription grows by itself; null without a limit.
      type: int
      sample: 60
    occupied:
      description: How many members occupy a seat; the revoked and the staged do not.
      type: int
      sample: 42
"""

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.info import organization_info
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.runner import run_module


def main() -> None:
    """Run the module."""
    run_module(
        lambda module: organization_info(module.params),
        argument_spec={**bitwarden_spec(), "memberships": {"type": "bool", "default": True}},
        supports_check_mode=True,
    )


if __name__ == "__main__":
    main()
