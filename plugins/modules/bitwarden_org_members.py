#!/usr/bin/python
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converge the members of a Bitwarden organization to a directory."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: bitwarden_org_members
short_description: Converge the members of a Bitwarden organization to a directory
version_added: 1.0.0
author:
  - dirsync.bitwarden contributors (@dirsync)
description:
  - Makes the members of an organization equal to the users of a snapshot, as far as the policy goes. It links members
    by e-mail, moves them to new identity keys, invites, restores, revokes and removes.
  - Reads first and writes only what differs; a second run writes nothing.
  - Check mode and C(--diff) come from the very plan that a real run carries out.
  - Guards stop a plan that would take access away from too many people before anything is written.
  - Objects without external id are linked at most, never revoked or removed. Owners are never touched,
    but for their type with O(policy.demote_owners).
extends_documentation_fragment:
  - dirsync.bitwarden.attributes
  - dirsync.bitwarden.attributes.converging
  - dirsync.bitwarden.bitwarden
  - dirsync.bitwarden.convergence
  - dirsync.bitwarden.policy
seealso:
  - module: dirsync.bitwarden.directory_facts
  - module: dirsync.bitwarden.bitwarden_org_groups
  - module: dirsync.bitwarden.bitwarden_org_sync
"""

EXAMPLES = r"""
- name: Read the directory
  dirsync.bitwarden.directory_facts:
    snapshot: /var/lib/dirsync/snapshot.json
    sources: "{{ bitwarden_sync_sources }}"

- name: Converge the members
  dirsync.bitwarden.bitwarden_org_members:
    client_id: "{{ bitwarden_client_id }}"
    client_secret: "{{ bitwarden_client_secret }}"
    snapshot: /var/lib/dirsync/snapshot.json

- name: Keep a handful of people by hand
  dirsync.bitwarden.bitwarden_org_members:
    client_id: "{{ bitwarden_client_id }}"
    client_secret: "{{ bitwarden_client_secret }}"
    members:
      - email: ann@example.org
      - email: bob@example.org
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
      sample: [{action: invite_member, key: ann@example.org, reason: new_user, external_id: 1f6d}]
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
  sample: {invite_member: 3, revoke_member: 0, refused: 0}
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
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.convergence import convergence_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.convergence import converge
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.runner import run_module


def main() -> None:
    """Run the module."""
    run_module(
        lambda module: converge(module.params, {"members"}, check_mode=module.check_mode, log=module.log),
        argument_spec={**bitwarden_spec(), **convergence_spec()},
        mutually_exclusive=[("snapshot", "members")],
        required_one_of=[("snapshot", "members")],
        supports_check_mode=True,
    )


if __name__ == "__main__":
    main()
