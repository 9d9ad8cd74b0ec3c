# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the ``policy`` option."""

from __future__ import annotations

from textwrap import indent

_PERMISSIONS = {
    "access_event_logs": "Read the event log.",
    "access_import_export": "Import and export the vault of the organization.",
    "access_reports": "See the reports on weak and exposed passwords.",
    "create_new_collections": "Create collections.",
    "edit_any_collection": "Edit all collections and what is in them.",
    "delete_any_collection": "Delete all collections.",
    "manage_groups": "Manage groups.",
    "manage_policies": "Manage the policies of the organization.",
    "manage_sso": "Manage single sign-on.",
    "manage_users": "Manage members.",
    "manage_reset_password": "Recover accounts of members; useful along with C(manage_users).",
    "manage_scim": "Manage SCIM provisioning.",
    "manage_access_rules": "Manage access rules.",
}


def _permission(name: str, description: str) -> str:
    return f"""
{name}:
  description:
    - {description}
  type: bool
  default: false
"""


def _limit(name: str, what: str, share: str, percent: int | None) -> str:
    """Return the documentation of one limit."""
    default = "" if percent is None else f"\n      default: {percent}"
    without = "; no limit by share without it" if percent is None else ""
    return f"""
{name}:
  description:
    - Limits {what} as a number and as {share}.
  type: dict
  default: {{}}
  suboptions:
    count:
      description:
        - The most records; no limit by number without it.
      type: int
    percent:
      description:
        - The largest share in percent{without}.
      type: float{default}
"""


_GROUP_OPTION = """\
group:
  description:
    - External id of a group of the snapshot, as the directory has it, or the whole name where only one group has it.
  type: str
  required: true"""
_PERMISSION_OPTIONS = "".join(_permission(*permission) for permission in _PERMISSIONS.items())
_LIMITS = "".join(
    _limit(*limit)
    for limit in (
        (
            "removals",
            "the members removed and the invitations withdrawn",
            "a share of the members in the owner scope whom nothing protects",
            10,
        ),
        (
            "revocations",
            "the members revoked",
            "a share of the members in the owner scope who are not revoked yet and whom nothing protects",
            20,
        ),
        ("group_deletions", "the groups deleted", "a share of the groups in the owner scope", 20),
        ("group_leavers", "the members who leave any one group", "a share of its members", 50),
        (
            "collection_withdrawals",
            "the groups that lose access to a collection, or a part of it,",
            "a share of the groups in the owner scope",
            20,
        ),
        ("invitations", "the people invited", "a share of all members", None),
        (
            "promotions",
            "the members who get a higher role, or are invited with one,",
            "a share of all members, the invited ones included",
            20,
        ),
        (
            "demotions",
            "the members who lose a role or some of its permissions",
            "a share of those in the owner scope who are more than users and whom nothing protects. "
            "O(policy.guards.exempt) does not count here; a single one is always allowed",
            30,
        ),
        (
            "shrink",
            "how far active users, groups and memberships of the snapshot may fall behind those of the snapshot that "
            "was last applied (this needs O(state_file)),",
            "a share of what that one held",
            30,
        ),
    )
)


