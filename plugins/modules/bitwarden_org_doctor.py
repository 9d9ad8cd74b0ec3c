#!/usr/bin/python
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find what is wrong with the identities in a Bitwarden organization."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: bitwarden_org_doctor
short_description: Find what is wrong with the identities in a Bitwarden organization
version_added: 1.0.0
author:
  - dirsync.bitwarden contributors (@dirsync)
description:
  - Looks for what makes a synchronization go wrong or leaves people with access whom nobody looks after, and says for
    each finding what it means and what to do.
  - Changes nothing. Findings do not fail the task; decide with RV(severities) or RV(counts).
  - It reads members and groups, memberships of those groups only that protect their members, and the event log only
    where somebody is invited or revoked.
  - By itself an organization shows external ids and addresses that occur twice (C(duplicate_external_id),
    C(duplicate_email)), external ids that are distinguished names (C(dn_external_id)), groups without external id
    (C(group_by_hand)), invitations that nobody accepts (C(invitation_open)), and members whom nobody has confirmed
    (C(confirmation_missing)).
  - Beside a snapshot it also shows owners who are out of service or whom the directory does not know
    (C(owner_out_of_service), C(owner_unknown)), members who were never linked (C(never_linked)) or are left alone
    although their users are out of service (C(unmanaged)), revoked members whose users are active
    (C(revoked_but_active)), groups that no group of the directory stands behind (C(group_without_source)), and what
    a run would refuse for want of a clear identity (C(duplicate_user_email), C(email_differs), C(email_missing),
    C(email_taken), C(address_reused), C(foreign_external_id), C(ambiguous_name), C(same_name)).
extends_documentation_fragment:
  - dirsync.bitwarden.attributes
  - dirsync.bitwarden.attributes.info_module
  - dirsync.bitwarden.bitwarden
options:
  snapshot:
    description:
      - The file that M(dirsync.bitwarden.directory_facts) wrote, on the same host.
      - Without it the organization is looked at alone, and RV(plan) is empty.
    type: path
  policy:
    description:
      - The policy of the synchronization, as O(dirsync.bitwarden.bitwarden_org_sync#module:policy) takes it, so that
        the owner scope and RV(plan) are those of the run.
    type: dict
    default: {}
  invitation_days:
    description:
      - After how many days an open invitation is a finding. One whose age the event log does not tell always is.
    type: int
    default: 30
  most_findings:
    description:
      - How many findings of each code are returned; RV(counts) counts all of them.
    type: int
    default: 100
notes:
  - Vaultwarden has no API for this; the module fails there.
seealso:
  - module: dirsync.bitwarden.bitwarden_org_info
  - module: dirsync.bitwarden.bitwarden_org_sync
"""

EXAMPLES = r"""
- name: Read the directory
  dirsync.bitwarden.directory_facts:
    snapshot: /var/lib/dirsync/snapshot.json
    sources: "{{ bitwarden_sync_sources }}"

- name: Examine the organization beside the directory, with the policy of the synchronization
  dirsync.bitwarden.bitwarden_org_doctor:
    client_id: "{{ bitwarden_client_id }}"
    client_secret: "{{ bitwarden_client_secret }}"
    snapshot: /var/lib/dirsync/snapshot.json
    policy: "{{ bitwarden_sync_policy | default({}) }}"
  register: doctor

- name: Say what is wrong
  ansible.builtin.debug:
    msg: "{{ item.severity }}: {{ item.objects | join(', ') }}: {{ item.message }}. {{ item.advice }}."
  loop: "{{ doctor.findings }}"
  loop_control:
    label: "{{ item.code }}"

- name: Show how distinguished names become stable ids
  ansible.builtin.debug:
    msg: "{{ doctor.plan.actions | selectattr('action', 'equalto', 'rekey_member') }}"

- name: Stop where something is really wrong
  ansible.builtin.assert:
    that: doctor.severities.error == 0
    fail_msg: "There are errors among these findings: {{ doctor.counts }}"
"""

RETURN = r"""
organization:
  description: The GUID of the organization.
  returned: success
  type: str
  sample: 5f0b3c8e-8f4f-4c11-9f5c-3a6f4f2d7a10
findings:
  description: What is wrong, the gravest first, of each code at most O(most_findings).
  returned: success
  type: list
  elements: dict
  contains:
    code:
      description: The kind of finding, see the description of the module.
      type: str
      sample: never_linked
    severity:
      description:
        - V(error) where a run cannot do right or access is where it should not be, V(warning) where somebody should
          look, V(info) for what may be meant.
      type: str
      sample: warning
    objects:
      description:
        - The e-mails of members, the names of groups, the ids of memberships (C(duplicate_email)) or the external ids
          of users (C(duplicate_user_email)).
      type: list
      elements: str
      sample: [ann@example.org]
    external_id:
      description: The external id that is the matter, or that the object has or should have; null where there is none.
      type: str
      sample: 2a7f9a86-4a6c-103d-8b1d-5f3f3a6f1a11
    message:
      description: What was found.
      type: str
      sample: the member has no external id, but a user of the directory has this address
    advice:
      description: What to do about it.
      type: str
      sample: The next run links the membership; until then it is not taken back
counts:
  description: How many findings there are of each code that occurs.
  returned: success
  type: dict
  sample: {never_linked: 3, dn_external_id: 120}
severities:
  description: How many findings there are of each severity.
  returned: success
  type: dict
  contains:
    error:
      description: How many errors.
      type: int
      sample: 0
    warning:
      description: How many warnings.
      type: int
      sample: 123
    info:
      description: How many remarks.
      type: int
      sample: 1
plan:
  description:
    - What the next run with this snapshot and policy does about external ids, such as moving from distinguished names
      to stable ids. It comes from the planner that the run uses; nothing of it is carried out here.
  returned: success
  type: dict
  contains:
    actions:
      description:
        - The first 100 actions, C(link_member), C(rekey_member) and C(update_group), as
          RV(dirsync.bitwarden.bitwarden_org_sync#module:plan.actions) has them.
      type: list
      elements: dict
      sample: [{action: rekey_member, key: ann@example.org, previous: "uid=ann,dc=example,dc=org", external_id: 1f6d}]
    omitted:
      description: How many further actions there are.
      type: int
      sample: 0
"""

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.doctor import examine
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.runner import run_module


def main() -> None:
    """Run the module."""
    run_module(
        lambda module: examine(module.params),
        argument_spec={
            **bitwarden_spec(),
            "snapshot": {"type": "path"},
            "policy": {"type": "dict", "default": {}},
            "invitation_days": {"type": "int", "default": 30},
            "most_findings": {"type": "int", "default": 100},
        },
        supports_check_mode=True,
    )


if __name__ == "__main__":
    main()
