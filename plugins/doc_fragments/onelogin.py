# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of sources of type ``onelogin``."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.http import http_options

_STATUSES = {
    "unactivated": ("active", "Not yet activated (status 0)."),
    "active": ("active", "Active (status 1)."),
    "suspended": ("disabled", "Suspended by an administrator (status 2)."),
    "locked": ("active", "Locked after failed attempts to sign in (status 3)."),
    "password_expired": ("active", "Active with an expired password (status 4)."),
    "awaiting_password_reset": ("active", "Asked to reset the password (status 5)."),
    "password_pending": ("active", "Has not yet set a password (status 7)."),
    "security_questions_required": ("active", "Has not yet answered security questions (status 8)."),
}
_STATES = {
    "unapproved": ("active", "Not yet approved by an administrator (state 0)."),
    "approved": ("active", "Approved (state 1)."),
    "rejected": ("active", "Rejected by an administrator (state 2)."),
    "unlicensed": ("active", "Without a licence (state 3)."),
}


def _meaning_options(meanings: dict[str, tuple[str, str]]) -> str:
    """Return the YAML of the options that say what a status or state means."""
    return "\n".join(
        f"""
          {name}:
            description: {description}
            type: str
            choices: [active, disabled, deleted, ignore]
            default: {default}
""".strip("\n")
        for name, (default, description) in meanings.items()
    )


class ModuleDocFragment:
    """A source that is a OneLogin account."""

    DOCUMENTATION: str = rf"""
options:
  onelogin:
    description:
      - How to reach and read a OneLogin account through version 2 of its API, for O(sources[].type=onelogin).
      - Reading needs an API credential with the scope C(Read users) or C(Read All).
      - The external id of users, roles and groups is the OneLogin id. OneLogin's groups have no groups in them.
      - OneLogin does not tell who was deleted. A deleted user is absent, so
        O(dirsync.bitwarden.bitwarden_org_sync#module:policy.absent) decides.
      - Others may use the credential at the same time. Its access token, which all share, is never revoked.
    type: dict
    suboptions:
      host:
        description:
          - The address of the account, for instance V(https://example.onelogin.com).
          - Give either this or O(sources[].onelogin.region).
        type: str
      region:
        description:
          - The region of the account, whose common address is then used.
        type: str
        choices: [us, eu]
      client_id:
        description:
          - The client id of the API credential.
        type: str
        required: true
      client_secret:
        description:
          - The client secret of the API credential.
          - By default it comes from the environment variable E(DIRSYNC_ONELOGIN_CLIENT_SECRET).
        type: str
        required: true
      groups_from:
        description:
          - What becomes a group. V(roles) are OneLogin's roles, as in Bitwarden Directory Connector; V(groups) are its
            groups, of which a user is in one at most.
        type: str
        choices: [roles, groups]
        default: roles
      user_parameters:
        description:
          - Query parameters by which OneLogin itself selects users, C(email), C(username), C(firstname), C(lastname),
            C(samaccountname), C(directory_id), C(external_id), C(user_ids), C(app_id), C(created_since),
            C(created_until), C(updated_since), C(updated_until), C(last_login_since), C(last_login_until) and
            C(custom_attributes.NAME). A value may have V(*) in it.
          - Another parameter is an error, because OneLogin would ignore it and return everybody.
        type: dict
        default: {{}}
      role_parameters:
        description:
          - Query parameters by which OneLogin itself selects roles, C(role_name), C(app_id) and C(app_name).
        type: dict
        default: {{}}
      email_suffix:
        description:
          - What makes an e-mail of a user name where a user has none, for instance V(@example.org).
          - The e-mail is the user's e-mail, else the user name if that is an address, else the user name with this
            suffix.
        type: str
      statuses:
        description:
          - What users of each OneLogin status count as. V(ignore) leaves them out, so that they count as absent.
          - Of status and state, the one with the stricter outcome counts.
        type: dict
        default: {{}}
        suboptions:
{_meaning_options(_STATUSES)}
      states:
        description:
          - What users of each OneLogin state count as.
        type: dict
        default: {{}}
        suboptions:
{_meaning_options(_STATES)}
{http_options()}
"""
