#!/usr/bin/python
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converge the groups of a Bitwarden organization to a directory."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: bitwarden_org_groups
short_description: Converge the groups of a Bitwarden organization to a directory
version_added: 1.0.0
author:
  - dirsync.bitwarden contributors (@dirsync)
description:
  - Makes the groups of an organization and their members equal to the groups of a snapshot, as far as the policy goes.
    It creates, adopts and renames groups, sets their members, and deletes groups where it is told to.
  - Reads first and writes only what differs; a membership that is right is not written, since each such write makes
    the clients of its members synchronize.
  - People who are not members of the organization are left out; M(dirsync.bitwarden.bitwarden_org_members) comes first.
    M(dirsync.bitwarden.bitwarden_org_sync) does both on one plan.
options:
  groups:
    description:
      - A short list of groups beside O(members), for organizations that are kept in a repository.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the group.
        type: str
        required: true
      external_id:
        description:
          - The identity key; the name when it is not given. With an explicit key, a group can be renamed.
        type: str
      members:
        description:
          - E-mails or external ids of people in O(members).
        type: list
        elements: str
        default: []
  after_members:
    description:
      - Whether check mode plans against the organization as M(dirsync.bitwarden.bitwarden_org_members) would leave it
        with the same snapshot and policy. Set it to V(false) where no such task comes before this one.
      - It has no effect outside check mode, where the members are read as they are.
    type: bool
    default: true
extends_documentation_fragment:
  - dirsync.bitwarden.attributes
  - dirsync.bitwarden.attributes.converging
  - dirsync.bitwarden.bitwarden
  - dirsync.bitwarden.convergence
  - dirsync.bitwarden.policy
seealso:
  - module: dirsync.bitwarden.directory_facts
  - module: dirsync.bitwarden.bitwarden_org_members
  - module: dirsync.bitwarden.bitwarden_org_sync
"""

EXAMPLES = r"""
- name: Converge the groups
  dirsync.bitwarden.bitwarden_org_groups:
    client_id: "{{ bitwarden_client_id }}"
    client_secret: "{{ bitwarden_client_secret }}"
    snapshot: /var/lib/dirsync/snapshot.json
    policy:
      adopt: true
      absent_groups: remove

- name: Keep one group by hand
  dirsync.bitwarden.bitwarden_org_groups:
    client_id: "{{ bitwarden_client_id }}"
    client_secret: "{{ bitwarden_client_secret }}"
    members:
      - email: ann@example.org
      - email: bob@example.org
    groups:
      - name: Engineering
        members: [ann@example.org, bob@example.org]
"""

RETURN = r"""
plan:
  description: What this run does, or would do in check mode.
  returned: success, and when a guard trips or actions fail
  type: dict
  contains:
    actions:
      description:
        - The first 100 actions in the order of application, each with C(action), C(key) (the e-mail of a member or
          the name of a group), C(reason), and as far as they apply C(external_id), C(id), C(previous), C(value),
          C(joining) and C(leaving). A role is C(role) and C(permissions), the one before it C(previous_role) and
          C(previous_permissions). C(granting) and C(withdrawing) are the collections that a group gets and loses.
      type: list
      elements: dict
      sample: [{action: create_group, key: Engineering, reason: new_group, external_id: 7c1a}]
    omitted:
      description: How many further actions the plan has; the report holds them all.
      type: int
      sample: 0
digest:
  description: Identifies the plan, for O(approve); equal plans have equal digests in any run.
  returned: success, and when a guard trips or actions fail
  type: str
  sample: sha256:5f2b0e1c...
counts:
  description: How many actions of each kind the plan holds, and how many records it refuses to touch (C(refused)).
  returned: success, and when a guard trips or actions fail
  type: dict
  sample: {create_group: 1, set_group_members: 1, refused: 0}
outcomes:
  description: How many records ended in which way; C(planned) in check mode, else C(done), C(failed), C(refused).
  returned: success, and when a guard trips or actions fail
  type: dict
  sample: {planned: 0, done: 3, failed: 0, refused: 0}
guard:
  description:
    - The limits that the plan goes beyond, with the records beyond them; empty where there are none.
    - In check mode the task ends well all the same, so that the difference can be seen; the real run fails.
  returned: success, and when a guard trips or actions fail
  type: list
  elements: str
  sample: []
tripped:
  description: The names of these limits, such as C(revocations), each once.
  returned: success, and when a guard trips or actions fail
  type: list
  elements: str
  sample: []
verdict:
  description: How the run ended, V(done), V(stopped) by a guard, or V(failed); V(preview) in check mode.
  returned: success, and when a guard trips or actions fail
  type: str
  sample: done
since_approval:
  description:
    - Where plans are approved and this is none of them, what has changed since the one in O(approved_plan), a line for
      each action. C(+) marks what nobody approved, C(~) what is done in another way, C(-) what is not done any more.
    - The first 100 lines, in this order; empty in all other cases.
  returned: success, and when a guard trips or actions fail
  type: list
  elements: str
  sample: ["+ invite_member zoe@example.org (new_user)", "- revoke_member bob@example.org (absent_from_directory)"]
report:
  description: The paths of the reports, as given in O(report_path).
  returned: success, and when a guard trips or actions fail
  type: list
  elements: str
  sample: [/var/lib/dirsync/report.json, /var/lib/dirsync/report.html]
"""

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.convergence import (
    convergence_spec,
    inline_groups_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.convergence import converge
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.runner import run_module


def main() -> None:
    """Run the module."""
    run_module(
        lambda module: converge(module.params, {"groups"}, check_mode=module.check_mode, log=module.log),
        argument_spec={
            **bitwarden_spec(),
            **convergence_spec(),
            **inline_groups_spec(),
            "after_members": {"type": "bool", "default": True},
        },
        mutually_exclusive=[("snapshot", "members"), ("snapshot", "groups")],
        required_one_of=[("snapshot", "members")],
        supports_check_mode=True,
    )


if __name__ == "__main__":
    main()
