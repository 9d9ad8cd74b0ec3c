# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options that all modules share which converge an organization."""

from __future__ import annotations


class ModuleDocFragment:
    """What is wanted, what a run may do, and what it leaves behind."""

    DOCUMENTATION = r"""
options:
  snapshot:
    description:
      - The file that M(dirsync.bitwarden.directory_facts) wrote, on the same host.
      - It is refused when it is truncated, altered, of an unknown version, or readable for other users.
      - Exactly one of O(snapshot) and O(members) is needed.
    type: path
  members:
    description:
      - A short list of people instead of a snapshot, for organizations that are kept in a repository.
      - Members of the owner scope who are missing in the list count as absent.
    type: list
    elements: dict
    suboptions:
      email:
        description:
          - The address; it is compared without regard to case.
        type: str
        required: true
      external_id:
        description:
          - The identity key; the address when it is not given. With an explicit key, an address can change.
        type: str
      name:
        description:
          - The name for messages and reports; Bitwarden does not store it.
        type: str
      status:
        description:
          - Whether the person is in service; see O(policy.disabled) and O(policy.deleted) for the other two.
        type: str
        choices: [active, disabled, deleted]
        default: active
  transport:
    description:
      - Which way the plan takes. V(rest) makes one call for each object, which tells exactly what is wrong with which.
      - V(import) uses Directory Connector's bulk import for all invitations and groups that it carries out in the same
        way, and reads back what it did. V(auto) does so where it saves at least a minute, given the server's limits.
      - The plan, its digest and its outcome do not depend on it.
    type: str
    choices: [auto, rest, import]
    default: auto
  approve:
    description:
      - Digests of plans that somebody looked at. With it, nothing but one of these plans is carried out, and it may
        go beyond the guards. Take the digest from RV(digest) of a run in check mode or from the message of a tripped
        guard.
      - A digest fits that one plan only. Once the directory or the organization has changed, the run fails and names
        the new digest; where nothing is left to do, it succeeds.
    type: list
    elements: str
    default: []
  plan_path:
    description:
      - Where to save the plan, mode 0600, in check mode and when a guard trips, so that a later run can compare its own
        with it. It names people. It is JSON with one action on each line.
      - Nothing else is written to it. After a run that carried out its plan, the file still holds the one before.
      - No plan is saved by default.
    type: path
  approved_plan:
    description:
      - The plan that was looked at, as O(plan_path) saved it. When today's plan is not one of those in O(approve), the
        run says what has changed since, see RV(since_approval).
      - It approves nothing by itself, is an error without O(approve), and may be the file in O(plan_path). A file that
        was altered, was made for another organization, or is not private to the user of the run (mode 0600), is
        refused; one that is not there is mentioned and missed.
    type: path
  report_path:
    description:
      - Where to write the report, mode 0600, also in check mode and when a guard trips. It names people.
      - The ending of each path chooses the format, C(.json) for machines with everything in it, C(.md) for a comment
        on a pull request (Markdown, at most 60,000 characters), C(.html) for a page to look at, which needs nothing
        from the network.
      - A text in place of a list is split at commas.
      - No report is written by default.
    type: list
    elements: path
    default: []
  history_file:
    description:
      - A file, mode 0600, to which each run outside check mode adds one line of JSON with its time, the digest of its
        plan, the members that it found and what it did, in numbers. It keeps the last 1,000 runs and names nobody.
      - From the second run on, C(.html) reports show members and changes over the past runs.
    type: path
  progress_file:
    description:
      - A small JSON file, mode 0600, to look at while a plan is carried out. It is replaced once a second at most and
        holds the numbers of actions in all (C(total)), carried out (C(done)) and C(failed), the C(kind) of the latest
        one, and the times C(started), C(updated), C(estimated_end) and C(ended). It names nobody.
      - The system log of the host gets a line of the same numbers once a minute, unless the task has C(no_log) or
        Ansible's C(no_target_syslog) is on.
      - It is not written in check mode.
    type: path
  state_file:
    description:
      - A small file, mode 0600, that carries counts from one run to the next for O(policy.guards.shrink), for members
        and for groups on their own.
      - It also remembers whom this sync revoked and when, for O(policy.grace_days), and which invitations were sent
        again or withdrawn, for O(policy.reinvite_days) and O(policy.purge_days).
      - Of members whom others revoked it remembers what the event log told, so that later runs read only newer events,
        and whoever an administrator revoked stays revoked when the log does not go back that far any more.
      - Without it each run starts without memory, and that guard has nothing to compare with.
      - On Vaultwarden it also holds what was last sent, which stands for the organization in the next run (see the
        notes).
    type: path
  membership_cache:
    description:
      - A file, mode 0600, in which a run that had nothing to do keeps the members of the groups, so that later runs
        need not ask for each group. On Bitwarden's cloud 500 groups take two and a half minutes. It holds ids only.
      - It is used where the event log tells of no change to groups or members since, and never writes anything by
        itself. As soon as a plan from it holds any action, everything is read and the plan is made again.
      - The danger is that a change is noticed late. Programs that set the members of groups through the Public API, and
        perhaps SCIM, leave no event. What they change is put right up to O(membership_cache_hours) hours later than
        without it. Check mode sees what a real run sees.
      - Groups that protect their members (O(policy.protected.groups)) are always read. No more rights are needed;
        where the event log is empty or cannot be read, and on Vaultwarden, the option has no effect.
      - Give all modules that converge one organization the same file. Each organization needs a file of its own; any
        other file in its place is an error. Remove it to have everything read. There is no cache by default.
    type: path
  membership_cache_hours:
    description:
      - For how many hours at most O(membership_cache) is used after everything was read, a week (V(168)) at the most.
      - With V(0) everything is read each time.
    type: int
    default: 24
  metrics_file:
    description:
      - A file, mode 0644, with metrics in the text format of Prometheus, for the textfile collector of node_exporter.
        Let it end in C(.prom), and give each organization a file of its own in the folder that they share.
      - Each run outside check mode replaces it in one step, also one that fails or that a guard stops. Its counters go
        on from what the last run wrote, and the time of the last success stays until the next one.
      - It holds numbers and the name of the organization, and names nobody. With it, each run reads the seats of the
        organization, which is one request more. A file that cannot be written in the end is a line in the system log.
    type: path
  metrics_name:
    description:
      - What the label C(organization) of the metrics says; the GUID of the organization by default.
    type: str
  lock_directory:
    description:
      - The folder of the lock that keeps two runs on this host from writing to one organization at the same time.
      - By default C(~/.cache/dirsync.bitwarden), which keeps runs of the same user apart. Where several users run the
        same sync, give a folder that they share. It has to belong to a group of them all and hand it on to its files,
        as C(chmod 2770) makes it.
    type: path
  lock_timeout:
    description:
      - For how many seconds to wait for the lock; by default a second run fails at once.
    type: int
    default: 0
notes:
  - Vaultwarden is recognized by itself. Of the organization's API it has the bulk import only, so that the organization
    cannot be read. Plan, difference and guards come from what the last runs sent, as O(state_file) holds it. What a run
    failed to send may have taken effect all the same, so that the next run sends it again, or takes it back. Give all
    modules that converge one organization the same file. O(transport) has no effect there.
  - Without such a record, everything is sent, and whoever is disabled or deleted in the directory is revoked, since
    nobody knows whether they are members. Where O(policy.invite) invites nobody, the active users are taken for
    members, so that they stay in their groups. The guards may want this to be approved once. A warning names what
    cannot be known, such as who is an owner, who was revoked by hand, and whether the server takes groups at all
    (C(ORG_GROUPS_ENABLED=true)). Remove the file to have everything sent again, for instance after groups were enabled
    or people and groups were changed by hand.
  - Vaultwarden stops an import at the first person whom it cannot invite, so that the people of a refused call are sent
    one by one. An older one keeps somebody whom it could not mail and takes them the second time. Then nobody knows who
    that is, and all invitations that may be meant fail in that run. A group waits for a later run where the call for
    one of its members failed in any other way.
  - Vaultwarden can only revoke. A policy of V(remove) is an error there. It keeps the name and external id of a group,
    and sets the members of a group as a whole, so that whoever was added by hand drops out of it as soon as the group
    changes, whatever O(policy.membership) says.
  - When an address changes in the directory, the member on Vaultwarden is reported and left alone, since an import
    under the new address would make a second one. Once the account itself has the new address, remove the record.
"""