class ModuleDocFragment:
    """The same policy for every module that converges an organization."""

    DOCUMENTATION: str = rf"""
options:
  policy:
    description:
      - What to do with each kind of user and group, and how far a run may go.
      - Owners of the organization are never touched, whatever the policy says, but for their type with
        O(policy.demote_owners).
    type: dict
    default: {{}}
    suboptions:
      invite:
        description:
          - Whether active users who are not members are invited.
          - An invitation sends an e-mail, and on Bitwarden's cloud it takes a seat.
          - V(staged) makes them staged members instead, without e-mail and seat. An administrator invites them later,
            in the admin console. Only servers with Bitwarden's feature of that name can do this. Elsewhere, on
            Vaultwarden too, new users are refused with a warning, and nobody is invited.
          - Members who are staged already stay so, whatever is chosen, since nothing but the admin console can invite
            them. They are linked, revoked and removed like others, and take no seat.
        type: str
        choices: ["true", "false", "staged"]
        default: "true"
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
            that no other active user of the snapshot has the old one. The same goes for groups found by name, provided
            that no other group of the snapshot has the old one.
          - This is how an organization moves from one identity key to another, for instance away from the
            distinguished names of Bitwarden Directory Connector.
          - A disabled or deleted user who has the old one does not hinder it, since that may be the same person, who
            moved from one source to another. So where an address is given to another person between two runs, the
            account of the leaver goes to that person, even if the directory still shows the leaver as disabled.
          - Let a run revoke the leaver before the address is given away. A revoked member never gets a new external id.
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
      grace_days:
        description:
          - For how many days somebody who is to be removed stays revoked before that. Whoever comes back into service
            meanwhile is restored. V(0) removes at once.
          - It delays what V(remove) does in O(policy.absent), O(policy.disabled) and O(policy.deleted).
          - The organization's event log tells when a member was revoked, else O(state_file) does. Without either, and
            after a revocation by an administrator or a policy of the organization, the member stays revoked.
        type: int
        default: 0
      reinvite_days:
        description:
          - After how many days an invitation that nobody has accepted is sent again, at most O(policy.reinvite_times)
            times. V(0) never sends one again.
          - Only invitations of the owner scope whose users are active count. Needs O(state_file), since Bitwarden does
            not tell who was reminded.
        type: int
        default: 0
      reinvite_times:
        description:
          - How many times an invitation is sent again at most.
        type: int
        default: 1
      purge_days:
        description:
          - After how many days an invitation that nobody has accepted is withdrawn, which frees its seat. V(0) leaves
            it open.
          - The user is not invited again while the directory holds the user, and is reported instead. An administrator
            may invite by hand.
          - Withdrawals count for O(policy.guards.removals). Needs O(state_file).
        type: int
        default: 0
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
          - Families plans that administrators sponsor take seats too, but Bitwarden's Public API does not tell them.
            Where there are some, a seat B(may be bought) even without this option.
        type: bool
        default: false
      roles:
        description:
          - The types that members get from the groups of the directory in which their users are. Nested groups count.
          - The B(first entry with a group of a user decides), the others do not count for this user. Members whose
            users are in none of the groups keep their type unless O(policy.other_roles) says otherwise.
          - The type goes along with new invitations, and members who are there already are changed to it. Only what
            differs is written, and nothing else of a member changes. Only members with active users are changed, never
            those whom O(policy.protected) covers.
          - An entry whose group the snapshot does not hold is refused with a warning, and the entries below it do not
            count until it is found again or removed, since nobody knows whom it covers. Until then nobody loses or
            gets a role because of them, and new people whom only they cover are invited as users.
          - Vaultwarden offers no way to give roles; there each entry is refused.
        type: list
        elements: dict
        default: []
        suboptions:
{indent(_GROUP_OPTION, " " * 10)}
          type:
            description:
              - The type of member.
              - V(owner) lets the member do everything. The sync B(never takes access away from an owner). Somebody who
                became one stays in the organization after leaving the directory, until an administrator acts.
              - V(custom) takes O(policy.roles[].permissions). Bitwarden offers it on Enterprise plans.
            type: str
            choices: [owner, admin, custom, user]
            required: true
          permissions:
            description:
              - What a member of type V(custom) may do, and needed for it. What is not named is taken away.
            type: dict
            suboptions:
{indent(_PERMISSION_OPTIONS.strip(), " " * 14)}
      other_roles:
        description:
          - What happens to the type of members whose active users are in none of the groups of O(policy.roles).
          - V(keep) leaves it alone, so that types that administrators gave by hand stay.
          - V(user) makes plain users of them, B(also of administrators whom nobody put into a group). It waits while
            the group of any entry is missing.
        type: str
        choices: [keep, user]
        default: keep
      demote_owners:
        description:
          - Whether the type of owners may change to that of O(policy.roles) and O(policy.other_roles) too.
          - It concerns only owners who carry the external id of their user. The last confirmed owner stays owner in any
            case, and nothing else is ever done to owners.
        type: bool
        default: false
      group_collections:
        description:
          - The collections of groups of the directory, as the groups of the organization get them. New groups are
            created with them. Only what differs is written.
          - Other collections of these groups stay, and so do all collections of groups without an entry.
          - A group that the snapshot does not hold, and a collection that the organization does not have, are refused
            with a warning, and the rest goes on.
          - Vaultwarden offers no way to give collections; there each entry is refused.
        type: list
        elements: dict
        default: []
        suboptions:
{indent(_GROUP_OPTION, " " * 10)}
          collections:
            description:
              - The collections that the group can reach.
            type: list
            elements: dict
            required: true
            suboptions:
              collection:
                description:
                  - External id or id of the collection. Its name does not do, since it is encrypted and the server
                    does not know it. M(dirsync.bitwarden.bitwarden_org_info) lists both; the external id can be set
                    in the web vault.
                type: str
                required: true
              read_only:
                description:
                  - Whether items can be seen, but not be changed.
                type: bool
                default: false
              hide_passwords:
                description:
                  - Whether passwords are hidden.
                type: bool
                default: false
              manage:
                description:
                  - Whether the collection can be managed, that is, be given to others and deleted. It excludes
                    O(policy.group_collections[].collections[].read_only) and
                    O(policy.group_collections[].collections[].hide_passwords).
                type: bool
                default: false
          exclusive:
            description:
              - Whether the group B(loses the collections that are not listed). None is taken away while any of the
                listed ones cannot be found, since that one may be among them.
            type: bool
            default: false
      protected:
        description:
          - Members of the organization whom the sync never touches, whatever the directory says. Owners always are,
            but for their type with O(policy.demote_owners).
          - They still join groups in which the directory has them.
        type: dict
        default: {{}}
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
          groups:
            description:
              - Groups whose members are protected, by name with V(*) and V(?) as wildcards, or by id. These may be
                groups of the organization or of the directory, there by external id as well. These groups are never
                deleted.
              - An entry that fits no group on either side stops the run, since it would protect nobody.
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
      exclude:
        description:
          - What is treated as if it did not exist, neither in the directory nor in the organization. Nothing of it is
            invited, linked, changed or removed, and nobody excluded joins or leaves a group.
          - Entries compare without regard to case, with V(*) and V(?) as wildcards.
          - Whoever has the external id or the address of an excluded record on the other side is excluded as well, and
            so are groups of the same external id or name.
        type: dict
        default: {{}}
        suboptions:
          emails:
            description:
              - Addresses of people.
            type: list
            elements: str
            default: []
          external_ids:
            description:
              - External ids of people and groups, as they stand in the organization.
            type: list
            elements: str
            default: []
          groups:
            description:
              - Names of groups, or ids of groups of the organization. Their members are not excluded by that.
            type: list
            elements: str
            default: []
      guards:
        description:
          - Limits that stop the whole plan before anything is written.
          - They are overridden for one plan by its digest in O(approve).
          - A snapshot without any active user is always refused.
          - What O(policy.exclude) names takes its seats, but does not count here in any other way.
        type: dict
        default: {{}}
        suboptions:
{indent(_LIMITS.rstrip(), " " * 10)}
          exempt:
            description:
              - So many records may always be touched as far as shares are concerned. It keeps small organizations
                and small groups workable.
            type: int
            default: 5
"""
