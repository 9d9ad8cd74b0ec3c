# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the ``policy`` option."""

from __future__ import annotations


class ModuleDocFragment:
    """The same policy for every module that converges an organization."""

    DOCUMENTATION = r"""
options:
  policy:
    description:
      - What to do with each kind of user and group, and how far a run may go.
      - Owners of the organization are never touched, whatever the policy says.
    type: dict
    default: {}
    suboptions:
      invite:
        description:
          - Whether active users who are not members are invited.
          - An invitation sends an e-mail, and on Bitwarden's cloud it takes a seat.
        type: bool
        default: true
      restore:
        description:
          - Whether revoked members whose users are active again are restored.
          - The organization's event log tells who revoked a member. Those whom an administrator or a policy of the
            organization revoked stay revoked.
          - Where the event log holds nothing at all, nobody knows, and the member is restored.
        type: bool
        default: true
      rekey:
        description:
          - Whether a member found by e-mail under another external id of the owner scope gets the new one, provided
            that no other user of the snapshot has the old one. The same goes for groups found by name.
          - This is how an organization moves from one identity key to another, for instance away from the
            distinguished names of Bitwarden Directory Connector.
        type: bool
        default: true
      adopt:
        description:
          - Whether a group without external id is taken over by the directory's group of the same name.
          - Without it a second group of that name is created, with a warning.
        type: bool
        default: false
      absent:
        description:
          - What happens to members of the owner scope whom the snapshot does not hold at all.
          - V(ignore) leaves them alone, V(revoke) takes their access away and can be undone.
          - V(remove) ends the membership. It B(cannot be undone), and somebody without a master password may lose
            the account for good.
        type: str
        choices: [ignore, revoke, remove]
        default: revoke
      disabled:
        description:
          - What happens to members whose users are disabled in the directory; the choices mean the same as for
            O(policy.absent).
        type: str
        choices: [ignore, revoke, remove]
        default: revoke
      deleted:
        description:
          - What happens to members whose users the directory shows as deleted; the choices mean the same as for
            O(policy.absent).
        type: str
        choices: [revoke, remove]
        default: revoke
      absent_groups:
        description:
          - What happens to groups of the owner scope that the snapshot does not hold.
          - V(remove) deletes them, which B(cannot be undone) and takes their collections away from their members.
        type: str
        choices: [ignore, remove]
        default: ignore
      membership:
        description:
          - How the members of a synchronized group are set.
          - V(managed_only) makes the members of the owner scope equal to the directory and leaves others in place.
          - V(exclusive) also takes out everybody else, such as people whom an administrator added by hand.
          - V(additive) only adds.
        type: str
        choices: [exclusive, additive, managed_only]
        default: managed_only
      external_id_prefix:
        description:
          - What the external ids of this sync begin with in the organization.
          - It marks the owner scope, so that two syncs can share an organization, each with a prefix of its own.
            Without a prefix every object with an external id belongs to this sync.
        type: str
        default: ""
      allow_seat_purchase:
        description:
          - Whether the plan may need more seats than are paid for. On Bitwarden's cloud an invitation or a restored
            member beyond them B(buys seats) without asking.
          - Without it such a plan is stopped like by a guard. Self-hosted servers do not tell their seats and refuse
            by themselves.
        type: bool
        default: false
      protected:
        description:
          - Members of the organization whom the sync never touches, whatever the directory says. Owners always are.
          - They still join groups in which the directory has them.
        type: dict
        default: {}
        suboptions:
          emails:
            description:
              - Addresses, with V(*) and V(?) as wildcards.
            type: list
            elements: str
            default: []
          external_ids:
            description:
              - External ids as they stand in the organization.
            type: list
            elements: str
            default: []
          types:
            description:
              - Roles.
            type: list
            elements: str
            choices: [admin, custom, user]
            default: []
      guards:
        description:
          - Limits that stop the whole plan before anything is written.
          - They are overridden for one plan by its digest in O(approve).
          - A snapshot without any active user is always refused.
        type: dict
        default: {}
        suboptions:
          removals:
            description:
              - Limits the members removed, as a number and as a share of the members in the owner scope.
            type: dict
            default: {}
            suboptions:
              count:
                description:
                  - The most records; no limit by number without it.
                type: int
              percent:
                description:
                  - The largest share in percent.
                type: float
                default: 10
          revocations:
            description:
              - Limits the members revoked, as a number and as a share of the members in the owner scope who are not
                revoked yet.
            type: dict
            default: {}
            suboptions:
              count:
                description:
                  - The most records; no limit by number without it.
                type: int
              percent:
                description:
                  - The largest share in percent.
                type: float
                default: 20
          group_deletions:
            description:
              - Limits the groups deleted, as a number and as a share of the groups in the owner scope.
            type: dict
            default: {}
            suboptions:
              count:
                description:
                  - The most records; no limit by number without it.
                type: int
              percent:
                description:
                  - The largest share in percent.
                type: float
                default: 20
          group_leavers:
            description:
              - Limits the members who leave any one group, as a number and as a share of its members.
            type: dict
            default: {}
            suboptions:
              count:
                description:
                  - The most records; no limit by number without it.
                type: int
              percent:
                description:
                  - The largest share in percent.
                type: float
                default: 50
          invitations:
            description:
              - Limits the people invited, as a number and as a share of all members.
            type: dict
            default: {}
            suboptions:
              count:
                description:
                  - The most records; no limit by number without it.
                type: int
              percent:
                description:
                  - The largest share in percent; no limit by share without it.
                type: float
          shrink:
            description:
              - Limits how far active users, groups and memberships of the snapshot may fall behind those of the
                snapshot that was last applied. Needs O(state_file).
            type: dict
            default: {}
            suboptions:
              count:
                description:
                  - The most records; no limit by number without it.
                type: int
              percent:
                description:
                  - The largest share in percent.
                type: float
                default: 30
          exempt:
            description:
              - So many records may always be touched as far as shares are concerned. It keeps small organizations
                and small groups workable.
            type: int
            default: 5
"""
