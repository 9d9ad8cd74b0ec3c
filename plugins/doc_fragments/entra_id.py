# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of sources of type ``entra_id``."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.http import http_options
from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.incremental import incremental_options

_INCREMENTAL = "It cannot be combined with O(sources[].entra_id.user_filter) and O(sources[].entra_id.group_filter)."


class ModuleDocFragment:
    """A source that is a Microsoft Entra ID tenant."""

    DOCUMENTATION: str = rf"""
options:
  entra_id:
    description:
      - How to reach and read Microsoft Entra ID through Microsoft Graph v1.0, for O(sources[].type=entra_id).
      - Reading needs an app registration with the application permissions C(User.Read.All) and
        C(GroupMember.Read.All), with admin consent; C(AdministrativeUnit.Read.All) where administrative units are
        named, and C(Member.Read.Hidden) where groups hide their members. A missing permission is an error that names
        it.
      - The external id of users and groups is the object id. Accounts are disabled by C(accountEnabled); users stay
        deleted for 30 days, then they are gone.
      - It needs the Python library C(msal).
    type: dict
    suboptions:
      tenant_id:
        description:
          - The id of the tenant or one of its domains.
        type: str
        required: true
      client_id:
        description:
          - The application (client) id of the app registration. With O(sources[].entra_id.managed_identity) that of a
            user-assigned identity, or nothing for the identity of the machine itself.
        type: str
      client_secret:
        description:
          - A client secret, its value and not its id.
          - Give exactly one of this, O(sources[].entra_id.certificate_file),
            O(sources[].entra_id.federated_token_file) and O(sources[].entra_id.managed_identity).
          - By default it comes from the environment variable E(DIRSYNC_ENTRA_ID_CLIENT_SECRET).
        type: str
      certificate_file:
        description:
          - A PEM file with the certificate of the app registration, and its private key unless
            O(sources[].entra_id.private_key_file) names it. Thumbprints are computed from it.
          - By default it comes from the environment variable E(DIRSYNC_ENTRA_ID_CERTIFICATE_FILE).
        type: path
      private_key_file:
        description:
          - A PEM file with the private key of O(sources[].entra_id.certificate_file).
          - By default it comes from the environment variable E(DIRSYNC_ENTRA_ID_PRIVATE_KEY_FILE).
        type: path
      private_key_passphrase:
        description:
          - The passphrase of an encrypted private key.
          - By default it comes from the environment variable E(DIRSYNC_ENTRA_ID_PRIVATE_KEY_PASSPHRASE).
        type: str
      federated_token_file:
        description:
          - A file with a token of another issuer that the app registration trusts (workload identity federation), as in
            Kubernetes or a CI system. It is read anew for each sign-in.
        type: path
      managed_identity:
        description:
          - Whether to sign in as the managed identity of this machine in Azure, or connected with Azure Arc.
        type: bool
        default: false
      cloud:
        description:
          - The cloud of the tenant. GCC belongs to V(global), GCC High is V(us_government_l4), DoD V(us_government_l5),
            and V(china) is run by 21Vianet.
        type: str
        choices: [global, us_government_l4, us_government_l5, china]
        default: global
      authority:
        description:
          - The address of the sign-in, where it is not that of the cloud.
        type: str
      graph_url:
        description:
          - The address of Microsoft Graph without a version, where it is not that of the cloud.
        type: str
{http_options()}
      connections:
        description:
          - How many requests may be under way at once.
        type: int
        default: 8
      user_filter:
        description:
          - An OData filter for users such as V(department eq 'IT'), which Graph applies. Users who do not match count
            as absent.
          - Filters with C(ne), C(not), C(endsWith) or C($count) are sent as advanced queries, which read an index that
            lags a little.
        type: str
      group_filter:
        description:
          - An OData filter for groups such as V(startsWith(displayName,'Vault')). Groups nested in those that match are
            followed even when they do not match themselves.
        type: str
      group_kinds:
        description:
          - Which kinds of groups count, by default all. Groups of other kinds only pass their members on to the groups
            that they are nested in.
        type: list
        elements: str
        choices: [security, mail_enabled_security, microsoft_365, distribution]
        default: []
      dynamic_groups:
        description:
          - Whether groups with dynamic membership count, do not count, or are the V(only) ones that do.
        type: str
        choices: [include, exclude, only]
        default: include
      guests:
        description:
          - Whether guests count. V(accepted_only) leaves out those who have not accepted their invitation.
          - The e-mail of a guest is C(mail), never the mangled C(userPrincipalName).
        type: str
        choices: [include, exclude, accepted_only]
        default: include
      email_attributes:
        description:
          - Where to look for the e-mail, best first. An address in C(onmicrosoft.com) counts only where there is no
            other.
        type: list
        elements: str
        choices: [mail, userPrincipalName]
        default: [mail, userPrincipalName]
      deleted:
        description:
          - Whether to read who was deleted in the last 30 days. Without it they count as absent.
        type: bool
        default: true
      administrative_units:
        description:
          - Object ids of administrative units. Only their groups count, and only users who are in one of them or in one
            of these groups.
        type: list
        elements: str
        default: []
{incremental_options(_INCREMENTAL)}
"""
