# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of sources of type ``okta``."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.http import http_options
from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.incremental import incremental_options

_INCREMENTAL = """It has no effect together with filters that Okta applies, or where groups are not read. Then
            nothing tells whether all changes were seen."""

_STATUSES = {
    "staged": ("ignore", "Never activated."),
    "provisioned": ("active", "Activated, but the user has not yet set a password."),
    "active": ("active", "Active."),
    "recovery": ("active", "Resetting the password."),
    "password_expired": ("active", "Active with an expired password."),
    "locked_out": ("active", "Locked after failed attempts to sign in."),
    "suspended": ("disabled", "Suspended by an administrator."),
    "deprovisioned": ("deleted", "Deactivated."),
}


def _status_options() -> str:
    """Return the YAML of the options that say what a status means."""
    return "\n".join(
        f"""
          {status}:
            description: {meaning}
            type: str
            choices: [active, disabled, deleted, ignore]
            default: {default}
""".strip("\n")
        for status, (default, meaning) in _STATUSES.items()
    )


class ModuleDocFragment:
    """A source that is an Okta org."""

    DOCUMENTATION: str = rf"""
options:
  okta:
    description:
      - How to reach and read an Okta org, for O(sources[].type=okta).
      - Reading needs the administrator role Read-only Administrator, for the service app or for the owner of the API
        token. With a lesser role Okta hides users and groups without saying so, which makes a warning where it can
        be noticed.
      - The external id of users and groups is the Okta id. Okta's groups have no groups in them.
      - Requests follow Okta's rate limits and the share of them that the credential has. More share means less time.
      - A service app (O(sources[].okta.client_id)) needs the Python library C(cryptography).
    type: dict
    suboptions:
      org_url:
        description:
          - The address of the org, for instance V(https://example.okta.com) or a custom domain of it.
        type: str
        required: true
      api_token:
        description:
          - An API token (SSWS). It has the rights of the administrator who made it and ends with that account.
          - Give either this or O(sources[].okta.client_id).
          - By default it comes from the environment variable E(DIRSYNC_OKTA_API_TOKEN).
        type: str
      client_id:
        description:
          - The client id of a service app (API Services) that signs in with a key pair. It needs the Okta API scopes
            C(okta.users.read) and C(okta.groups.read), and an administrator role.
        type: str
      private_key:
        description:
          - The private key of the service app as PEM or JWK (RSA or elliptic curve), as the admin console showed it.
          - By default it comes from the environment variable E(DIRSYNC_OKTA_PRIVATE_KEY).
        type: str
      private_key_file:
        description:
          - A file with the private key, instead of O(sources[].okta.private_key).
          - By default it comes from the environment variable E(DIRSYNC_OKTA_PRIVATE_KEY_FILE).
        type: path
      private_key_passphrase:
        description:
          - The passphrase of an encrypted private key in PEM.
          - By default it comes from the environment variable E(DIRSYNC_OKTA_PRIVATE_KEY_PASSPHRASE).
        type: str
      key_id:
        description:
          - The key id (C(kid)) under which the public key is registered. A JWK usually holds it.
        type: str
      dpop:
        description:
          - Whether to bind access tokens to a key made for the run (DPoP), as service apps require by default.
        type: bool
        default: true
      user_filter:
        description:
          - "An Okta filter expression, for instance V(status eq \"ACTIVE\"). Okta applies it before anything else, and
            can filter by C(status), C(lastUpdated), C(id), C(profile.login), C(profile.email), C(profile.firstName) and
            C(profile.lastName)."
          - With it, deprovisioned users are read only if it selects them.
          - Okta's C(search) is not offered. It lags behind, and whoever it does not find yet would lose access.
        type: str
      group_filter:
        description:
          - "An Okta filter expression for groups, by C(id), C(type), C(lastUpdated) and C(lastMembershipUpdated), for
            instance V(type eq \"OKTA_GROUP\")."
        type: str
      group_types:
        description:
          - Which groups to read. V(okta) are Okta's own, V(active_directory) those of an Active Directory, V(app) those
            of other applications, and V(built_in) such as Everyone.
        type: list
        elements: str
        choices: [okta, active_directory, app, built_in]
        default: [okta, active_directory, app, built_in]
      email_attributes:
        description:
          - Attributes of the profile that may hold the e-mail, the best first. The first usable one counts.
        type: list
        elements: str
        default: [email]
      statuses:
        description:
          - What users of each Okta status count as. V(ignore) leaves them out, so that they count as absent.
        type: dict
        default: {{}}
        suboptions:
{_status_options()}
      deprovisioned:
        description:
          - Whether to read deprovisioned users, so that they count as deleted and not only as absent.
        type: bool
        default: true
{incremental_options(_INCREMENTAL)}
{http_options()}
"""
